"""CSV, one record at a time, so that one broken line costs one record and not the rest of the file."""

import csv
import io
from collections.abc import Iterator

from history.lines import Lines
from history.rows import Refused

# A quoted cell may go over lines; a quote that is never closed must not swallow the file.
MAX_JOINED = 20

Record = tuple[int, list[str]]


def records(lines: Lines) -> Iterator[Record | Refused]:
    """All records with the number of the line on which each begins (from 1). Blank lines are none."""
    while (line := lines.take()) is not None:
        if isinstance(line, Refused):
            yield line
        elif '"' not in line[1]:
            if line[1]:
                yield line[0], line[1].split(",")
        else:
            yield _quoted(lines, *line)


def _quoted(lines: Lines, number: int, text: str) -> Record | Refused:
    """A record with quotes: as many lines as it takes to close them; if they stay open, its first line alone is bad."""
    joined: list[tuple[int, str]] = []
    while True:
        whole = "\n".join([text, *(more for _, more in joined)])
        try:
            return number, next(csv.reader(io.StringIO(whole, newline=""), strict=True))
        except csv.Error as error:
            reason = str(error)
        following = lines.take() if reason == "unexpected end of data" and len(joined) < MAX_JOINED else None
        if following is None or isinstance(following, Refused):
            lines.give_back([*joined, *([] if following is None else [following])])
            return Refused(number, "", f"broken CSV: {reason}")
        joined.append(following)
