"""Pulls: what pushes may have missed is fetched again (OCPI 2.2.1, 4.1.3: a receiver must be able to get in sync).

After each handshake, after an outage of either side, and at an interval. A pull takes objects in as a push does; what
was pushed already is the same fact. An answered pull is evidence, too: the network was heard at its end, also where it
had nothing to tell.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from enforcement.facts import AnyFact
from ledger import pulls
from ledger.database import Ledger, Tx
from ledger.partners import KnownPartner, PartnerError, known, token_to_send
from ledger.pulls import PullState
from ledger.quirks import Noticed, QuirkBook
from ledger.record import record
from ledger.rejects import Rejected, reject
from ocpi import hubs, noticing
from ocpi.calls import OurParty
from ocpi.client import PeerClient, PeerError, to_parties
from ocpi.errors import Refused, bad_content
from ocpi.facts import heard_fact, source_of
from ocpi.modules import locations, money, sessions
from ocpi.modules.taking import Origin, Taken, only_party, origin_of
from ocpi.pages import crawl
from ocpi.privacy import redacted
from ocpi.reading import identifier
from ocpi.versions import VERSIONS
from ocpi.wire import encode, stamp

_LOG = logging.getLogger(__name__)
# A peer may store an object a little after the moment that it writes into it.
_OVERLAP = timedelta(minutes=5)

Take = Callable[[Tx, Origin, str, Any], Taken]


@dataclass(frozen=True, slots=True)
class _Pull:
    """How one module is pulled: ``first``: how far back at first (None: all), ``every``: so many intervals."""

    take: Take
    first: timedelta | None = None
    every: int = 1


# In this order: who the parties are, where their EVSEs are, what it costs there, what happened, what was billed.
_PULLS: Mapping[str, _Pull] = {
    locations.MODULE: _Pull(locations.take),
    money.TARIFFS: _Pull(money.take_tariff, every=12),
    sessions.MODULE: _Pull(sessions.take, first=timedelta(days=1)),
    money.CDRS: _Pull(money.take_cdr_of, first=timedelta(days=7), every=12),
}
_MODULES = (hubs.MODULE, *_PULLS)


@dataclass(frozen=True, slots=True)
class Pulled:
    """How many objects were taken in, and how many could not be understood and are stored as rejects."""

    taken: int = 0
    refused: int = 0

    def __add__(self, other: "Pulled") -> "Pulled":
        return Pulled(self.taken + other.taken, self.refused + other.refused)


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


def pull(
    ledger: Ledger,
    client: PeerClient,
    partner: KnownPartner,
    module: str,
    since: datetime | None,
    now: datetime,
    book: QuirkBook | None = None,
) -> Pulled:
    """Fetch what a module's objects last said from ``since`` to ``now``, or all of them.

    Raises :class:`ocpi.client.PeerError`; what came before it is kept. After sessions, it is noted that the network was
    heard. ``book``: where what is odd is counted.
    """
    url = endpoint(partner, module)
    if url is None:
        raise PeerError(f"it offers no {module} to fetch")
    query = {} if since is None else {"date_from": stamp(since), "date_to": stamp(now)}
    pulled = Pulled()
    for items in crawl(client, url, query):
        pulled += _take_page(ledger, partner, module, items, now, book or QuirkBook())
    if module == sessions.MODULE:
        with ledger.write(now) as tx:
            record(tx, [heard_fact(each, now, now, "pulled") for each in sorted(hubs.present(tx.conn, partner))])
    return pulled


def endpoint(partner: KnownPartner, module: str) -> str | None:
    """Where a partner offers a module's objects."""
    for item in partner.connection.get("endpoints", []):
        # 2.1.1 knows no roles: the CPO that we are connected to offers what it has to be fetched.
        if item["identifier"] == module and item["role"] in ("SENDER", ""):
            return str(item["url"])
    return None


def client_of(puller: Puller, partner: KnownPartner) -> PeerClient:
    """A client that speaks to this partner in our name. Raises :class:`ledger.partners.PartnerError`."""
    client = puller.peer(token_to_send(puller.ledger.vault, partner), bool(partner.connection.get("literal")))
    return to_parties(client, (puller.us.country_code, puller.us.party_id), partner)


def _pull_from(puller: Puller, partner: KnownPartner) -> int:
    offered = [module for module in _MODULES if endpoint(partner, module) is not None]
    with puller.ledger.read() as conn:
        due = pulls.due(conn, partner, offered, puller.clock())
    return sum(_pull_once(puller, partner, module) for module in due)


def _pull_once(puller: Puller, partner: KnownPartner, module: str) -> int:
    now = puller.clock()
    with puller.ledger.write(now) as tx:
        state = pulls.claim(tx, partner, module)
    if state is None:
        return 0
    every = puller.interval * (_PULLS[module].every if module in _PULLS else 12)
    try:
        pulled = pull(
            puller.ledger, client_of(puller, partner), partner, module, _since(state, now), now, puller.quirks
        )
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
    first = _PULLS[state.module].first if state.module in _PULLS else None
    return None if first is None else now - first


def _spread(partner: KnownPartner, module: str, every: timedelta) -> timedelta:
    """Up to a tenth less, each partner and module its own, so that they don't all come at once (OCPI 2.2.1, 4.1.3)."""
    share = hashlib.sha256(f"{partner.id} {module}".encode()).digest()[0] / 2560
    return every * (1 - share)


def _take_page(
    ledger: Ledger, partner: KnownPartner, module: str, items: list[Any], now: datetime, book: QuirkBook
) -> Pulled:
    """Take in one page in one transaction: what is valid is taken, the rest is stored with its reason."""
    facts: list[AnyFact] = []
    rejected: list[Rejected] = []
    version = VERSIONS[str(partner.connection["version"])]
    with ledger.write(now) as tx:
        for item in sorted(items, key=_order):
            try:
                facts += take_item(tx, partner, module, item)
            except Refused as refused:
                source = source_of(min(partner.parties))
                rejected.append(Rejected(source, f"pull of {module}", refused.message, encode(redacted(item))))
                book.note(tx, partner.id, [Noticed("refused", module, value=refused.message)])
            else:
                book.note(tx, partner.id, noticing.of_object(module, item, version, now, is_whole=True))
        record(tx, facts)
        reject(tx, rejected)
    return Pulled(len(items) - len(rejected), len(rejected))


def take_item(tx: Tx, partner: KnownPartner, module: str, item: Any) -> list[AnyFact]:
    """Take in one object that was fetched; gives its facts. Raises :class:`ocpi.errors.Refused`."""
    if not isinstance(item, dict):
        raise bad_content("not an object")
    version = VERSIONS[str(partner.connection["version"])]
    if module == hubs.MODULE:
        hubs.take(tx, partner, version, _party(item), item)
        return []
    party = _party(item) if version.names_parties else only_party(partner)
    origin = None if party is None else origin_of(partner, version, *party)
    if origin is None:
        raise bad_content("its party is not among the roles of its credentials")
    object_id = identifier(item.get("id"), "id", 39)
    return _PULLS[module].take(tx, origin, object_id, item).facts


def _order(item: Any) -> str:
    """One order for all who pull, so that two of them never wait for each other."""
    return str(item.get("id")).casefold() if isinstance(item, dict) else ""


def _party(item: dict[str, Any]) -> tuple[str, str]:
    country_code = identifier(item.get("country_code"), "country_code", 2)
    return country_code, identifier(item.get("party_id"), "party_id", 3)
