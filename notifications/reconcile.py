"""Messages of which nobody knows whether they left: ask the provider, where it can be asked."""

import logging
from collections.abc import Callable
from datetime import datetime

from ledger.database import Ledger
from ledger.deliveries import resolve, unresolved
from notifications.channels.base import Channel, NoAnswerError, TracingChannel, TransportError

_LOG = logging.getLogger(__name__)


def trace_next(ledger: Ledger, channel: Channel, clock: Callable[[], datetime]) -> bool:
    """Look up an unknown message whose time for it has come. Returns False where there is none.

    One that is not found stays unknown, for the provider may still be late with it; it is never sent again.
    """
    if not isinstance(channel, TracingChannel):
        return False
    now, found = clock(), False
    for message in unresolved(ledger, now, limit=1):
        found = True
        try:
            candidates = channel.find(message.phone, message.text, message.attempted_at)
        except (TransportError, NoAnswerError) as error:
            _LOG.warning("message %d could not be looked up: %s", message.id, error)
            continue
        with ledger.write(clock()) as tx:
            resolve(tx, message.id, candidates)
    return found
