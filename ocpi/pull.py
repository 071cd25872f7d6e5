"""Pulls: what pushes may have missed is fetched again (OCPI 2.2.1, 4.1.3: a receiver must be able to get in sync).

A pull takes objects in as a push does; what was pushed already is the same fact. An answered pull is evidence, too: the
network was heard at its end, also where it had nothing to tell.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from enforcement.facts import AnyFact
from ledger.database import Ledger, Tx
from ledger.partners import KnownPartner, PartnerError, known, pulled_until, token_to_send
from ledger.record import record
from ledger.rejects import Rejected, reject
from ocpi.client import PeerClient, PeerError
from ocpi.errors import Refused, bad_content
from ocpi.facts import heard_fact, source_of
from ocpi.modules import locations, sessions
from ocpi.modules.taking import Origin, Taken, only_party, origin_of
from ocpi.privacy import redacted
from ocpi.reading import identifier
from ocpi.versions import VERSIONS
from ocpi.wire import encode, stamp

_LOG = logging.getLogger(__name__)
_LIMIT = 100
_MAX_PAGES = 2_000
_MAX_CRAWLS = 3
# A peer may store an object a little after the moment that it writes into it.
_OVERLAP = timedelta(minutes=5)
_FIRST = timedelta(days=1)

Take = Callable[[Tx, Origin, str, Any], Taken]


@dataclass(frozen=True, slots=True)
class Pulled:
    """How many objects were taken in, and how many could not be understood and are stored as rejects."""

    taken: int = 0
    refused: int = 0

    def __add__(self, other: "Pulled") -> "Pulled":
        return Pulled(self.taken + other.taken, self.refused + other.refused)


def pull_due(
    ledger: Ledger, clock: Callable[[], datetime], peer: Callable[[str, bool], PeerClient], interval: timedelta
) -> int:
    """Pull from each partner whose last pull is ``interval`` ago; returns how many were asked.

    A partner that does not answer is logged and tried again at the next call; the others are not held up by it.
    """
    with ledger.read() as conn:
        due = [
            (partner, until)
            for partner in known(conn)
            if partner.is_registered and partner.parties and endpoint(partner, sessions.MODULE) is not None
            for until in [pulled_until(conn, partner)]
            if until is None or clock() - until >= interval
        ]
    for partner, until in due:
        now = clock()
        try:
            client = peer(token_to_send(ledger.vault, partner), bool(partner.connection.get("literal")))
            pull_locations(ledger, client, partner, None if until is None else until - _OVERLAP, now)
            pull_sessions(ledger, client, partner, (now - _FIRST) if until is None else until - _OVERLAP, now)
        except (PeerError, PartnerError) as error:
            _LOG.warning("partner %s can't be pulled from: %s", partner.name, error)
    return len(due)


def pull_sessions(ledger: Ledger, client: PeerClient, partner: KnownPartner, since: datetime, now: datetime) -> Pulled:
    """Fetch the sessions last updated from ``since`` to ``now``, and note that the network was heard at ``now``.

    Raises :class:`ocpi.client.PeerError`; what came before it is kept, but then the network was not heard.
    """
    pulled = _pull(ledger, client, partner, sessions.MODULE, sessions.take, {"date_from": since, "date_to": now}, now)
    with ledger.write(now) as tx:
        record(tx, [heard_fact(network, now, now, "pulled") for network in sorted(partner.parties)])
    return pulled


def pull_locations(
    ledger: Ledger, client: PeerClient, partner: KnownPartner, since: datetime | None, now: datetime
) -> Pulled:
    """Fetch the locations last updated from ``since`` to ``now``, or all of them; none where they are not offered."""
    if endpoint(partner, locations.MODULE) is None:
        return Pulled()
    window = {} if since is None else {"date_from": since, "date_to": now}
    return _pull(ledger, client, partner, locations.MODULE, locations.take, window, now)


def endpoint(partner: KnownPartner, module: str) -> str | None:
    """Where a partner offers a module's objects."""
    for item in partner.connection.get("endpoints", []):
        # 2.1.1 knows no roles: the CPO that we are connected to offers what it has to be fetched.
        if item["identifier"] == module and item["role"] in ("SENDER", ""):
            return str(item["url"])
    return None


def _pull(
    ledger: Ledger,
    client: PeerClient,
    partner: KnownPartner,
    module: str,
    take: Take,
    window: dict[str, datetime],
    now: datetime,
) -> Pulled:
    url = endpoint(partner, module)
    if url is None:
        raise PeerError(f"it offers no {module} to fetch")
    query = {name: stamp(moment) for name, moment in window.items()}
    first = f"{url}{'&' if '?' in url else '?'}{urlencode({**query, 'offset': 0, 'limit': _LIMIT})}"
    pulled = Pulled()
    for _ in range(_MAX_CRAWLS):
        is_complete = True
        for items, is_shorter in _pages(client, first):
            is_complete = is_complete and not is_shorter
            pulled += _take_page(ledger, partner, module, take, items, now)
        if is_complete:
            break
    return pulled


def _pages(client: PeerClient, url: str) -> Iterable[tuple[list[Any], bool]]:
    """The pages, and of each whether there were fewer objects than before.

    Then one was updated meanwhile and left the window, and another one may have slipped between two pages.
    """
    seen: set[str] = set()
    target: str | None = url
    total: int | None = None
    while target is not None:
        if target in seen or len(seen) >= _MAX_PAGES:
            raise PeerError("its pages never end")
        seen.add(target)
        page = client.get(target)
        if not isinstance(page.data, list):
            raise PeerError("its page is not a list")
        yield page.data, total is not None and page.total is not None and page.total < total
        total, target = page.total, page.next


def _take_page(
    ledger: Ledger, partner: KnownPartner, module: str, take: Take, items: list[Any], now: datetime
) -> Pulled:
    """Take in one page in one transaction: what is valid is taken, the rest is stored with its reason."""
    facts: list[AnyFact] = []
    rejected: list[Rejected] = []
    with ledger.write(now) as tx:
        for item in sorted(items, key=_order):
            try:
                origin, object_id = _origin(partner, item)
                taken = take(tx, origin, object_id, item)
            except Refused as refused:
                source = source_of(min(partner.parties))
                rejected.append(Rejected(source, f"pull of {module}", refused.message, encode(redacted(item))))
            else:
                facts += taken.facts
        record(tx, facts)
        reject(tx, rejected)
    return Pulled(len(items) - len(rejected), len(rejected))


def _order(item: Any) -> str:
    """One order for all who pull, so that two of them never wait for each other."""
    return str(item.get("id")).casefold() if isinstance(item, dict) else ""


def _origin(partner: KnownPartner, item: Any) -> tuple[Origin, str]:
    if not isinstance(item, dict):
        raise bad_content("not an object")
    version = VERSIONS[str(partner.connection["version"])]
    party = _party(item) if version.names_parties else only_party(partner)
    origin = None if party is None else origin_of(partner, version, *party)
    if origin is None:
        raise bad_content("its party is not among the roles of its credentials")
    return origin, identifier(item.get("id"), "id")


def _party(item: dict[str, Any]) -> tuple[str, str]:
    country_code = identifier(item.get("country_code"), "country_code", 2)
    return country_code, identifier(item.get("party_id"), "party_id", 3)
