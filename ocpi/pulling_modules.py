"""One module of a partner's, pulled: its objects are taken in as a push takes them, a page in one transaction.

What was pushed already is the same fact. An answered pull is evidence, too: the network was heard at its end, also
where it had nothing to tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enforcement.facts import AnyFact
from ledger.database import Ledger, Tx
from ledger.partners import KnownPartner
from ledger.quirks import Noticed, QuirkBook
from ledger.record import record
from ledger.rejects import Rejected, reject
from ocpi import hubs, noticing
from ocpi.answers import PeerError
from ocpi.client import PeerClient
from ocpi.errors import Refused, bad_content
from ocpi.facts import heard_fact, source_of
from ocpi.modules import locations, money, sessions
from ocpi.modules.taking import Origin, Taken, only_party, origin_of
from ocpi.pages import crawl
from ocpi.privacy import redacted
from ocpi.reading import identifier
from ocpi.versions import VERSIONS
from ocpi.vocabulary import Version
from ocpi.wire import encode, stamp

_TAKES: Mapping[str, Callable[[Tx, Origin, str, Any], Taken]] = {
    locations.MODULE: locations.take,
    money.TARIFFS: money.take_tariff,
    sessions.MODULE: sessions.take,
    money.CDRS: money.take_cdr_of,
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """How many objects were taken in, and how many could not be understood and are stored as rejects."""

    taken: int = 0
    refused: int = 0

    def __add__(self, other: "Pulled") -> "Pulled":
        return Pulled(self.taken + other.taken, self.refused + other.refused)


def endpoint(partner: KnownPartner, module: str) -> str | None:
    """Where a partner offers a module's objects."""
    for item in partner.connection.get("endpoints", []):
        # 2.1.1 knows no roles: the CPO that we are connected to offers what it has to be fetched.
        if item["identifier"] == module and item["role"] in ("SENDER", ""):
            return str(item["url"])
    return None


def pull_module(
    ledger: Ledger,
    client: PeerClient,
    partner: KnownPartner,
    module: str,
    since: datetime | None,
    now: datetime,
    book: QuirkBook,
) -> Pulled:
    """Fetch what a module's objects last said from ``since`` to ``now``, or all of them.

    Raises :class:`ocpi.answers.PeerError`; what came before it is kept. After sessions, it is noted that the network
    was heard. ``book``: where what is odd is counted.
    """
    url = endpoint(partner, module)
    if url is None:
        raise PeerError(f"it offers no {module} to fetch")
    query = {} if since is None else {"date_from": stamp(since), "date_to": stamp(now)}
    pulled = Pulled()
    for items in crawl(client, url, query):
        with ledger.write(now) as tx:
            pulled += _take_page(tx, partner, module, items, book)
    if module == sessions.MODULE:
        with ledger.write(now) as tx:
            record(tx, [heard_fact(each, now, now, "pulled") for each in sorted(hubs.present(tx.conn, partner))])
    return pulled


def take_item(tx: Tx, partner: KnownPartner, module: str, item: Any) -> list[AnyFact]:
    """Take in one object that was fetched; gives its facts. Raises :class:`ocpi.errors.Refused`."""
    if not isinstance(item, dict):
        raise bad_content("not an object")
    version = _version_of(partner)
    if module == hubs.MODULE:
        hubs.take(tx, partner, version, _party(item), item)
        return []
    party = _party(item) if version.names_parties else only_party(partner)
    origin = None if party is None else origin_of(partner, version, *party)
    if origin is None:
        raise bad_content("its party is not among the roles of its credentials")
    object_id = identifier(item.get("id"), "id", 39)
    return _TAKES[module](tx, origin, object_id, item).facts


def _take_page(tx: Tx, partner: KnownPartner, module: str, items: list[Any], book: QuirkBook) -> Pulled:
    """Take in one page: what is valid is taken, the rest is stored with its reason."""
    facts: list[AnyFact] = []
    rejected: list[Rejected] = []
    for item in sorted(items, key=_order):
        try:
            facts += take_item(tx, partner, module, item)
        except Refused as refused:
            source = source_of(min(partner.parties))
            rejected.append(Rejected(source, f"pull of {module}", refused.message, encode(redacted(item))))
            book.note(tx, partner.id, [Noticed("refused", module, value=refused.message)])
        else:
            book.note(tx, partner.id, noticing.of_object(module, item, _version_of(partner), tx.now, is_whole=True))
    record(tx, facts)
    reject(tx, rejected)
    return Pulled(len(items) - len(rejected), len(rejected))


def _version_of(partner: KnownPartner) -> Version:
    return VERSIONS[str(partner.connection["version"])]


def _order(item: Any) -> str:
    """One order for all who pull, so that two of them never wait for each other."""
    return str(item.get("id")).casefold() if isinstance(item, dict) else ""


def _party(item: dict[str, Any]) -> tuple[str, str]:
    country_code = identifier(item.get("country_code"), "country_code", 2)
    return country_code, identifier(item.get("party_id"), "party_id", 3)
