"""From a violation's due steps to messages in the outbox, for drivers that can be reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from enforcement.stays import Stay
from enforcement.steps import Notice, Step
from enforcement.telling import Telling
from enforcement.violations import Violation
from enforcement.warnings import expected, notices
from ledger import claims, webhooks
from ledger.claims import Claimant
from ledger.composer import Place
from ledger.database import Tx
from ledger.outbox import OutgoingMessage, enqueue
from ledger.settings_of_bays import BayContext
from ledger.token_ties import DriverRef, drivers_for_tokens


class Wanted(NamedTuple):
    """A violation that has news, the stay that it is of, where it happens, and what its policy tells of it.

    ``is_expected``: it has not begun, and has no row.
    """

    violation: Violation
    stay: Stay
    context: BayContext
    telling: Telling
    is_expected: bool = False

    def due(self, now: datetime) -> list[Notice]:
        """What is to be told now."""
        tells = expected if self.is_expected else notices
        return list(tells(self.violation, now, self.telling, self.context.setting.zone))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whom a message is for. ``mark`` keeps apart what several readers are told of the same step."""

    driver: int
    language: str
    place: Place
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """Drivers that can be reached: by their token, and those who claimed what stood in a bay."""

    drivers: Mapping[str, DriverRef]
    claimants: Mapping[str, Sequence[Claimant]]


def enqueue_notices(tx: Tx, wanted: Sequence[Wanted]) -> list[str]:
    """Put the due messages into the outbox. Returns the keys of violations whose driver is now warned."""
    warned: dict[str, None] = {}
    all_due = [(item, due) for item in wanted if (due := item.due(tx.now))]
    known = _known(tx, [item for item, _ in all_due])
    is_alerted = bool(webhooks.alerted(tx))
    for item, due in all_due:
        if is_alerted:
            for notice in due:
                webhooks.alert(tx, notice.identity(item.violation), item.violation.token, _alert(item, notice))
        for reader in _readers(tx, item, known):
            for notice in due:
                is_new = enqueue(tx, _message(tx, item, notice, reader))
                if is_new and notice.step is Step.GRACE_RUNNING:
                    warned[item.violation.key] = None
    return list(warned)


def _alert(item: Wanted, notice: Notice) -> dict[str, Any]:
    """What a partner is told, so that it can tell its own driver: no words, only what they are made of."""
    violation, setting = item.violation, item.context.setting
    return {
        "step": notice.step.value,
        "kind": violation.kind.value,
        "bay": violation.bay,
        "bay_name": item.context.name,
        "station": setting.station,
        "station_name": item.context.station_name,
        "zone": setting.zone,
        "network": "*".join(setting.station.split("*")[:2]),
        "grace_ends_at": violation.grace_ends_at,
        "violated_at": violation.violated_at,
        "ended_at": violation.ended_at,
        "total_minor": violation.fee.total_minor,
        "currency": violation.fee.currency,
        "not_after": notice.not_after,
    }


def _message(tx: Tx, item: Wanted, notice: Notice, reader: _Reader) -> OutgoingMessage:
    violation = item.violation
    return OutgoingMessage(
        identity=f"{notice.identity(violation)}{reader.mark}",
        violation=None if item.is_expected else violation.key,
        driver=reader.driver,
        step=notice.step.value,
        language=reader.language,
        text=tx.composer(notice, violation, reader.place, reader.language, tx.now),
        not_after=notice.not_after,
        created_at=tx.now,
        not_before=notice.not_before,
        may_come_again=item.telling.quiet is not None,
    )


def _known(tx: Tx, wanted: Sequence[Wanted]) -> _Known:
    """Asked for all at once: most violations have nobody to tell."""
    if not wanted:
        return _Known({}, {})
    tokens = {item.violation.token for item in wanted if item.violation.token}
    since = min(item.stay.arrived_at for item in wanted)
    return _Known(
        drivers_for_tokens(tx.conn, sorted(tokens)),
        claims.claimants(tx.conn, sorted({item.violation.bay for item in wanted}), since),
    )


def _readers(tx: Tx, item: Wanted, everybody: _Known) -> Iterator[_Reader]:
    """The driver of the token, and whoever claimed the stay; each of them once."""
    violation, context = item.violation, item.context
    zone, place = context.setting.zone, (context.station_name, context.name, context.setting.zone)
    known = everybody.drivers.get(violation.token or "")
    claimed = [each for each in everybody.claimants.get(violation.bay, ()) if _is_of(each, item.stay)]
    if known is not None:
        code = next((each.code for each in claimed if each.driver == known.id), None) or _code(tx, violation, known)
        # Where a single scan ties them to the token, they may not be its driver: they don't learn where it is.
        names_place = not known.is_scanned or code is not None
        yield _Reader(known.id, known.language, Place(*place, code or "") if names_place else Place("", "", zone))
    for each in claimed:
        if known is None or each.driver != known.id:
            yield _Reader(each.driver, each.language, Place(*place, each.code), f"/driver:{each.driver}")


def _is_of(claimed: Claimant, stay: Stay) -> bool:
    return stay.arrived_at <= claimed.at and (stay.left_at is None or claimed.at < stay.left_at)


def _code(tx: Tx, violation: Violation, known: DriverRef) -> str | None:
    """The code of the stay's page for the driver of its token; None for one who may not see it."""
    if known.is_scanned:
        return None
    claim = claims.claim(tx, violation.bay, min(violation.clock_started_at, tx.now), known.id, known.language, "token")
    return None if claim is None else claim.code
