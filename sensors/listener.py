"""The sensors process: what is published becomes facts, until it is asked to stop or must not go on.

Beside it paho's network thread fills the inboxes, and the intakes empty them into the ledger.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from ledger import births
from ledger.database import Ledger
from sensors.address import BrokerAddress
from sensors.lanes import Lanes
from sensors.mapping import Mapping
from sensors.staying import ListenerError, StayingConnected

__all__ = ["ListenerError", "run"]

_LAST_COMMITS_S = 10.0
_LOG = logging.getLogger(__name__)


def run(
    ledger: Ledger,
    broker: BrokerAddress,
    mapping: Mapping,
    clock: Callable[[], datetime],
    stop: threading.Event,
    client_id: str,
) -> None:
    """Record what sensors say until ``stop`` is set. Raises ListenerError if that is no longer possible.

    ``client_id`` names the durable session at the broker: the same at each start, another for each process.
    """
    if not mapping.subscriptions:
        _LOG.info("the mapping has no [[subscription]]: what it describes comes by HTTP, and nothing is listened to")
        stop.wait()
        return
    with ledger.read() as conn:
        mapping.remember(births.load(conn), births.load_heard(conn))
    lanes = Lanes(ledger, mapping, clock, stop)
    lanes.start()
    connected = StayingConnected(broker, mapping, clock, stop, client_id, lanes)
    try:
        connected.listen()
    finally:
        lanes.close(_LAST_COMMITS_S)
        connected.leave()
