"""What a driver is told now, and when to look again for the next step: as quiet hours allow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from enforcement.steps import ENDED_IS_NEWS_FOR, Notice, Step, foretold, next_times, steps
from enforcement.telling import USUAL, Telling
from enforcement.violations import Violation


def notices(violation: Violation, now: datetime, telling: Telling = USUAL, zone: str = "UTC") -> Iterator[Notice]:
    """The steps that are due now for one violation and whose moment has not passed. ``zone``: that of quiet hours."""
    for notice in steps(violation, telling, now):
        due = _in_time(notice, telling, zone, now)
        if due is not None and due.moment <= now < due.not_after:
            yield due


def expected(violation: Violation, now: datetime, telling: Telling, zone: str) -> Iterator[Notice]:
    """What is due now of a violation that is only expected to begin: charging is about to finish."""
    for notice in foretold(violation, telling):
        due = _in_time(notice, telling, zone, now)
        if due is not None and due.moment <= now < due.not_after:
            yield due


def next_notice(violation: Violation, now: datetime, telling: Telling, zone: str) -> datetime | None:
    """When the next message of a violation falls due that the violation's own changes do not bring up anyway."""
    if telling is USUAL or telling == USUAL:
        return None
    return _soonest([*steps(violation, telling, now), *next_times(violation, telling, now)], telling, zone, now)


def next_expected(violation: Violation, now: datetime, telling: Telling, zone: str) -> datetime | None:
    """When the message about a violation that is only expected falls due."""
    return _soonest(list(foretold(violation, telling)), telling, zone, now)


def _soonest(found: list[Notice], telling: Telling, zone: str, now: datetime) -> datetime | None:
    moments = [notice.moment for notice in found]
    quiet = telling.quiet_around(now, zone) if found else None
    moments += [] if quiet is None else [quiet[1]]
    return min((moment for moment in moments if moment > now), default=None)


def _in_time(notice: Notice, telling: Telling, zone: str, now: datetime) -> Notice | None:
    """A step as quiet hours leave it. None: not now.

    What stands fast (the sum) is written at once and waits in the outbox. Anything else waits to be decided in the
    morning, if it is still true then; of what is repeated, the times that fall into quiet hours are left out.
    """
    if telling.quiet is None:
        return notice
    quiet = telling.quiet.around(now, zone)
    if notice.step is Step.FEE_ENDED and quiet is not None:
        return replace(notice, not_before=quiet[1], not_after=quiet[1] + ENDED_IS_NEWS_FOR)
    if quiet is not None:
        return None
    if notice.step is Step.FEE_STARTED:
        notice = replace(notice, not_after=_awake(notice.moment, notice.not_after, telling, zone))
    # What has not left when quiet hours begin expires, and may be written anew after them.
    return replace(notice, not_after=min(notice.not_after, telling.quiet.after(now, zone)[0]))


def _awake(moment: datetime, until: datetime, telling: Telling, zone: str) -> datetime:
    """The end of a time for news, quiet hours not counted."""
    if telling.quiet is None:
        return until
    around = telling.quiet.around(moment, zone)
    if around is not None:
        return around[1] + (until - moment)
    lo, hi = telling.quiet.after(moment, zone)
    return until if lo >= until else hi + (until - lo)
