"""What the end of a network's sessions means, learnt where a sensor saw how long the vehicle stayed after it.

Whoever unplugs is there to drive away: few bays stay taken. Where a session ends with the energy, or by an app, many
do. The share of them is bounded by Wilson's score interval at 95 % (Wilson, J. Am. Stat. Assoc. 22, 1927), so that a
few observations decide nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from enforcement.availability import AVAILABLE
from enforcement.evidence import Evidence
from enforcement.facts import evse_subject
from enforcement.finding_stays import find_stays
from enforcement.intervals import holds, intersect
from enforcement.presence import presence
from enforcement.setting import BaySetting, SessionEnd
from enforcement.traces import is_over, session_end

SOON = timedelta(minutes=10)
ENOUGH = 20
STOPPED_FROM, UNPLUGGED_TO = 0.25, 0.1
_Z = 1.96


@dataclass(frozen=True, slots=True)
class AfterSession:
    """How long a bay stayed taken after a session, until the sensor saw it free or the EVSE was available again."""

    session: str
    evse: str
    taken_for: timedelta

    @property
    def is_long(self) -> bool:
        """Whether that is longer than it takes to drive away."""
        return self.taken_for > SOON


@dataclass(frozen=True, slots=True)
class Learnt:
    """Observed ends of sessions, and after how many of them the bay stayed taken."""

    seen: int
    long: int

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which shares the true one lies."""
        return wilson(self.long, self.seen)

    @property
    def meaning(self) -> SessionEnd | None:
        """What it shows; None: too little, or neither."""
        low, high = self.bounds
        if self.seen < ENOUGH:
            return None
        if low > STOPPED_FROM:
            return SessionEnd.STOPPED
        return SessionEnd.UNPLUGGED if high < UNPLUGGED_TO else None


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The bounds of a share of which ``hits`` out of ``of`` were seen, at 95 %."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = _Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def observe(evidence: Evidence, setting: BaySetting, now: datetime) -> Iterator[AfterSession]:
    """The ends of sessions in one bay that a sensor can judge: it saw the vehicle with its session, and saw it go."""
    seen = presence(evidence, setting, {}, now)
    for stay in find_stays(evidence, seen, setting, now):
        last = stay.sessions[-1] if stay.sessions else None
        if last is None or stay.left_at is None or not stay.is_last_here or not is_over(last):
            continue
        if not holds(seen.free, stay.left_at) or not intersect(seen.trusted, [seen.spans[last.session]]):
            continue
        end = session_end(last)
        available = (run.first for run in evidence.statuses.get(evse_subject(last.evse), []) if run.status == AVAILABLE)
        until = min([stay.left_at, *(moment for moment in available if moment >= end)])
        yield AfterSession(last.session, last.evse, until - end)
