"""ChargePoint-style files as the City of Boulder publishes them: its raw export, and the same cleaned.

Both say how long a session and its charging lasted, in seconds, beside start and end in whole minutes. Charging is
taken as contiguous from plug-in. The end column of the raw export is known to be wrong in single rows, so durations
count, and a row whose end contradicts its duration is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from history.batch import Place
from history.rows import MOST_KWH, HistoryRow, amount, instant, name, shown

_T = TypeVar("_T")

NETWORK = "us*cpt"
ZONE = "America/Denver"

# Start and end are cut to minutes, which explains up to 60 s between them and the duration; of the 24,076 good rows of
# 2018-2021 none is further off than 86 s, and the 5 bad ones all are by 115 s and more.
MOST_APART = timedelta(seconds=100)


@dataclass(frozen=True, slots=True)
class Layout:
    """One header: the columns by which it is known, all its columns, and how its rows are read."""

    marks: frozenset[str]
    columns: frozenset[str]
    convert: Callable[[int, dict[str, str]], HistoryRow]


def cleaned_row(line: int, cell: dict[str, str]) -> HistoryRow:
    """A row of the cleaned file. Raises ValueError with what is wrong."""
    start = _read(cell, "plug_in_utc", instant)
    stay, charging = _read(cell, "total_s", _seconds), _read(cell, "charging_s", _seconds)
    if "idle_s" in cell and _read(cell, "idle_s", _seconds) != stay - charging:
        raise ValueError("idle_s is not total_s - charging_s")
    _check(start, stay, charging, _read(cell, "plug_out_utc", instant))
    return HistoryRow(
        line=line,
        session_id=_read(cell, "session_id", name),
        network=NETWORK,
        station=name(cell["station"]) if "station" in cell else None,
        evse=name(cell["port_reconstructed"]) if "port_reconstructed" in cell else None,
        plugged_in_at=start,
        charging_ended_at=start + charging,
        unplugged_at=start + stay,
        energy_kwh=_kwh(cell["energy_kwh"]) if "energy_kwh" in cell else None,
        zone=ZONE,
    )


def raw_row(line: int, cell: dict[str, str]) -> HistoryRow:
    """A row of the raw export, which names no port. Raises ValueError with what is wrong."""
    start = _read(cell, "Start_Date___Time", _raw_instant)
    stay = _read(cell, "Total_Duration__hh_mm_ss_", _clock)
    charging = _read(cell, "Charging_Time__hh_mm_ss_", _clock)
    _check(start, stay, charging, _read(cell, "End_Date___Time", _raw_instant))
    return HistoryRow(
        line=line,
        session_id=_read(cell, "ObjectId", name),
        network=NETWORK,
        station=name(cell["Station_Name"]) if "Station_Name" in cell else None,
        plugged_in_at=start,
        charging_ended_at=start + charging,
        unplugged_at=start + stay,
        energy_kwh=_kwh(cell["Energy__kWh_"]) if "Energy__kWh_" in cell else None,
        zone=ZONE,
    )


def _check(start: datetime, stay: timedelta, charging: timedelta, end: datetime) -> None:
    if charging > stay:
        raise ValueError(f"it charged for {charging} and lasted only {stay}")
    apart = abs(end - start - stay)
    if apart > MOST_APART:
        said = f"it lasted {stay} by its duration, {end - start} by its start and end"
        raise ValueError(f"{said}: {apart} apart, more than whole minutes explain")


def _read(cell: dict[str, str], column: str, read: Callable[[str], _T]) -> _T:
    if column not in cell:
        raise ValueError(f"{column} is empty")
    try:
        return read(cell[column])
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None


def _raw_instant(text: str) -> datetime:
    """``2018/03/11 20:20:00+00``."""
    return instant(text.replace("/", "-"))


def _seconds(text: str) -> timedelta:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"{shown(text)} is not a whole number of seconds")
    return timedelta(seconds=int(text))


def _clock(text: str) -> timedelta:
    """``838:59:59``: hours, minutes, seconds."""
    match = re.fullmatch(r"([0-9]{1,5}):([0-5][0-9]):([0-5][0-9])", text)
    if match is None:
        raise ValueError(f"{shown(text)} is not hours:minutes:seconds")
    return timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3]))


def _kwh(text: str) -> Decimal:
    return amount(text, MOST_KWH)


def _columns(names: str) -> frozenset[str]:
    return frozenset(names.split())


def place(station: str | None = None, port_reconstructed: str | None = None) -> Place:
    """Where a row of the cleaned file is."""
    return Place(network=NETWORK, station=station, evse=port_reconstructed, zone=ZONE)


CLEANED_MARKS = _columns("plug_in_utc total_s charging_s")
RAW_MARKS = _columns("Start_Date___Time Total_Duration__hh_mm_ss_ Charging_Time__hh_mm_ss_")
CLEANED_NEEDS = CLEANED_MARKS | _columns("session_id plug_out_utc")
LAYOUTS = (
    Layout(
        marks=CLEANED_MARKS,
        columns=_columns(
            "session_id station address zip port_reconstructed plug_in_utc plug_out_utc local_tz total_s charging_s "
            "idle_s energy_kwh"
        ),
        convert=cleaned_row,
    ),
    Layout(
        marks=RAW_MARKS,
        columns=_columns(
            "Station_Name Address City State_Province Zip_Postal_Code Start_Date___Time Start_Time_Zone "
            "End_Date___Time End_Time_Zone Total_Duration__hh_mm_ss_ Charging_Time__hh_mm_ss_ Energy__kWh_ "
            "GHG_Savings__kg_ Gasoline_Savings__gallons_ Port_Type ObjectId ObjectId2"
        ),
        convert=raw_row,
    ),
)
