"""What a driver is told, and when: each step of a violation is one message, with one identity and a last moment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from enforcement.fees import Treatment
from enforcement.telling import USUAL, Telling
from enforcement.violations import State, Violation, warning_moment

# A message later than this after its moment would tell the driver nothing that helps.
STARTED_IS_NEWS_FOR = timedelta(minutes=15)
ENDED_IS_NEWS_FOR = timedelta(hours=6)
_GROWING = frozenset({Treatment.BILLED, Treatment.UNCONFIRMED, Treatment.ROUNDED_OFF})


class Step(StrEnum):
    """The messages of one violation."""

    ABOUT_TO_FINISH = "about_to_finish"
    GRACE_RUNNING = "grace_running"
    FEE_NEAR = "fee_near"
    FEE_STARTED = "fee_started"
    FEE_RUNNING = "fee_running"
    FEE_ENDED = "fee_ended"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that is due. ``not_after``: when its moment has passed and it must not leave any more.

    ``number``: of a step that is repeated, which time it is. ``not_before``: it waits so long, where quiet hours hold.
    """

    step: Step
    moment: datetime
    not_after: datetime
    number: int | None = None
    not_before: datetime | None = None

    def identity(self, violation: Violation) -> str:
        """The same step of the same violation is the same message, however often it is decided."""
        return f"{violation.key}/{self.step}" + ("" if self.number is None else f"/{self.number}")


def notices(violation: Violation, now: datetime, telling: Telling = USUAL, zone: str = "UTC") -> Iterator[Notice]:
    """The steps that are due now for one violation and whose moment has not passed. ``zone``: that of quiet hours."""
    for notice in _steps(violation, telling, now):
        due = _in_time(notice, telling, zone, now)
        if due is not None and due.moment <= now < due.not_after:
            yield due


def expected(violation: Violation, now: datetime, telling: Telling, zone: str) -> Iterator[Notice]:
    """What is due now of a violation that is only expected to begin: charging is about to finish."""
    for notice in _foretold(violation, telling):
        due = _in_time(notice, telling, zone, now)
        if due is not None and due.moment <= now < due.not_after:
            yield due


def next_notice(violation: Violation, now: datetime, telling: Telling, zone: str) -> datetime | None:
    """When the next message of a violation falls due that the violation's own changes do not bring up anyway."""
    if telling is USUAL or telling == USUAL:
        return None
    steps = [*_steps(violation, telling, now), *_next_time(violation, telling, now)]
    return _soonest(steps, telling, zone, now)


def next_expected(violation: Violation, now: datetime, telling: Telling, zone: str) -> datetime | None:
    """When the message about a violation that is only expected falls due."""
    return _soonest(list(_foretold(violation, telling)), telling, zone, now)


def _soonest(steps: list[Notice], telling: Telling, zone: str, now: datetime) -> datetime | None:
    moments = [notice.moment for notice in steps]
    quiet = telling.quiet_around(now, zone) if steps else None
    moments += [] if quiet is None else [quiet[1]]
    return min((moment for moment in moments if moment > now), default=None)


def _steps(violation: Violation, telling: Telling, now: datetime) -> Iterator[Notice]:
    """What is to be said of a violation as it stands, whatever the hour."""
    match violation.state:
        case State.WATCHED if violation.grace_ends_at is not None:
            warns_at, ends_at = warning_moment(violation), violation.grace_ends_at
            if telling.finished:
                yield Notice(Step.GRACE_RUNNING, warns_at, ends_at)
            # Where the first message comes so late itself, a second one says nothing new.
            if telling.fee_in and not (telling.finished and ends_at - telling.fee_in <= warns_at):
                yield Notice(Step.FEE_NEAR, max(warns_at, ends_at - telling.fee_in), ends_at)
        case State.RUNNING if violation.violated_at is not None:
            if telling.fee_runs:
                news = violation.violated_at + STARTED_IS_NEWS_FOR
                yield Notice(Step.FEE_STARTED, violation.violated_at, news)
            number = _times(violation.violated_at, telling, now)
            if number > 0 and _grows(violation):
                yield _repeated(violation.violated_at, telling, number)
        case State.ENDED | State.SETTLED if violation.ended_at is not None and violation.fee.total_minor > 0:
            if telling.left:
                yield Notice(Step.FEE_ENDED, violation.ended_at, violation.ended_at + ENDED_IS_NEWS_FOR)
        case _:
            pass


def _foretold(violation: Violation, telling: Telling) -> Iterator[Notice]:
    if telling.about_to_finish is not None:
        ends_at = violation.clock_started_at
        yield Notice(Step.ABOUT_TO_FINISH, ends_at - telling.about_to_finish, ends_at)


def _next_time(violation: Violation, telling: Telling, now: datetime) -> Iterator[Notice]:
    """The next of the messages that are repeated while a fee grows; that it grows again shows at a look of its own."""
    if telling.every is None or violation.state is not State.RUNNING or violation.violated_at is None:
        return
    if _grows(violation):
        yield _repeated(violation.violated_at, telling, _times(violation.violated_at, telling, now) + 1)


def _grows(violation: Violation) -> bool:
    """Whether a running fee grows just now, for all that is known: not while nobody knows what the vehicle does, while
    the charger is down, or in hours that cost nothing.
    """
    lines = violation.fee.lines
    return bool(lines) and lines[-1].treatment in _GROWING


def _times(since: datetime, telling: Telling, now: datetime) -> int:
    return 0 if telling.every is None else max(0, (now - since) // telling.every)


def _repeated(since: datetime, telling: Telling, number: int) -> Notice:
    every = telling.every or timedelta()
    moment = since + number * every
    return Notice(Step.FEE_RUNNING, moment, moment + min(every, STARTED_IS_NEWS_FOR), number)


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
