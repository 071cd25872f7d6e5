"""Clocks: the episodes of a stay in which a clause's clock runs, from its trigger to its stop."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from enforcement.clauses import Clause
from enforcement.conditions import Condition, Stretch
from enforcement.evidence import SessionTrace
from enforcement.stays import Stay
from enforcement.traces import session_start

_INDEFINITE = frozenset({Condition.UNKNOWN, Condition.UNUSABLE})


class Episode(NamedTuple):
    """One run of a clause's clock. ``start`` is the trigger; ``end`` is None while it runs on.

    ``session`` is the one that it belongs to, None where no session had begun. ``stretches`` reach from the trigger's
    stretch to the last counted one, and further while nothing definite ended it: silence does not.
    """

    start: datetime
    end: datetime | None
    session: SessionTrace | None
    stretches: Sequence[Stretch]

    def is_counting(self, clause: Clause) -> bool:
        """Whether the clock runs at this very moment."""
        return self.end is None and self.stretches[-1].condition in clause.counts


def episodes(stay: Stay, stretches: Sequence[Stretch], clause: Clause) -> list[Episode]:
    """All runs of a clause's clock in a stay.

    A charge ends a run, and what follows it is a new one with a new grace, unless the clock counts charging: then it
    starts anew with each session.
    """
    runs: list[list[Stretch]] = []
    run: list[Stretch] = []
    for stretch in stretches:
        if run and _ends(run, stretch, stay, clause):
            runs.append(run)
            run = []
        if run or stretch.condition in clause.counts:
            run.append(stretch)
    if run:
        runs.append(run)
    found = [_episode(stay, each, clause, is_last=each is run) for each in runs]
    return [episode for episode in found if episode is not None]


def _ends(run: Sequence[Stretch], stretch: Stretch, stay: Stay, clause: Clause) -> bool:
    if Condition.CHARGING not in clause.counts:
        return stretch.condition is Condition.CHARGING
    begun = _session_at(stay, stretch.start)
    return clause.starts != "arrival" and begun is not _session_at(stay, run[0].start)


def _episode(stay: Stay, run: Sequence[Stretch], clause: Clause, *, is_last: bool) -> Episode | None:
    last = len(run) - 1
    while run[last].condition not in clause.counts:
        last -= 1
    is_definite = last + 1 < len(run) and any(each.condition not in _INDEFINITE for each in run[last + 1 :])
    is_open = is_last and stay.left_at is None and not is_definite
    begun, over = run[0].start, run[last].end
    session = _session_at(stay, begun)
    start = begun if clause.starts != "soc" else _soc_reached(session, clause.soc)
    if start is None or start >= over:
        return None
    stretches = run if is_open else run[: last + 1]
    if start > begun:
        stretches = [stretch for stretch in stretches if stretch.end > start]
    return Episode(max(start, begun), None if is_open else over, session, stretches)


def _session_at(stay: Stay, moment: datetime) -> SessionTrace | None:
    """The last session that had begun."""
    for session in reversed(stay.sessions):
        if session_start(session) <= moment:
            return session
    return None


def _soc_reached(session: SessionTrace | None, percent: int | None) -> datetime | None:
    if session is None or percent is None:
        return None
    return next((at for at, soc in session.soc if soc >= percent), None)
