"""Strict reading of TOML documents: every fault is named, with its line, and nothing unknown is let through."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

_T = TypeVar("_T")
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_Path = tuple[str | int, ...]


class DocumentError(ValueError):
    """A document that makes no sense; ``faults`` says all that is wrong, each with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Table:
    """One table of a document while it is read. Faults are collected, so that an author sees all of them at once."""

    def __init__(self, values: Mapping[str, Any], lines: Mapping[_Path, int], path: _Path, faults: list[str]) -> None:
        self.values, self.path, self.faults = values, path, faults
        self._lines = lines
        self._taken: set[str] = set()

    def take(self, key: str, read: Callable[[Any], _T], *default: Any) -> _T | None:
        """Read one field with ``read``, which raises ValueError on what it refuses. Without a default it must exist."""
        self._taken.add(key)
        if key not in self.values:
            if not default:
                self.fault(f"{key} is missing")
            return default[0] if default else None
        try:
            return read(self.values[key])
        except (ValueError, TypeError) as error:
            self.fault(f"{key} = {self.values[key]!r}: {error}", key)
            return None

    def table(self, key: str) -> "Table | None":
        """A table inside this one, or None."""
        self._taken.add(key)
        inner = self.values.get(key)
        if inner is not None and not isinstance(inner, dict):
            self.fault(f"write {key} as a [{key}] table", key)
            return None
        return None if inner is None else Table(inner, self._lines, (*self.path, key), self.faults)

    def tables(self, key: str) -> Iterator["Table"]:
        """The tables of an array of tables inside this one."""
        self._taken.add(key)
        entries = self.values.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.fault(f"write {key} as [[{key}]] tables", key)
            return
        for index, entry in enumerate(entries):
            yield Table(entry, self._lines, (*self.path, key, index), self.faults)

    def close(self) -> None:
        """Name every field that nobody took."""
        for key in self.values:
            if key not in self._taken:
                self.fault(f"unknown field {key!r}", key)

    def fault(self, words: str, key: str = "") -> None:
        """Add a fault of this table, or of one of its fields."""
        line = self._lines.get((*self.path, key)) or self._lines.get(self.path)
        where = "" if line is None else f"line {line}: "
        label = ", ".join(f"{name} {int(index) + 1}" for name, index in _labels(self.path))
        self.faults.append(f"{where}{label + ': ' if label else ''}{words}")


def open_document(text: str) -> Table:
    """Parse a document. Raises :class:`DocumentError` where it is not TOML."""
    try:
        return Table(tomllib.loads(text), _lines_of(text), (), [])
    except tomllib.TOMLDecodeError as error:
        raise DocumentError([f"not TOML: {error}"]) from error


def _labels(path: _Path) -> Iterator[tuple[str | int, str | int]]:
    for index, part in enumerate(path):
        if isinstance(part, int):
            yield path[index - 1], part


def _lines_of(text: str) -> dict[_Path, int]:
    """The line of every table and field. Good enough for documents of plain headers and keys; used in messages only."""
    lines: dict[_Path, int] = {}
    counts: dict[_Path, int] = {}
    path: _Path = ()
    in_text = False
    for number_, line in enumerate(text.splitlines(), start=1):
        was_in_text, in_text = in_text, in_text ^ (line.count('"""') % 2 == 1)
        if was_in_text:
            continue
        if header := _HEADER.match(line):
            path = _resolve(header[2].split("."), counts, is_array=header[1] == "[[")
            lines[path] = number_
        elif key := _KEY.match(line):
            lines[(*path, key[1])] = number_
    return lines


def _resolve(parts: list[str], counts: dict[_Path, int], *, is_array: bool) -> _Path:
    path: _Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, parts[-1])
    if is_array:
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path
