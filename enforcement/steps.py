"""The steps of a violation: each is one message to its driver, with one identity, from its moment to its last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enforcement.fee_lines import FeeLine, Treatment
from enforcement.telling import Telling
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


def steps(violation: Violation, telling: Telling, now: datetime) -> Iterator[Notice]:
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


def foretold(violation: Violation, telling: Telling) -> Iterator[Notice]:
    """What is to be said of a violation that is only expected to begin."""
    if telling.about_to_finish is not None:
        ends_at = violation.clock_started_at
        yield Notice(Step.ABOUT_TO_FINISH, ends_at - telling.about_to_finish, ends_at)


def next_times(violation: Violation, telling: Telling, now: datetime) -> Iterator[Notice]:
    """The next of the messages that are repeated while a fee grows; that it grows again shows at a look of its own.

    Above a day's cap and in a tier that is free nothing is said, but looked: the next day or tier is none of its news.
    """
    if telling.every is None or violation.state is not State.RUNNING or violation.violated_at is None:
        return
    if _goes_on(violation):
        yield _repeated(violation.violated_at, telling, _times(violation.violated_at, telling, now) + 1)


def _grows(violation: Violation) -> bool:
    """Whether a running fee grows just now, for all that is known."""
    fee = violation.fee
    return _goes_on(violation) and not fee.is_full and not _is_free(fee.lines)


def _goes_on(violation: Violation) -> bool:
    """Whether time is billed just now, at whatever price: not while nobody knows what the vehicle does, while the
    charger is down, in hours that cost nothing, or above the cap of the whole.
    """
    fee = violation.fee
    return fee.limit != "cap" and bool(fee.lines) and fee.lines[-1].treatment in _GROWING


def _is_free(lines: Sequence[FeeLine]) -> bool:
    """Whether no price held in what was billed last."""
    last = next((line for line in reversed(lines) if line.treatment is Treatment.BILLED), None)
    return last is not None and last.tier is None


def _times(since: datetime, telling: Telling, now: datetime) -> int:
    return 0 if telling.every is None else max(0, (now - since) // telling.every)


def _repeated(since: datetime, telling: Telling, number: int) -> Notice:
    every = telling.every or timedelta()
    moment = since + number * every
    return Notice(Step.FEE_RUNNING, moment, moment + min(every, STARTED_IS_NEWS_FOR), number)
