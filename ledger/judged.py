"""Bays with their decisions, and the rows that these speak of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, and_, or_, select, text

from enforcement.decision import Decision
from enforcement.judging import JudgedStay
from enforcement.violations import Violation
from ledger.settings_of_bays import BayContext
from ledger.statements import Statement, among

Windows = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A bay with its decision. ``since``: the decision speaks of stays after this only; None: of all.

    ``is_whole``: it was made anew from all facts that are kept, so that rows which it does not name are gone.
    """

    context: BayContext
    decision: Decision
    since: datetime | None
    is_whole: bool

    @property
    def bay(self) -> str:
        """The bay's id."""
        return self.context.setting.bay

    def violations(self) -> Iterator[tuple[JudgedStay, Violation]]:
        """All violations with the stays that they are of."""
        for judged in self.decision.stays:
            for violation in judged.violations:
                yield judged, violation

    def speaks_of(self, moment: datetime) -> bool:
        """Whether the decision tells what a stay or violation that began then is; else what stands of it stays."""
        return self.since is None or moment > self.since


def windows_of(judged: Sequence[Judged]) -> Windows:
    """Of bays that were folded anew all rows are meant, of others those that are not over."""
    return {
        "whole": [item.bay for item in judged if item.is_whole or item.since is None],
        "partly": [item.bay for item in judged if not item.is_whole and item.since is not None],
    }


def standing_rows(rows: Table, is_open: str, columns: Sequence[str] = ()) -> Statement:
    """Rows by key, all of some bays, and the open ones of others."""

    def make(dialect: str) -> Select[Any]:
        own = and_(among(dialect, rows.c.bay, "partly"), text(is_open))
        asked = [rows.c[name] for name in columns or rows.c.keys()]
        return select(*asked).where(or_(among(dialect, rows.c.key, "keys"), among(dialect, rows.c.bay, "whole"), own))

    return Statement(make)
