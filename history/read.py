"""Reading a history: the contract's columns or ChargePoint's, recognised by the header; bad rows are refused alone.

Columns of the contract, each optional: session_id, network, station, evse, token, arrived_at, plugged_in_at,
charging_ended_at, unplugged_at, left_at, energy_kwh, power_kw, tariff_power_class, and ``zone`` (the station's IANA
time zone). Times are ISO 8601 with offset. An absent or empty value is unknown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from history import boulder
from history.lines import Record, opened, records
from history.rows import MOST_KW, MOST_KWH, HistoryRow, Refused, amount, contradictions, instant, name, shown


class HistoryError(ValueError):
    """A file that is no history at all: nothing of it can be read."""


@dataclass(frozen=True, slots=True)
class History:
    """A history that is being read. ``ignored`` are columns that mean nothing here; ``rows`` can be walked once."""

    ignored: tuple[str, ...]
    rows: Iterator[HistoryRow | Refused]


@contextmanager
def open_history(path: Path) -> Iterator[History]:
    """Read a file, plain or gzip. Raises HistoryError if its header is none, OSError if it can't be read."""
    with opened(path) as stream:
        found = records(stream)
        header = next(found, None)
        if header is None:
            raise HistoryError(f"{path.name} is empty")
        if isinstance(header, Refused):
            raise HistoryError(f"{path.name} has no header: {header.reason}")
        columns = [column.strip() for column in header[1]]
        convert, known = _recognised(path, columns)
        ignored = tuple(dict.fromkeys(column for column in columns if column not in known))
        yield History(ignored, _rows(found, columns, convert))


Convert = Callable[[int, dict[str, str]], HistoryRow]


def _recognised(path: Path, columns: list[str]) -> tuple[Convert, frozenset[str]]:
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise HistoryError(f"{path.name}: the header names {', '.join(map(shown, doubled))} twice")
    for layout in boulder.LAYOUTS:
        if layout.marks <= set(columns):
            return layout.convert, layout.columns
    if not _READERS.keys() & set(columns):
        known = ", ".join(_READERS)
        raise HistoryError(f"{path.name}: the header has no column of a history (with commas between): {known}")
    return _contract_row, frozenset(_READERS)


def _rows(found: Iterator[Record | Refused], columns: list[str], convert: Convert) -> Iterator[HistoryRow | Refused]:
    seen: dict[tuple[str, str], int] = {}
    for record in found:
        row = record if isinstance(record, Refused) else _row(record, columns, convert)
        if isinstance(row, HistoryRow):
            identity = ((row.network or "").casefold(), row.session_id.casefold())
            first = seen.setdefault(identity, row.line)
            if first != row.line:
                row = Refused(row.line, row.session_id, f"the session_id is that of line {first} again")
        yield row


def _row(record: Record, columns: list[str], convert: Convert) -> HistoryRow | Refused:
    line, cells = record
    if len(cells) != len(columns):
        return Refused(line, "", f"{len(cells)} cells, and the header has {len(columns)}")
    cell = {column: text for column, text in zip(columns, map(str.strip, cells), strict=True) if text}
    try:
        row = convert(line, cell)
        faults = "; ".join(contradictions(row))
    except ValueError as error:
        row, faults = None, str(error)
    return Refused(line, _printable_id(cell), faults) if row is None or faults else row


def _contract_row(line: int, cell: dict[str, str]) -> HistoryRow:
    values: dict[str, Any] = {}
    faults: list[str] = []
    for column, text in cell.items():
        read = _READERS.get(column)
        if read is not None:
            try:
                values[column] = read(text)
            except ValueError as error:
                faults.append(f"{column}: {error}")
    if faults:
        raise ValueError("; ".join(faults))
    values.setdefault("session_id", f"line-{line}")
    return HistoryRow(line=line, **values)


@lru_cache(maxsize=1000)
def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{shown(text)} is not an IANA time zone") from None


def _printable_id(cell: dict[str, str]) -> str:
    text = cell.get("session_id") or cell.get("ObjectId") or ""
    return text if text.isprintable() and len(text) <= 64 else ""


def _kwh(text: str) -> Decimal:
    return amount(text, MOST_KWH)


_READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("session_id", "network", "station", "evse", "token"), name),
    **dict.fromkeys(("arrived_at", "plugged_in_at", "charging_ended_at", "unplugged_at", "left_at"), instant),
    "energy_kwh": _kwh,
    "power_kw": partial(amount, most=MOST_KW),
    "tariff_power_class": name,
    "zone": _zone,
}
