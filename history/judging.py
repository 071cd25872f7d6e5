"""One row held against a policy by the pure core: no facts are sent, so each session is judged alone.

What a row states is taken as confirmed evidence: where it tells when the vehicle arrived and left, the bay's sensor is
taken from there, and the network's feed as live throughout. What it does not state is unknown, and never costs money.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.conditions import Condition, Stretch
from enforcement.evidence import SessionTrace
from enforcement.judging import JudgedStay, judge
from enforcement.policy import OF_STATION, Policy
from enforcement.setting import DEFAULT_HABITS, BaySetting
from enforcement.stays import Stay
from history.batch import Place, place_of
from history.keys import network_key, station_key
from history.rows import HistoryRow

# All of a history is over: its fees are final.
LONG_AFTER = datetime(9000, 1, 1, tzinfo=UTC)

_Piece = tuple[Condition, str, bool]
_CHARGING: _Piece = (Condition.CHARGING, "session_active", True)
_IDLE: _Piece = (Condition.IDLE, "finished_reported", True)
_OVERSTAYING: _Piece = (Condition.OVERSTAYING, "session_over", True)
_UNPLUGGED: _Piece = (Condition.UNPLUGGED, "no_session", True)
_UNKNOWN: _Piece = (Condition.UNKNOWN, "no_sensor_word", False)


def judge_row(
    row: HistoryRow, policies: Sequence[Policy], zone: str, circumstances: Circumstances = NONE_KNOWN
) -> JudgedStay | None:
    """The stay of a row with what it broke; None where the row knows no time at all."""
    moments = row.moments
    if not moments:
        return None
    setting = _setting(place_of(row), zone)
    sessions = () if is_unplugged(row) else (_session(row, moments),)
    stay = Stay(bay=setting.bay, arrived_at=moments[0], left_at=moments[-1], sessions=sessions)
    return judge(stay, tuple(_stretches(row)), setting, policies, LONG_AFTER, circumstances)


def is_unplugged(row: HistoryRow) -> bool:
    """A vehicle that was seen in the bay, and of which nothing says that it ever plugged in."""
    plugged = row.plugged_in_at or row.charging_ended_at or row.unplugged_at or row.energy_kwh or row.soc
    return not plugged and row.arrived_at is not None


def _stretches(row: HistoryRow) -> Iterator[Stretch]:
    """The stay cut at each time that is known; what a piece was follows from the times at both of its ends."""
    start: datetime | None = None
    piece = _UNKNOWN
    pieces = (
        (row.arrived_at, _from_arrival(row)),
        (row.plugged_in_at, _from_plug_in(row)),
        (row.charging_ended_at, _UNKNOWN if row.unplugged_at is None else _IDLE),
        (row.unplugged_at, _OVERSTAYING),
        (row.left_at, _UNKNOWN),
    )
    for moment, following in pieces:
        if moment is None:
            continue
        if start is not None and start < moment:
            yield Stretch(start, moment, *piece)
        start, piece = moment, following


def _from_arrival(row: HistoryRow) -> _Piece:
    return _UNPLUGGED if row.plugged_in_at is not None or is_unplugged(row) else _UNKNOWN


def _from_plug_in(row: HistoryRow) -> _Piece:
    return _UNKNOWN if row.charging_ended_at is None and row.unplugged_at is None else _CHARGING


def _session(row: HistoryRow, moments: Sequence[datetime]) -> SessionTrace:
    started = row.plugged_in_at or row.charging_ended_at or moments[0]
    ended = row.unplugged_at or row.charging_ended_at or started
    return SessionTrace(
        session=row.session_id,
        evse=row.evse or "",
        first_heard=started,
        heard=ended,
        token=row.who,
        contract=row.contract,
        soc=list(row.soc),
        status="COMPLETED",
        started_at=started,
        ended_at=ended,
    )


@lru_cache(maxsize=4096)
def _setting(place: Place, zone: str) -> BaySetting:
    key, evse = station_key(place.network, place.station), place.evse or ""
    return BaySetting(
        bay=key,
        station=key,
        zone=place.zone or zone,
        evses=(evse,),
        networks={network_key(place.network): DEFAULT_HABITS},
        power_classes={} if place.tariff_power_class is None else {evse: place.tariff_power_class},
        tax_region=place.tax_region,
        calendar=OF_STATION,
    )
