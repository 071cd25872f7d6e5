"""The facts that a row of a history amounts to: what a replay would make the service record, without any door."""

from collections.abc import Iterator
from datetime import datetime

from enforcement.facts import AnyFact, OccupancyRead, Period, SessionUpdated, evse_subject, sensor_subject
from enforcement.setting import DEFAULT_HABITS, BaySetting
from history.judging import is_unplugged
from history.rows import HistoryRow

STATION, EVSE, SENSOR = "us*cpt*x", "us*cpt*x*1", "s1"
NETWORK = "us*cpt"


def setting_of(row: HistoryRow, watchdog: object) -> BaySetting:
    """A bay with one EVSE and a sensor."""
    return BaySetting(
        bay="bay",
        station=STATION,
        zone=row.zone or "UTC",
        sensors={SENSOR: watchdog},  # type: ignore[dict-item]
        evses=(EVSE,),
        networks={NETWORK: DEFAULT_HABITS},
    )


def facts_of(row: HistoryRow) -> Iterator[AnyFact]:
    """What sensor and network would have said, each at the time when it became true."""
    moments = row.moments
    yield _reading(moments[0], True)
    yield from (_reading(moment, True, edge=False) for moment in moments[1:])
    if row.left_at is not None or row.unplugged_at is not None:
        yield _reading(moments[-1], False)
    if is_unplugged(row) or row.plugged_in_at is None:
        return
    yield _said(row, row.plugged_in_at, "ACTIVE")
    if row.charging_ended_at is not None:
        yield _said(row, row.charging_ended_at, "ACTIVE")
    if row.unplugged_at is not None:
        yield _said(row, row.unplugged_at, "COMPLETED")


def _reading(at: datetime, occupied: bool, *, edge: bool = True) -> OccupancyRead:
    return OccupancyRead(
        at=at,
        seen_at=at,
        source="mqtt",
        source_id=f"{at.isoformat()}:{not occupied}:{edge}",
        subject=sensor_subject(SENSOR),
        occupied=occupied,
        edge=edge,
    )


def _said(row: HistoryRow, at: datetime, status: str) -> SessionUpdated:
    end = row.charging_ended_at
    return SessionUpdated(
        at=at,
        seen_at=at,
        source="ocpi",
        source_id=f"{at.isoformat()}:{status}",
        subject=evse_subject(EVSE),
        session=row.session_id,
        token=row.token,
        status=status,  # type: ignore[arg-type]
        started_at=row.plugged_in_at,
        ended_at=at if status == "COMPLETED" else None,
        periods=(Period(start=end, parking=True),) if end is not None and end <= at else (),
        periods_complete=True,
    )
