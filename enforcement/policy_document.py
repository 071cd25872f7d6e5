"""Reading a policy document (TOML). A document that makes no sense is refused with every fault named."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from enforcement.money import Tax
from enforcement.policy import Clause, Kind, Policy
from enforcement.windows import EVERY_DAY, Window

_T = TypeVar("_T")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONEY = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,12})?")
_DURATION = re.compile(r"(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")
_LONGEST_S = 366 * 86_400
_STOPS = {Kind.UNPLUGGED: ("plug_in",), Kind.IDLE: ("unplug", "vacated"), Kind.OVERSTAYING: ("vacated",)}
_FIELDS = {
    "id", "version", "title", "effective_from", "effective_to", "currency", "stations", "networks", "settle_after",
    "clause", "tax",
}  # fmt: skip
_CLAUSE_FIELDS = {"kind", "stops", "grace", "rate", "per", "unit", "cap", "min_confidence", "window"}


class PolicyError(ValueError):
    """A document that can't be a policy; ``faults`` says all that is wrong, each with its place in the document."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_policy(text: str) -> Policy:
    """Read one policy version from its TOML text.

    Raises :class:`PolicyError` with every fault. Money and rates are strings, so that no float ever holds them.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([f"not TOML: {error}"]) from error
    reader = _Reader()
    policy = _policy(reader, document)
    if reader.faults or policy is None:
        raise PolicyError(reader.faults or ["no policy"])
    return policy


class _Reader:
    """Collects faults while fields are read, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def take(
        self, table: Mapping[str, Any], key: str, where: str, read: Callable[[Any], _T], *default: _T
    ) -> _T | None:
        if key not in table:
            if not default:
                self.faults.append(f"{where}: {key} is missing")
            return default[0] if default else None
        try:
            return read(table[key])
        except (ValueError, TypeError) as error:
            self.faults.append(f"{where}: {key} = {table[key]!r}: {error}")
            return None

    def unknown(self, table: Mapping[str, Any], known: set[str], where: str) -> None:
        self.faults += [f"{where}: unknown field {key!r}" for key in table if key not in known]


def _policy(r: _Reader, d: Mapping[str, Any]) -> Policy | None:
    r.unknown(d, _FIELDS, "policy")
    head: dict[str, Any] = {
        "id": r.take(d, "id", "policy", _name),
        "version": r.take(d, "version", "policy", _positive),
        "title": r.take(d, "title", "policy", _text),
        "effective_from": r.take(d, "effective_from", "policy", _instant),
        "effective_to": r.take(d, "effective_to", "policy", _instant, None),
        "currency": r.take(d, "currency", "policy", _currency),
        "stations": r.take(d, "stations", "policy", _keys, frozenset()),
        "networks": r.take(d, "networks", "policy", _keys, frozenset()),
        "settle_after": r.take(d, "settle_after", "policy", _duration, timedelta(minutes=15)),
        "taxes": tuple(filter(None, (_tax(r, t, f"tax {i}") for i, t in _tables(r, d, "tax")))),
    }
    clauses: dict[Kind, Clause] = {}
    for i, table in _tables(r, d, "clause"):
        clause = _clause(r, table, f"clause {i}")
        if clause is not None and clause.kind in clauses:
            r.faults.append(f"clause {i}: a second clause for {clause.kind}")
        elif clause is not None:
            clauses[clause.kind] = clause
    if not clauses and not r.faults:
        r.faults.append("policy: no clause: it would allow everything")
    idle = clauses.get(Kind.IDLE)
    if idle is not None and idle.stops == "vacated" and Kind.OVERSTAYING in clauses:
        r.faults.append("policy: idle runs until vacated and overstaying has a clause: minutes would count twice")
    if head["effective_from"] and head["effective_to"] and head["effective_to"] <= head["effective_from"]:
        r.faults.append("policy: effective_to is not after effective_from")
    return None if r.faults else Policy(clauses=clauses, **head)


def _clause(r: _Reader, t: Mapping[str, Any], where: str) -> Clause | None:
    r.unknown(t, _CLAUSE_FIELDS, where)
    before = len(r.faults)
    kind = r.take(t, "kind", where, Kind)
    values: dict[str, Any] = {
        "grace": r.take(t, "grace", where, _duration),
        "rate": r.take(t, "rate", where, _money),
        "per": r.take(t, "per", where, _length),
        "unit": r.take(t, "unit", where, _length, timedelta(minutes=1)),
        "cap": r.take(t, "cap", where, _money, None),
        "min_confidence": r.take(t, "min_confidence", where, _confidence, "reported"),
        "windows": tuple(filter(None, (_window(r, w, f"{where}, window {i}") for i, w in _tables(r, t, "window")))),
    }
    if kind is None:
        return None
    stops = r.take(t, "stops", where, lambda v: _one_of(v, _STOPS[kind]), _STOPS[kind][0])
    return None if len(r.faults) > before else Clause(kind=kind, stops=stops, **values)  # type: ignore[arg-type]


def _window(r: _Reader, t: Mapping[str, Any], where: str) -> Window | None:
    r.unknown(t, {"from", "to", "days"}, where)
    start, end = r.take(t, "from", where, _wall_time), r.take(t, "to", where, _wall_time)
    days = r.take(t, "days", where, _weekdays, EVERY_DAY)
    return None if start is None or end is None or days is None else Window(start, end, days)


def _tax(r: _Reader, t: Mapping[str, Any], where: str) -> Tax | None:
    r.unknown(t, {"name", "percent"}, where)
    name, percent = r.take(t, "name", where, _text), r.take(t, "percent", where, _money)
    return None if name is None or percent is None else Tax(name, percent / 100)


def _tables(r: _Reader, table: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    entries = table.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        r.faults.append(f"{key}: write it as [[{key}]] tables")
        return []
    return list(enumerate(entries, start=1))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a text")
    return value


def _name(value: Any) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", _text(value)):
        raise ValueError("use lower-case letters, digits, dots and hyphens")
    return str(value)


def _positive(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("not a whole number from 1")
    return value


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("not a time with offset, like 2026-01-01T00:00:00Z")
    return value.astimezone(UTC)


def _currency(value: Any) -> str:
    if not re.fullmatch(r"[A-Z]{3}", _text(value)):
        raise ValueError("not an ISO 4217 code")
    return str(value)


def _keys(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise ValueError("not a list of keys")
    return frozenset(key.casefold() for key in value)


def _money(value: Any) -> Fraction:
    if not isinstance(value, str):
        raise ValueError('write numbers of money as a string, like "0.40"')
    if not _MONEY.fullmatch(value.strip()):
        raise ValueError('not an amount from 0, like "0.40"')
    return Fraction(value.strip())


def _duration(value: Any) -> timedelta:
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise ValueError('not a duration like "10m", "1h30m" or "90s"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if hours * 3600 + minutes * 60 + seconds > _LONGEST_S:
        raise ValueError("longer than a year")
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _length(value: Any) -> timedelta:
    length = _duration(value)
    if not length:
        raise ValueError("must be longer than zero")
    return length


def _confidence(value: Any) -> str:
    return _one_of(value, ("reported", "inferred"))


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"not one of {', '.join(allowed)}")
    return str(value)


def _wall_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    return time(0) if value == "24:00" else time.fromisoformat(_text(value))


def _weekdays(value: Any) -> frozenset[int]:
    if not isinstance(value, list) or not value or any(day not in _DAYS for day in value):
        raise ValueError(f"not a list of {', '.join(_DAYS)}")
    return frozenset(_DAYS.index(day) for day in value)
