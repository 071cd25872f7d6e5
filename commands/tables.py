"""CSV files that owners write: columns by name, cells without outer spaces, every wrong line named."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TypeVar

from commands.context import CommandError
from commands.files import named

Row = dict[str, str]
_T = TypeVar("_T")


def read_rows(path: Path, columns: Sequence[str], read: Callable[[Row], _T], optional: Sequence[str] = ()) -> list[_T]:
    """What ``read`` makes of each line. Raises :class:`CommandError` with every line that it refuses (ValueError)."""
    found: list[_T] = []
    faults: list[str] = []
    for number, row in rows(path, columns, optional):
        try:
            found.append(read(row))
        except ValueError as error:
            faults.append(f"{path}, line {number}: {error}")
    if faults:
        raise CommandError("\n".join(faults))
    return found


def rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[tuple[int, Row]]:
    """The lines of a file with their numbers; of ``optional`` columns, what is there.

    Raises :class:`CommandError` where one of ``columns`` is missing.
    """
    try:
        with named(path), path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise CommandError(f"{path} has no column {', '.join(missing)}; the columns are {', '.join(columns)}")
            for row in reader:
                yield reader.line_num, {name: (row.get(name) or "").strip() for name in (*columns, *optional)}
    except csv.Error as error:
        raise CommandError(f"{path} can't be read: {error}.") from error


def moment(cell: str) -> datetime | None:
    """A day (its midnight, UTC) or a time with offset; None where the cell is empty. Raises ValueError."""
    if not cell:
        return None
    try:
        read = datetime.fromisoformat(cell) if "T" in cell else datetime.combine(date.fromisoformat(cell), time(), UTC)
        if read.tzinfo is None:
            raise ValueError
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{cell!r} is no day like 2026-05-01 and no time like 2026-05-01T00:00:00-04:00") from None
