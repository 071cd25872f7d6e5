"""What a driver is told, and when: each step of a violation is one message, with one identity and a last moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enforcement.violations import State, Violation, warning_moment

# A message later than this after its moment would tell the driver nothing that helps.
STARTED_IS_NEWS_FOR = timedelta(minutes=15)
ENDED_IS_NEWS_FOR = timedelta(hours=6)


class Step(StrEnum):
    """The messages of one violation."""

    GRACE_RUNNING = "grace_running"
    FEE_STARTED = "fee_started"
    FEE_ENDED = "fee_ended"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that is due. ``not_after``: when its moment has passed and it must not leave any more."""

    step: Step
    moment: datetime
    not_after: datetime

    def identity(self, violation: Violation) -> str:
        """The same step of the same violation is the same message, however often it is decided."""
        return f"{violation.key}/{self.step}"


def notices(violation: Violation, now: datetime) -> Iterator[Notice]:
    """The steps that are due now for one violation and whose moment has not passed."""
    for notice in _steps(violation):
        if notice.moment <= now < notice.not_after:
            yield notice


def _steps(violation: Violation) -> Iterator[Notice]:
    match violation.state:
        case State.WATCHED if violation.grace_ends_at is not None:
            yield Notice(Step.GRACE_RUNNING, warning_moment(violation), violation.grace_ends_at)
        case State.RUNNING if violation.violated_at is not None:
            news = violation.violated_at + STARTED_IS_NEWS_FOR
            yield Notice(Step.FEE_STARTED, violation.violated_at, news)
        case State.ENDED | State.SETTLED if violation.ended_at is not None and violation.fee.total_minor > 0:
            yield Notice(Step.FEE_ENDED, violation.ended_at, violation.ended_at + ENDED_IS_NEWS_FOR)
        case _:
            pass
