"""Lines of a file, each by itself, or many together where nothing is unusual in a whole block of them."""

import gzip
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from history.rows import Refused

MAX_LINE = 65_536
# How much is looked at together, and how much is read at once to get there.
BLOCK = 1 << 20
_PIECE = 1 << 18
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = "\ufeff"


class Block(NamedTuple):
    """Many lines in which nothing is unusual: no quotes, no blank lines, UTF-8, each ended by one line feed.

    ``first`` is the number of the first line.
    """

    first: int
    lines: bytes


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """A file to read, unpacked if it is gzip by its first bytes, whatever its name. Raises OSError."""
    with path.open("rb") as raw:
        magic = raw.read(2)
        raw.seek(0)
        if magic == _GZIP_MAGIC:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield io.BufferedReader(unpacked, _PIECE)
        else:
            yield raw


class Lines:
    """Lines as text with their numbers; one that is too long or not UTF-8 is refused and read past."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._number = 0
        self._read: deque[bytes] = deque()
        self._given_back: deque[tuple[int, str] | Refused] = deque()
        self._damage: Exception | None = None
        self._is_over = False

    def take(self) -> tuple[int, str] | Refused | None:
        """The next line; None at the end."""
        if self._given_back:
            return self._given_back.popleft()
        if self._is_over:
            return None
        self._number += 1
        line = self._read.popleft() if self._read else self._from_stream(lambda: self._stream.readline(MAX_LINE + 1))
        if self._damage is not None and not line:
            self._is_over = True
            return Refused(self._number, "", f"the compressed file is damaged from here on: {self._damage}")
        if len(line) > MAX_LINE:
            self._skip_rest(line)
            return Refused(self._number, "", f"the line is longer than {MAX_LINE} bytes")
        if not line:
            self._is_over = True
            return None
        return self._decoded(line)

    def take_block(self) -> Block | None:
        """The next lines together, about as much as BLOCK; None where the next line has to be taken by itself."""
        if self._given_back or self._read or self._is_over:
            return None
        block, rest = self._whole_lines()
        plain = _plain(block)
        if plain is None:
            self._read.extend(line + b"\n" for line in block.split(b"\n")[:-1])
        if rest:
            self._read.append(rest)
        if plain is None:
            return None
        first, self._number = self._number + 1, self._number + plain.count(b"\n")
        return Block(first, plain)

    @property
    def is_unusual(self) -> bool:
        """Whether the next line is known to need to be taken by itself."""
        return bool(self._given_back or self._read)

    def give_back(self, lines: list[tuple[int, str] | Refused]) -> None:
        """These come next again."""
        self._given_back.extendleft(reversed(lines))

    def _whole_lines(self) -> tuple[bytes, bytes]:
        """Bytes up to a line feed, and what came after the last one: the last line of the file, or one too long."""
        pieces: list[bytes] = []
        size = 0
        while size < BLOCK and (piece := self._from_stream(lambda: self._stream.read1(_PIECE))):
            pieces.append(piece)
            size += len(piece)
        whole = b"".join(pieces)
        cut = whole.rfind(b"\n") + 1
        block, rest = whole[:cut], whole[cut:]
        if not rest or self._damage is not None:
            return block, b""  # as far as it is damaged, its last line can't be read
        if len(rest) <= MAX_LINE:
            rest += self._from_stream(lambda: self._stream.readline(MAX_LINE + 1))
        if self._damage is not None:
            return block, b""
        return (block + rest, b"") if rest.endswith(b"\n") else (block, rest)

    def _from_stream(self, read: Callable[[], bytes]) -> bytes:
        if self._damage is None:
            try:
                return read()
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                self._damage = error
        return b""

    def _decoded(self, line: bytes) -> tuple[int, str] | Refused:
        try:
            text = line.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            return Refused(self._number, "", f"not UTF-8 (byte {error.start + 1} of the line)")
        return self._number, text.removeprefix(_BOM) if self._number == 1 else text

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._from_stream(lambda: self._stream.readline(MAX_LINE))


def _plain(block: bytes) -> bytes | None:
    """The lines with one line feed each; None if any of them has to be taken by itself."""
    plain = block.replace(b"\r\n", b"\n") if b"\r" in block else block
    if not plain or plain.startswith(b"\n") or any(odd in plain for odd in (b'"', b"\r", b"\n\n")):
        return None
    if max(map(len, plain.split(b"\n"))) > MAX_LINE - len(b"\r\n") or not _is_utf8(plain):
        return None
    return plain


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True
