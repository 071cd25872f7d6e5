"""When to look at a bay again: the next moment at which time alone changes something."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from enforcement.conditions import Condition
from enforcement.courts import Court
from enforcement.evidence import Evidence
from enforcement.finding_stays import ABANDONED_AFTER
from enforcement.judging import JudgedStay
from enforcement.presence import Presence
from enforcement.setting import BaySetting
from enforcement.traces import is_over
from enforcement.violations import State, Violation, warning_moment
from enforcement.warnings import next_expected, next_notice
from enforcement.windows import next_edge

# Conditions that are known only while the network is heard: its silence changes them.
_NEEDS_FEED = frozenset({Condition.UNPLUGGED, Condition.OVERSTAYING})


def next_look(
    stays: Sequence[JudgedStay], evidence: Evidence, setting: BaySetting, seen: Presence, now: datetime
) -> datetime | None:
    """The first moment after now at which the decision may be another without a new fact; None: there is none."""
    looks = [*seen.word_ends, *seen.changes_at]
    for judged in stays:
        if judged.stay.left_at is None:
            looks += _while_here(judged, seen)
        elif not judged.is_final:
            # The network may be heard before the last moment at which it can confirm anything: then it is final early.
            after = judged.settle_after
            looks += [judged.stay.left_at + after, judged.stay.final_at(after) or now]
        if judged.court is not None and (judged.violations or judged.expected):
            looks += _changes(judged, judged.court, now)
    for session in evidence.sessions.values():
        if not is_over(session):
            looks += [session.heard + setting.habits(session.evse).session_watchdog, session.heard + ABANDONED_AFTER]
    return min([look for look in looks if look > now], default=None)


def next_change(violation: Violation, court: Court, now: datetime) -> datetime | None:
    """When time alone changes a violation: a warning is due, the grace ends, or a window opens or closes."""
    if violation.state is State.WATCHED and violation.grace_ends_at and violation.grace_ends_at > now:
        warns_at = warning_moment(violation)
        return warns_at if warns_at > now else violation.grace_ends_at
    if violation.state in (State.WATCHED, State.RUNNING):
        windows = [w for clause in court.policy.clauses if clause.kind is violation.kind for w in clause.windows]
        return next_edge(windows, court.zone, now, court.calendar)
    return None


def _while_here(judged: JudgedStay, seen: Presence) -> list[datetime]:
    """What the vehicle does may be known only as long as its network is heard."""
    if not judged.stretches or seen.feed_ends is None:
        return []
    last = judged.stretches[-1]
    return [seen.feed_ends] if last.condition in _NEEDS_FEED or last.is_maybe_plugged else []


def _changes(judged: JudgedStay, court: Court, now: datetime) -> Iterator[datetime]:
    """When its violations change, or a message about one is due."""
    telling, zone = court.policy.messages, court.setting.zone
    for violation in judged.violations:
        for moment in (next_change(violation, court, now), next_notice(violation, now, telling, zone)):
            if moment is not None:
                yield moment
    if judged.expected is not None:
        expected = next_expected(judged.expected, now, telling, zone)
        if expected is not None:
            yield expected
