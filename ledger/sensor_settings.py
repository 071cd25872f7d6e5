"""What bays must know of their sensors: how long silence may last, and how long a word must hold to be believed."""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from sqlalchemy import Connection, select

from enforcement.setting import Debounce
from ledger.statements import Statement, among
from ledger.tables import table
from models import SensorDebounce

# The watchdog of a sensor that never said anything.
_UNHEARD_S = 172_800
_ROWS = table(SensorDebounce)
_DEBOUNCES = Statement(
    lambda dialect: (
        select(_ROWS).where(among(dialect, _ROWS.c.sensor, "sensors")).order_by(_ROWS.c.sensor, _ROWS.c.since)
    )
)


@lru_cache(maxsize=1_000)
def watchdog(seconds: int | None) -> timedelta:
    """A sensor's watchdog by what its row says; None: it has no row yet."""
    return timedelta(seconds=_UNHEARD_S if seconds is None else seconds)


def debounces_of(conn: Connection, sensors: Iterable[str]) -> dict[str, tuple[Debounce, ...]]:
    """How long the words of these sensors must hold, and since when, oldest first; of most sensors nothing is said."""
    out: dict[str, tuple[Debounce, ...]] = {}
    for row in _DEBOUNCES.all(conn, {"sensors": sorted(set(sensors))}):
        said = Debounce(
            arrival=timedelta(seconds=row.arrival_s), departure=timedelta(seconds=row.departure_s), since=row.since
        )
        out[row.sensor] = (*out.get(row.sensor, ()), said)
    return out
