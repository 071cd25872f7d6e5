"""The sender of webhooks (Standard Webhooks 1.0): signed, at least once, each with an id that stays the same."""

import http.client
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy.exc import SQLAlchemyError
from standardwebhooks.webhooks import Webhook

from ledger import claimed_pushes, pushes, webhook_health
from ledger.addresses import NotAllowedError
from ledger.claimed_pushes import ClaimedPush
from ledger.database import Ledger
from ledger.laggards import Laggards
from ledger.webhook_dispatch import Dispatch, dispatch
from models.outbox import Delivery
from notifications.posting import post

_LOG = logging.getLogger(__name__)
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What sending needs, the same for all threads of a process.

    ``private``: webhooks may go to private addresses, loopback, and by http.
    """

    ledger: Ledger
    clock: Callable[[], datetime]
    private: bool = False
    laggards: Laggards = field(default_factory=Laggards)


def send_next(sender: Sender, *, quick_only: bool = False) -> bool:
    """Send the webhook that is due longest. Returns False where none is due.

    ``quick_only``: to none who let a sender wait the last time.
    """
    but = sender.laggards.known if quick_only else ()
    push = claimed_pushes.claim(sender.ledger, sender.clock(), (pushes.WEBHOOK,), but)
    if push is None:
        return False
    try:
        found = _dispatch(sender, push)
        if found is not None:
            _send(sender, push, found)
    except SQLAlchemyError:
        raise
    except Exception as error:  # a fault of ours in one webhook must not hold up all others
        _LOG.exception("webhook %d failed", push.id)
        with sender.ledger.write(sender.clock()) as tx:
            claimed_pushes.finish(tx, push, Delivery.FAILED, f"a fault of ours ({type(error).__name__})")
    return True


def _dispatch(sender: Sender, push: ClaimedPush) -> Dispatch | None:
    with sender.ledger.write(sender.clock()) as tx:
        try:
            found = dispatch(tx, push)
        except InvalidToken:
            reason = "no key of the vault opens its secret; give it another one"
            claimed_pushes.finish(tx, push, Delivery.FAILED, reason)
            return None
        if found is None:
            claimed_pushes.finish(tx, push, Delivery.EXPIRED, "the subscription was ended, or is switched off")
        return found


def headers(found: Dispatch, now: datetime) -> dict[str, str]:
    """What a receiver checks (Standard Webhooks): id, time stamp, and a signature for each secret that is good."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Baywarden",
        "webhook-id": found.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(each).sign(found.id, now, found.body.decode()) for each in found.secrets),
    }


def _send(sender: Sender, push: ClaimedPush, found: Dispatch) -> None:
    try:
        with sender.laggards.waiting_for(push.subscription):
            status = post(found.url, headers(found, sender.clock()), found.body, private=sender.private)
    except NotAllowedError as error:
        _not_arrived(sender, push, found.url, str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        _not_arrived(sender, push, found.url, f"no answer ({type(error).__name__})")
    else:
        if 200 <= status < 300:
            with sender.ledger.write(sender.clock()) as tx:
                webhook_health.arrived(tx, push.subscription, found.url)
                claimed_pushes.finish(tx, push, Delivery.DELIVERED)
        else:
            _not_arrived(sender, push, found.url, f"answered with HTTP {status}", is_gone=status == _GONE)


def _not_arrived(sender: Sender, push: ClaimedPush, url: str, reason: str, *, is_gone: bool = False) -> None:
    _LOG.warning("webhook %d: %s", push.id, reason)
    with sender.ledger.write(sender.clock()) as tx:
        if webhook_health.failed(tx, push.subscription, url, is_gone=is_gone):
            why = reason if is_gone else "nothing arrived for too long"
            _LOG.error("subscription %s is switched off: %s", push.subscription, why)
            claimed_pushes.finish(tx, push, Delivery.EXPIRED, f"given up: {reason}")
        else:
            claimed_pushes.put_back(tx, push, reason)
