"""What a policy wants drivers to be told, and when nobody is to be woken: settings of the policy, no decision."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from enforcement.intervals import Span
from enforcement.windows import Window, open_spans

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local time of the station in which no message leaves; ``end`` at or before ``start`` is on the next day."""

    start: time
    end: time

    def around(self, moment: datetime, zone: str) -> Span | None:
        """The quiet hours that hold at a moment; None where it is not quiet."""
        return next((span for span in self._spans(moment, zone) if span[0] <= moment < span[1]), None)

    def after(self, moment: datetime, zone: str) -> Span:
        """The next quiet hours that begin after a moment."""
        return next(span for span in self._spans(moment, zone) if span[0] > moment)

    def _spans(self, moment: datetime, zone: str) -> list[Span]:
        windows = (Window(self.start, self.end),)
        return open_spans(windows, zone, moment - 3 * _DAY, moment + 3 * _DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The messages of a policy; None or False: not sent.

    ``about_to_finish``: so long before charging is expected to end, where that can be foretold. ``finished``: the grace
    runs. ``fee_in``: so long before the fee starts. ``fee_runs``: it has started. ``every``: so often while it runs.
    ``left``: what it came to. ``quiet_starts_no_fee``: where the warning's moment is in quiet hours, what is free runs
    on as if they had been no time at all.
    """

    about_to_finish: timedelta | None = None
    finished: bool = True
    fee_in: timedelta | None = None
    fee_runs: bool = True
    every: timedelta | None = None
    left: bool = True
    quiet: Quiet | None = None
    quiet_starts_no_fee: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether something may have to be said of a running fee although nothing about it changed."""
        return self.every is not None or self.quiet is not None

    def quiet_around(self, moment: datetime, zone: str) -> Span | None:
        """The quiet hours that hold at a moment; None where it is not quiet, or the policy knows none."""
        return None if self.quiet is None else self.quiet.around(moment, zone)


USUAL = Telling()
