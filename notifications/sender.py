"""The sender: takes messages out of the outbox one at a time and hands each to its channel, once.

One at a time, because a sender that is killed leaves the message in its hands unknown for good. Any number of senders
may share an outbox; start more of them to send faster.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from ledger import alerts
from ledger.claimed_messages import ClaimedMessage, claim
from ledger.database import Ledger
from ledger.deliveries import Outcome, put_back, report
from ledger.reachability import mark_unusable, opt_out
from models.outbox import Delivery
from notifications.channels.base import Channel, Letter, NoAnswerError, TransportError

Clock = Callable[[], datetime]

_LOG = logging.getLogger(__name__)


def send_next(ledger: Ledger, channel: Channel, clock: Clock, per_second: int = 0) -> bool:
    """Send the message that is due longest. Returns False where none is due, or where none would leave now.

    ``per_second``: how many messages may leave, over all senders together; 0: any number.
    """
    claimed = claim(ledger, clock(), limit=1, per_second=per_second)
    goes_on = [_send(ledger, channel, clock, message) for message in claimed]
    return bool(goes_on) and all(goes_on)


def _send(ledger: Ledger, channel: Channel, clock: Clock, message: ClaimedMessage) -> bool:
    """One try, and what became of it. If writing that down fails, the lease runs out and the message is unknown.

    Returns False where the next message would fare no better.
    """
    letter = Letter(message.id, message.phone, message.text, message.not_after - clock())
    try:
        outcome = channel.send(letter)
    except TransportError as error:
        _not_sent(ledger, clock, message, error)
        return not error.of_all
    except NoAnswerError as error:
        outcome = Outcome(Delivery.UNKNOWN, reason=str(error))
    except Exception as error:  # a fault of the channel's: what it has done is not known
        _LOG.error("message %d: the channel failed with %s", message.id, type(error).__name__)
        outcome = Outcome(Delivery.UNKNOWN, reason=f"the channel failed ({type(error).__name__})")
    with ledger.write(clock()) as tx:
        report(tx, message.id, outcome)
    return True


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
