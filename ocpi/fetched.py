"""Objects that were fetched are taken in as a push takes them: what is valid is taken, the rest is kept as a reject."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from enforcement.facts import AnyFact
from ledger.database import Tx
from ledger.failures import PASSING
from ledger.partners import KnownPartner
from ledger.quirks import Noticed
from ledger.record import record
from ledger.rejects import Rejected, reject
from ocpi import hubs, noticing
from ocpi.errors import Refused, bad_content
from ocpi.facts import source_of
from ocpi.modules import locations, money, sessions
from ocpi.modules.taking import Origin, Taken, only_party, origin_of
from ocpi.privacy import redacted
from ocpi.puller import Puller
from ocpi.reading import identifier
from ocpi.versions import VERSIONS
from ocpi.vocabulary import Version
from ocpi.wire import encode

_LOG = logging.getLogger(__name__)
_TAKES: Mapping[str, Callable[[Tx, Origin, str, Any], Taken]] = {
    locations.MODULE: locations.take,
    money.TARIFFS: money.take_tariff,
    sessions.MODULE: sessions.take,
    money.CDRS: money.take_cdr_of,
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """How many objects were taken in, and how many could not be understood and are stored as rejects.

    ``at``: when its peer began to tell of them, by its own clock.
    """

    taken: int = 0
    refused: int = 0
    at: datetime | None = field(default=None, compare=False)

    def __add__(self, other: "Pulled") -> "Pulled":
        return Pulled(self.taken + other.taken, self.refused + other.refused, self.at or other.at)


def take_page(puller: Puller, partner: KnownPartner, module: str, items: Sequence[Any]) -> Pulled:
    """Take in a page in one transaction; where that fails by one of its objects, each in its own."""
    try:
        with puller.taking, puller.ledger.write(puller.clock()) as tx:
            return _take(puller, tx, partner, module, items)
    except PASSING:
        raise
    except Exception as error:
        if len(items) != 1:
            return sum((take_page(puller, partner, module, [item]) for item in items), Pulled())
        return _put_aside(puller, partner, module, items[0], error)


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
    return _TAKES[module](tx, replace(origin, is_fetched=True), object_id, item).facts


def _take(puller: Puller, tx: Tx, partner: KnownPartner, module: str, items: Sequence[Any]) -> Pulled:
    facts: list[AnyFact] = []
    rejected: list[Rejected] = []
    odd: list[Noticed] = []
    for item in sorted(items, key=_order):
        try:
            facts += take_item(tx, partner, module, item)
        except Refused as error:
            rejected.append(_rejected(partner, module, item, error.message))
        else:
            odd += noticing.of_object(module, item, _version_of(partner), tx.now, is_whole=True)
    record(tx, facts)
    # After the bays, as pushes do it: two who want both never wait for each other.
    _write(puller, tx, partner, module, rejected, odd)
    return Pulled(len(items) - len(rejected), len(rejected))


def _put_aside(puller: Puller, partner: KnownPartner, module: str, item: Any, error: Exception) -> Pulled:
    """An object that a fault of ours keeps from being taken in: nothing of it is, and it holds up no other."""
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    else:
        reason = f"a fault of ours ({type(error).__name__})"
        _LOG.error("partner %s: one of its %s can't be taken in", partner.name, module, exc_info=error)
    with puller.taking, puller.ledger.write(puller.clock()) as tx:
        _write(puller, tx, partner, module, [_rejected(partner, module, item, reason)])
    return Pulled(refused=1)


def _rejected(partner: KnownPartner, module: str, item: Any, reason: str) -> Rejected:
    try:
        payload = encode(redacted(item))
    except RecursionError:
        payload = b""
    return Rejected(source_of(min(partner.parties)), f"pull of {module}", reason, payload)


def _write(
    puller: Puller,
    tx: Tx,
    partner: KnownPartner,
    module: str,
    rejected: Sequence[Rejected],
    odd: Iterable[Noticed] = (),
) -> None:
    reject(tx, rejected)
    refused = (Noticed("refused", module, value=each.reason) for each in rejected)
    puller.quirks.note(tx, partner.id, [*odd, *refused])


def _version_of(partner: KnownPartner) -> Version:
    return VERSIONS[str(partner.connection["version"])]


def _order(item: Any) -> str:
    """One order for all who pull, so that two of them never wait for each other."""
    return str(item.get("id")).casefold() if isinstance(item, dict) else ""


def _party(item: dict[str, Any]) -> tuple[str, str]:
    country_code = identifier(item.get("country_code"), "country_code", 2)
    return country_code, identifier(item.get("party_id"), "party_id", 3)
