"""CSV, one record at a time, so that one broken line costs one record and not the rest of the file."""

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from history.rows import Refused

MAX_LINE = 65_536
# A quoted cell may go over lines; a quote that is never closed must not swallow the file.
MAX_JOINED = 20
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = "\ufeff"

Record = tuple[int, list[str]]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to read, unpacked if it is gzip by its first bytes, whatever its name. Raises OSError."""
    with path.open("rb") as raw:
        magic = raw.read(2)
        raw.seek(0)
        if magic == _GZIP_MAGIC:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield io.BufferedReader(unpacked, 1 << 18)
        else:
            yield raw


def records(stream: BinaryIO) -> Iterator[Record | Refused]:
    """All records with the number of the line on which each begins (from 1). Blank lines are none."""
    lines = _Lines(stream)
    while (line := lines.take()) is not None:
        if isinstance(line, Refused):
            yield line
        elif '"' not in line[1]:
            if line[1]:
                yield line[0], line[1].split(",")
        else:
            yield _quoted(lines, *line)


def _quoted(lines: "_Lines", number: int, text: str) -> Record | Refused:
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


class _Lines:
    """Lines as text with their numbers; one that is too long or not UTF-8 is refused and read past."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._number = 0
        self._given_back: deque[tuple[int, str] | Refused] = deque()
        self._is_over = False

    def take(self) -> tuple[int, str] | Refused | None:
        if self._given_back:
            return self._given_back.popleft()
        if self._is_over:
            return None
        self._number += 1
        try:
            line = self._stream.readline(MAX_LINE + 1)
            if len(line) > MAX_LINE:
                self._skip_rest(line)
                return Refused(self._number, "", f"the line is longer than {MAX_LINE} bytes")
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            self._is_over = True
            return Refused(self._number, "", f"the compressed file is damaged from here on: {error}")
        if not line:
            self._is_over = True
            return None
        return self._decoded(line)

    def give_back(self, lines: list[tuple[int, str] | Refused]) -> None:
        self._given_back.extendleft(reversed(lines))

    def _decoded(self, line: bytes) -> tuple[int, str] | Refused:
        try:
            text = line.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            return Refused(self._number, "", f"not UTF-8 (byte {error.start + 1} of the line)")
        return self._number, text.removeprefix(_BOM) if self._number == 1 else text

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(MAX_LINE)
