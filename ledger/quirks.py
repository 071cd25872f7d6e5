"""What is odd in what partners send: counted by code, with a few examples, so that an operator can tell the other side.

A quirk never stops anything: what can be understood is taken. Examples hold the field that is odd and nothing personal.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from ledger.database import Tx, insert, table
from ledger.quirk_words import WORDS
from models import OcpiQuirk

_EXAMPLES = 5
_EVERY = timedelta(minutes=1)
_CUT = 160


@dataclass(frozen=True, slots=True)
class Noticed:
    """One quirk: where (the object's module and id, the field) and the odd value, which must not be personal."""

    code: str
    place: str
    field: str = ""
    value: object = None


@dataclass(slots=True)
class Tally:
    """How often a quirk was noticed since it was written down last."""

    first_at: datetime
    last_at: datetime
    count: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)

    def followed_by(self, later: "Tally") -> "Tally":
        """Both together."""
        examples = [*self.examples, *later.examples][-_EXAMPLES:]
        return Tally(self.first_at, later.last_at, self.count + later.count, examples)


@dataclass(frozen=True, slots=True)
class Quirk:
    """A quirk of a partner as it stands."""

    code: str
    words: str
    standard: str
    count: int
    first_at: datetime
    last_at: datetime
    examples: list[dict[str, str]]


class QuirkBook:
    """Counts quirks in memory and writes them at most once a minute each: the first one of a kind at once.

    What a process had not written when it is killed is not counted; no object and no fact is lost with it.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[int, str], Tally] = {}
        self._written: dict[tuple[int, str], datetime] = {}
        self._lock = threading.Lock()

    def note(self, tx: Tx, partner: int, noticed: Iterable[Noticed]) -> None:
        """Count these, and write what is due in this transaction."""
        if self.is_due(partner, noticed, tx.now):
            self.write(tx)

    def is_due(self, partner: int, noticed: Iterable[Noticed], now: datetime) -> bool:
        """Count these; whether anything is to be written now."""
        found = list(noticed)
        if not found and not self._open:
            return False
        with self._lock:
            for item in found:
                self._count((partner, item.code), item, now)
            return bool(self._due(now))

    def write(self, tx: Tx) -> None:
        """Write what is due."""
        with self._lock:
            tallies = {key: self._open.pop(key) for key in self._due(tx.now)}
            self._written.update(dict.fromkeys(tallies, tx.now))
        if tallies:
            tx.undo.append(partial(self._take_back, tallies))
        for (whose, code), tally in tallies.items():
            add(tx, whose, code, tally)

    def _take_back(self, tallies: Mapping[tuple[int, str], Tally]) -> None:
        """They were not written: they are due still, before what was noticed since."""
        with self._lock:
            for key, tally in tallies.items():
                self._written.pop(key, None)
                since = self._open.get(key)
                self._open[key] = tally if since is None else tally.followed_by(since)

    def _due(self, now: datetime) -> list[tuple[int, str]]:
        return sorted(key for key in self._open if now - self._written.get(key, now - _EVERY) >= _EVERY)

    def _count(self, key: tuple[int, str], item: Noticed, now: datetime) -> None:
        tally = self._open.setdefault(key, Tally(now, now))
        tally.count += 1
        tally.last_at = now
        value = "" if item.value is None else str(item.value)
        example = {"at": now.isoformat(), "place": item.place[:_CUT], "field": item.field, "value": value[:_CUT]}
        tally.examples = [*tally.examples, example][-_EXAMPLES:]


_QUIRKS = table(OcpiQuirk)


def add(tx: Tx, partner: int, code: str, tally: Tally) -> None:
    """Add a tally to what is written."""
    is_it = (_QUIRKS.c.partner == partner) & (_QUIRKS.c.code == code)
    empty = {"count": 0, "first_at": tally.first_at, "last_at": tally.last_at, "examples": "[]"}
    tx.conn.execute(insert(tx.conn, OcpiQuirk).values(partner=partner, code=code, **empty).on_conflict_do_nothing())
    row = tx.conn.execute(select(_QUIRKS).where(is_it).with_for_update()).mappings().one()
    values: dict[str, Any] = {
        "count": row["count"] + tally.count,
        "first_at": min(row["first_at"], tally.first_at),
        "last_at": max(row["last_at"], tally.last_at),
        "examples": json.dumps([*json.loads(row["examples"]), *tally.examples][-_EXAMPLES:]),
    }
    tx.conn.execute(update(_QUIRKS).where(is_it).values(values))


def quirks(conn: Connection, partner: int) -> list[Quirk]:
    """All quirks of a partner, the most frequent first."""
    query = select(_QUIRKS).where(_QUIRKS.c.partner == partner).order_by(_QUIRKS.c.count.desc(), _QUIRKS.c.code)
    return [_quirk(row) for row in conn.execute(query).mappings()]


def _quirk(row: RowMapping) -> Quirk:
    words, standard = WORDS.get(row["code"], (row["code"], ""))
    examples = json.loads(row["examples"])
    return Quirk(row["code"], words, standard, row["count"], row["first_at"], row["last_at"], examples)
