"""What a column of a history means: how a cell of it is read, by its name in the header."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from history.rows import MOST_KW, MOST_KWH, HistoryRow, amount, instant, name, shown

_GROUPS_BY = ";"
_MOST_GROUPS = 100
_SOC_AT = re.compile(r"soc_([1-9][0-9]?|100)_at")


def contract_row(line: int, cell: dict[str, str]) -> HistoryRow:
    """A row with the columns of docs/backtest.md. Raises ValueError with everything that is wrong with it."""
    values: dict[str, Any] = {}
    soc = []
    faults: list[str] = []
    for column, text in cell.items():
        read = READERS.get(column)
        try:
            if read is not None:
                values[column] = read(text)
            elif (percent := soc_percent(column)) is not None:
                soc.append((instant(text), percent))
        except ValueError as error:
            faults.append(f"{column}: {error}")
    if faults:
        raise ValueError("; ".join(faults))
    values.setdefault("session_id", line_name(line))
    return HistoryRow(line=line, soc=tuple(sorted(soc)), **values)


def line_name(line: int) -> str:
    """What a session without an id is called."""
    return f"line-{line}"


def is_known(column: str) -> bool:
    """Whether a column of this name means anything."""
    return column in READERS or soc_percent(column) is not None


@lru_cache(maxsize=256)
def soc_percent(column: str) -> int | None:
    """The state of charge that a column ``soc_90_at`` is about."""
    match = _SOC_AT.fullmatch(column)
    return None if match is None else int(match[1])


@lru_cache(maxsize=1000)
def zone_name(text: str) -> str:
    """An IANA time zone. Raises ValueError for anything else."""
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{shown(text)} is not an IANA time zone") from None


def _kwh(text: str) -> Decimal:
    return amount(text, MOST_KWH)


def _contract(text: str) -> str:
    if text not in ("adhoc", "contract", "roaming"):
        raise ValueError(f"{shown(text)} is not adhoc, contract or roaming")
    return text


def _groups(text: str) -> frozenset[str]:
    groups = frozenset(group for part in name(text).split(_GROUPS_BY) if (group := part.strip()))
    if len(groups) > _MOST_GROUPS:
        raise ValueError(f"more than {_MOST_GROUPS} groups")
    return groups


@lru_cache(maxsize=1000)
def _tax_region(text: str) -> str:
    from enforcement.taxes import region_named  # noqa: PLC0415 - reads all tax documents

    return region_named(text).key


READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("session_id", "network", "station", "evse", "token"), name),
    **dict.fromkeys(("arrived_at", "plugged_in_at", "charging_ended_at", "unplugged_at", "left_at"), instant),
    "energy_kwh": _kwh,
    "power_kw": partial(amount, most=MOST_KW),
    "tariff_power_class": name,
    "zone": zone_name,
    **dict.fromkeys(("site", "bay", "driver"), name),
    "contract": _contract,
    "groups": _groups,
    "tax_region": _tax_region,
    "warned_at": instant,
}
