"""Settling by OCPI: what is billed of a violation, and which charge records (CDRs) must be issued or credited for it.

One CDR a violation: that is what a driver can dispute, what the ledger posts, and what late facts correct. A CDR that
was sent never changes (OCPI 2.2.1, 10): a correction is a full credit and, where something is still owed, a new one.
What the network billed itself is not in the fee any more (:mod:`enforcement.counting`), so no minute is billed twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from enforcement.money import TaxLine
from enforcement.setting import Settlement
from enforcement.violations import State

_SECOND = timedelta(seconds=1)
# What a person decides about a violation that was billed is theirs to settle; what goes on is not settled yet.
_WAITS = frozenset(
    {State.WATCHED, State.WARNED, State.RUNNING, State.ENDED, State.DISPUTED, State.REFERRED}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Billed time at one price. ``seconds`` may exceed the span where fee time is rounded up; ``amount`` is exact."""

    start: datetime
    end: datetime
    seconds: Fraction
    amount: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one violation costs, as it goes into a CDR. ``pieces`` are the billed time alone, oldest first, not empty.

    ``session`` and ``token`` are the keys of the OCPI session and of the driver's token: without them nobody can be
    billed. Amounts of the pieces are before limits and rounding: ``net_minor`` and ``taxes`` are what is owed.
    """

    session: str
    token: str
    kind: str
    policy: str
    currency: str
    pieces: tuple[Piece, ...]
    net_minor: int
    taxes: tuple[TaxLine, ...]

    @property
    def total_minor(self) -> int:
        """With taxes."""
        return self.net_minor + sum(tax.amount_minor for tax in self.taxes)

    def asks_the_same(self, other: "Bill") -> bool:
        """Whether both want the same money of the same driver for the same session."""
        mine = (self.session, self.token, self.currency, self.net_minor, self.taxes)
        return mine == (other.session, other.token, other.currency, other.net_minor, other.taxes)


@dataclass(frozen=True, slots=True)
class Case:
    """A violation as it stands. ``bill`` is None where there is nothing to bill, or nobody."""

    state: State
    mode: Settlement
    bill: Bill | None


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do: credit the CDR that stands, then issue a new one."""

    credit: bool = False
    issue: Bill | None = None


def settle(case: Case, standing: Bill | None) -> Steps:
    """What must happen so that the CDRs of a violation say what it costs. ``standing``: the one not credited yet.

    The mode decides whether a violation is billed at all; one that was billed by us is also corrected by us.
    """
    if case.state in _WAITS:
        return Steps()
    wanted = case.bill if case.state is State.SETTLED else None
    if standing is None:
        return Steps(issue=wanted if case.mode is Settlement.US else None)
    if wanted is not None and wanted.asks_the_same(standing):
        return Steps()
    return Steps(credit=True, issue=wanted)


def pieces(lines: Iterable[Mapping[str, Any]], billable_s: int) -> tuple[Piece, ...]:
    """The billed time of a violation's stored fee lines, neighbours at one price joined; time that is free is left out.

    Of a piece that conditions cut, its first line holds the whole amount. What rounding up added is the last one's.
    """
    joined: list[tuple[datetime, datetime, Any, Fraction]] = []
    for line in lines:
        if line["treatment"] != "billed":
            continue
        start, end = datetime.fromisoformat(line["from"]), datetime.fromisoformat(line["to"])
        tier, amount = line["tier"], Fraction(line["amount"])
        if joined and (joined[-1][1], joined[-1][2]) == (start, tier):
            joined[-1] = (joined[-1][0], end, tier, joined[-1][3] + amount)
        else:
            joined.append((start, end, tier, amount))
    found = [Piece(start, end, _seconds(end - start), amount) for start, end, _, amount in joined]
    rest = Fraction(billable_s) - sum((piece.seconds for piece in found), Fraction(0))
    if found and rest > 0:
        last = found[-1]
        found[-1] = Piece(last.start, last.end, last.seconds + rest, last.amount)
    costly = tuple(piece for piece in found if piece.amount)
    return costly or tuple(found)


def _seconds(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), 1_000_000)
