"""Messages of which nobody knows whether they left: ask the provider, where it can be asked."""

import logging
from datetime import datetime

from ledger.database import Ledger
from ledger.deliveries import resolve, unresolved
from notifications.channels.base import Channel, NoAnswerError, TracingChannel, TransportError

_LOG = logging.getLogger(__name__)


def trace_unknown(ledger: Ledger, channel: Channel, now: datetime) -> int:
    """Look up unknown messages whose time for it has come. Returns how many were found, and so resolved.

    One that is not found stays unknown, for the provider may still be late with it; it is never sent again.
    """
    if not isinstance(channel, TracingChannel):
        return 0
    found = 0
    for message in unresolved(ledger, now):
        try:
            candidates = channel.find(message.phone, message.text, message.attempted_at)
        except (TransportError, NoAnswerError) as error:
            _LOG.warning("message %d could not be looked up: %s", message.id, error)
            continue
        with ledger.write(now) as tx:
            found += resolve(tx, message.id, candidates)
    return found
