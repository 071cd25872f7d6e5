"""Pushes out: the sender of OCPI's outbox. One push at a time, each by the module that knows its kind."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from ledger import claimed_pushes, pushes
from ledger.claimed_pushes import ClaimedPush
from ledger.database import Ledger
from ledger.laggards import Laggards
from ledger.partners import KnownPartner, PartnerError, known, token_to_send
from models.outbox import Delivery
from ocpi.answers import NotSentError, PeerError, RefusedError
from ocpi.calls import OurParty
from ocpi.client import PeerClient
from ocpi.message_routing import to_partner, to_party

_LOG = logging.getLogger(__name__)
_UNKNOWN_TOKEN = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """What sending needs, the same for all threads. ``base_url``: how peers reach this service, without /ocpi."""

    ledger: Ledger
    clock: Callable[[], datetime]
    peer: Callable[[str, bool], PeerClient]
    us: OurParty
    base_url: str
    laggards: Laggards = field(default_factory=Laggards)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A push on its way: to which partner, in which version, by which client."""

    postman: Postman
    push: ClaimedPush
    partner: KnownPartner
    client: PeerClient

    @property
    def version(self) -> str:
        """The version that was agreed with the partner."""
        return str(self.partner.connection.get("version"))

    def client_to(self, party: str) -> PeerClient:
        """The client, speaking to one of the parties behind the partner."""
        return to_party(self.client, self.version, self._ours, party)

    @property
    def client_to_partner(self) -> PeerClient:
        """The client, speaking to the partner itself, whichever parties are behind it."""
        return to_partner(self.client, self._ours, self.partner)

    @property
    def _ours(self) -> tuple[str, str]:
        return self.postman.us.country_code, self.postman.us.party_id

    def endpoint(self, module: str) -> str:
        """Where the partner receives a module. Raises :class:`Undeliverable`."""
        for item in self.partner.connection.get("endpoints", []):
            if item["identifier"] == module and item["role"] in ("RECEIVER", ""):
                return str(item["url"]).rstrip("/")
        raise Undeliverable(f"the partner receives no {module}")


class Undeliverable(Exception):  # noqa: N818 - a finding about the partner or the thing, not a fault
    """A push that can't be made; the message says why."""


Deliver = Callable[[Parcel], None]


def send_next(postman: Postman, handlers: Mapping[str, Deliver], *, quick_only: bool = False) -> bool:
    """Send the push that is due longest. Returns False where none is due.

    ``quick_only``: to none who let a sender wait the last time, commands apart.
    """
    push = claimed_pushes.claim(postman.ledger, postman.clock(), but=postman.laggards.known if quick_only else ())
    if push is None:
        return False
    try:
        with postman.laggards.waiting_for(push.partner):
            handlers[push.kind](_parcel(postman, push))
    except (Undeliverable, PartnerError) as error:
        _end(postman, push, Delivery.FAILED, str(error))
    except RefusedError as error:
        if error.http == _UNKNOWN_TOKEN:  # it may be about to change
            _again(postman, push, str(error))
        else:
            _end(postman, push, Delivery.FAILED, str(error))
    except NotSentError as error:
        _again(postman, push, str(error))
    except PeerError as error:
        _unanswered(postman, push, str(error))
    except SQLAlchemyError:
        raise
    except Exception as error:  # a fault of ours in one push must not hold up all others
        _LOG.exception("push %d failed", push.id)
        _end(postman, push, Delivery.FAILED, f"a fault of ours ({type(error).__name__})")
    else:
        _end(postman, push, Delivery.SENT if push.kind == pushes.COMMAND else Delivery.DELIVERED)
    return True


def _parcel(postman: Postman, push: ClaimedPush) -> Parcel:
    with postman.ledger.read() as conn:
        partner = next((each for each in known(conn) if each.id == push.partner), None)
    if partner is None or not partner.is_registered:
        raise Undeliverable("the partner is not connected any more")
    token = token_to_send(postman.ledger.vault, partner)
    return Parcel(postman, push, partner, postman.peer(token, bool(partner.connection.get("literal"))))


def _unanswered(postman: Postman, push: ClaimedPush, reason: str) -> None:
    """It left, and no answer came. A CDR is looked for and, if it is not there, sent again under the same id; of a
    status the next one counts; a command may have been carried out.
    """
    if push.kind == pushes.CDR:
        _again(postman, push, reason)
    else:
        _end(postman, push, Delivery.UNKNOWN if push.kind == pushes.COMMAND else Delivery.FAILED, reason)


def _again(postman: Postman, push: ClaimedPush, reason: str) -> None:
    with postman.ledger.write(postman.clock()) as tx:
        if push.kind == pushes.STATUS:
            claimed_pushes.finish(tx, push, Delivery.FAILED, reason)
        else:
            claimed_pushes.put_back(tx, push, reason)


def _end(postman: Postman, push: ClaimedPush, state: Delivery, reason: str | None = None) -> None:
    if reason is not None:
        _LOG.warning("push %d (%s): %s", push.id, push.kind, reason)
    with postman.ledger.write(postman.clock()) as tx:
        claimed_pushes.finish(tx, push, state, reason)
