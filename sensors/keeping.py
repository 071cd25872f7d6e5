"""What was said, written down: sensors, facts, plates, births and rejects in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from enforcement.facts import AnyFact, OccupancyRead
from ledger import births
from ledger.database import Tx
from ledger.plates import see_plates
from ledger.record import record
from ledger.rejects import Rejected, reject
from ledger.sensors import SensorHeard, touch_sensors
from sensors.reading import Said
from sensors.translate import Outcome

_MOST_SKEW = timedelta(days=3650)


def keep(tx: Tx, outcomes: Sequence[Outcome]) -> int:
    """Write all of it; gives how many facts were new."""
    said = list(_said(outcomes))
    # Sensors first: what a reading is worth depends on its sensor's watchdog.
    touch_sensors(tx, _last_heard(said), {item.sensor: item.battery for item in said if item.battery})
    born = [birth for item in said for birth in item.births]
    if born:
        births.keep(tx, born)
    heard = [item.heard for item in said if item.heard is not None]
    if heard:
        births.keep_heard(tx, heard)
    new = record(tx, _facts(tx, said))
    reject(tx, [outcome for outcome in outcomes if isinstance(outcome, Rejected)])
    return new


def _said(outcomes: Sequence[Outcome]) -> Iterable[Said]:
    for outcome in outcomes:
        if isinstance(outcome, Said):
            yield outcome
        elif isinstance(outcome, tuple):
            yield from outcome


def _facts(tx: Tx, said: Sequence[Said]) -> list[AnyFact]:
    facts: list[AnyFact] = [item.read for item in said if item.read is not None]
    facts += [item.report for item in said if item.report is not None]
    facts += see_plates(tx, [plate for item in said for plate in item.plates])
    return facts


def _last_heard(said: Sequence[Said]) -> dict[str, SensorHeard]:
    last: dict[str, tuple[Said, OccupancyRead]] = {}
    for item in said:
        if item.read and (item.sensor not in last or last[item.sensor][1].at <= item.read.at):
            last[item.sensor] = item, item.read
    return {
        sensor: SensorHeard(
            model=item.model,
            watchdog=item.watchdog,
            occupied=read.occupied,
            at=read.at,
            seen_at=read.seen_at,
            skew_s=None if item.skew is None else _seconds(item.skew),
            debounce=item.debounce,
        )
        for sensor, (item, read) in last.items()
    }


def _seconds(skew: timedelta) -> int:
    """Whole seconds; a clock that is off by more than a database's numbers reach is off by ten years."""
    return round(max(-_MOST_SKEW, min(skew, _MOST_SKEW)).total_seconds())
