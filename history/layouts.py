"""Which columns a history has, recognised by its header: the contract's or ChargePoint's; and a row by them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from history import boulder
from history.columns import READERS, contract_row, is_known
from history.rows import HistoryRow, Refused, contradictions, shown


class HistoryError(ValueError):
    """A file that is no history at all: nothing of it can be read."""


Convert = Callable[[int, dict[str, str]], HistoryRow]


def recognised(path: Path, columns: list[str]) -> tuple[Convert, frozenset[str]]:
    """How a row becomes one of ours, and which columns that reads. Raises HistoryError for the header of no history."""
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise HistoryError(f"{path.name}: the header names {', '.join(map(shown, doubled))} twice")
    for layout in boulder.LAYOUTS:
        if layout.marks <= set(columns):
            return layout.convert, layout.columns
    if not any(map(is_known, columns)):
        known = ", ".join(READERS)
        raise HistoryError(f"{path.name}: the header has no column of a history (with commas between): {known}")
    return contract_row, frozenset(filter(is_known, columns))


def read_row(line: int, cells: Sequence[str], columns: list[str], convert: Convert) -> HistoryRow | Refused:
    """A row by itself."""
    if len(cells) != len(columns):
        return Refused(line, "", f"{len(cells)} cells, and the header has {len(columns)}")
    cell = {column: text for column, text in zip(columns, map(str.strip, cells), strict=True) if text}
    try:
        row = convert(line, cell)
        faults = "; ".join(contradictions(row))
    except ValueError as error:
        row, faults = None, str(error)
    return Refused(line, _printable_id(cell), faults) if row is None or faults else row


def _printable_id(cell: dict[str, str]) -> str:
    text = cell.get("session_id") or cell.get("ObjectId") or ""
    return text if text.isprintable() and len(text) <= 64 else ""
