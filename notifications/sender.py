"""The sender: takes messages out of the outbox one at a time and hands each to its channel, once.

One at a time, because a sender that is killed leaves the message in its hands unknown for good. Any number of senders
may share an outbox; start more of them to send faster.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from ledger import alerts
from ledger.database import Ledger
from ledger.deliveries import Outcome, put_back, report
from ledger.outbox import ClaimedMessage, claim
from ledger.reachability import mark_unusable, opt_out
from models.outbox import Delivery
from notifications.channels.base import Channel, Letter, NoAnswerError, TransportError
from notifications.reconcile import trace_unknown

Clock = Callable[[], datetime]

_LOG = logging.getLogger(__name__)
_IDLE_S = 1.0
_AFTER_FAULT_S = 5.0


def run(ledger: Ledger, channel: Channel, clock: Clock, stop: threading.Event, per_second: int = 0) -> None:
    """Send until ``stop`` is set; what is being sent then is finished first. A database that is away is waited for.

    ``per_second``: how many messages may leave, over all senders together; 0: any number.
    """
    while not stop.is_set():
        try:
            is_busy = send_due(ledger, channel, clock, limit=1, per_second=per_second) > 0
            trace_unknown(ledger, channel, clock())
            pause = 0.0 if is_busy else _IDLE_S
        except SQLAlchemyError as error:
            _LOG.error("the outbox can't be read or written (%s); trying again", type(error).__name__)
            pause = _AFTER_FAULT_S
        stop.wait(pause)


def send_due(ledger: Ledger, channel: Channel, clock: Clock, limit: int, per_second: int = 0) -> int:
    """Send up to ``limit`` messages that are due. Returns how many were tried; 0 means that none was due."""
    for count in range(limit):
        claimed = claim(ledger, clock(), limit=1, per_second=per_second)
        if not claimed:
            return count
        _send(ledger, channel, clock, claimed[0])
    return limit


def _send(ledger: Ledger, channel: Channel, clock: Clock, message: ClaimedMessage) -> None:
    """One try, and what became of it. If writing that down fails, the lease runs out and the message is unknown."""
    letter = Letter(message.id, message.phone, message.text, message.not_after - clock())
    try:
        outcome = channel.send(letter)
    except TransportError as error:
        _not_sent(ledger, clock, message, error)
        return
    except NoAnswerError as error:
        outcome = Outcome(Delivery.UNKNOWN, reason=str(error))
    except Exception as error:  # a fault of the channel's: what it has done is not known
        _LOG.error("message %d: the channel failed with %s", message.id, type(error).__name__)
        outcome = Outcome(Delivery.UNKNOWN, reason=f"the channel failed ({type(error).__name__})")
    with ledger.write(clock()) as tx:
        report(tx, message.id, outcome)


def _not_sent(ledger: Ledger, clock: Clock, message: ClaimedMessage, error: TransportError) -> None:
    with ledger.write(clock()) as tx:
        if error.alert is not None:
            alerts.raise_alert(tx, error.alert, error.reason)
        if not error.permanent:
            put_back(tx, message, error.reason)
            return
        report(tx, message.id, Outcome(Delivery.FAILED, reason=error.reason))
        if error.opted_out:
            opt_out(tx, message.driver)
        if error.unusable:
            mark_unusable(tx, message.driver)
