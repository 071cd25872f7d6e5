"""Pulls: what pushes may have missed is fetched again (OCPI 2.2.1, 4.1.3: a receiver must be able to get in sync).

From whom, and when: after each handshake, after an outage of either side, and at an interval. How one module is pulled
is said in :mod:`ocpi.pulling_modules`.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger import pulls
from ledger.database import Ledger
from ledger.partners import KnownPartner, PartnerError, known, token_to_send
from ledger.pulls import PullState
from ledger.quirks import QuirkBook
from ocpi import hubs
from ocpi.answers import PeerError
from ocpi.calls import OurParty
from ocpi.client import PeerClient
from ocpi.message_routing import to_partner
from ocpi.modules import locations, money, sessions
from ocpi.pulling_modules import endpoint, pull_module

_LOG = logging.getLogger(__name__)
# A peer may store an object a little after the moment that it writes into it.
_OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Pace:
    """``first``: how far back a module is pulled at first (None: all), ``every``: so many intervals."""

    first: timedelta | None = None
    every: int = 1


# In this order: who the parties are, where their EVSEs are, what it costs there, what happened, what was billed.
_PACES: Mapping[str, _Pace] = {
    hubs.MODULE: _Pace(every=12),
    locations.MODULE: _Pace(),
    money.TARIFFS: _Pace(every=12),
    sessions.MODULE: _Pace(first=timedelta(days=1)),
    money.CDRS: _Pace(first=timedelta(days=7), every=12),
}


@dataclass(frozen=True, slots=True)
class Puller:
    """What pulling needs. ``interval``: how often sessions and locations are asked for; the rest more seldom."""

    ledger: Ledger
    clock: Callable[[], datetime]
    peer: Callable[[str, bool], PeerClient]
    us: OurParty
    interval: timedelta
    quirks: QuirkBook = field(default_factory=QuirkBook)


def pull_due(puller: Puller) -> int:
    """Pull what is due from each partner; returns from how many modules.

    One that does not answer is noted and asked again later and later; the others are not held up by it.
    """
    with puller.ledger.read() as conn:
        partners = [partner for partner in known(conn) if partner.is_registered and partner.parties]
    return sum(_pull_from(puller, partner) for partner in partners)


def client_of(puller: Puller, partner: KnownPartner) -> PeerClient:
    """A client that speaks to this partner in our name. Raises :class:`ledger.partners.PartnerError`."""
    client = puller.peer(token_to_send(puller.ledger.vault, partner), bool(partner.connection.get("literal")))
    return to_partner(client, (puller.us.country_code, puller.us.party_id), partner)


def _pull_from(puller: Puller, partner: KnownPartner) -> int:
    offered = [module for module in _PACES if endpoint(partner, module) is not None]
    with puller.ledger.read() as conn:
        due = pulls.due(conn, partner, offered, puller.clock())
    return sum(_pull_once(puller, partner, module) for module in due)


def _pull_once(puller: Puller, partner: KnownPartner, module: str) -> int:
    now = puller.clock()
    with puller.ledger.write(now) as tx:
        state = pulls.claim(tx, partner, module)
    if state is None:
        return 0
    since, every = _since(state, now), puller.interval * _PACES[module].every
    try:
        client = client_of(puller, partner)
        pulled = pull_module(puller.ledger, client, partner, module, since, now, puller.quirks)
    except (PeerError, PartnerError) as error:
        _LOG.warning("partner %s: its %s can't be pulled: %s", partner.name, module, error)
        with puller.ledger.write(puller.clock()) as tx:
            pulls.failed(tx, partner, state, str(error), every)
    else:
        with puller.ledger.write(now) as tx:
            pulls.succeeded(tx, partner, module, (pulled.taken, pulled.refused), now + _spread(partner, module, every))
    return 1


def _since(state: PullState, now: datetime) -> datetime | None:
    if state.until is not None:
        return state.until - _OVERLAP
    first = _PACES[state.module].first
    return None if first is None else now - first


def _spread(partner: KnownPartner, module: str, every: timedelta) -> timedelta:
    """Up to a tenth less, each partner and module its own, so that they don't all come at once (OCPI 2.2.1, 4.1.3)."""
    share = hashlib.sha256(f"{partner.id} {module}".encode()).digest()[0] / 2560
    return every * (1 - share)
