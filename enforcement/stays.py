"""A stay: one vehicle in one bay, from arrival to departure; :mod:`enforcement.finding_stays` finds them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.evidence import SessionTrace, Sighting
from enforcement.facts import NetworkBilled
from enforcement.intervals import Span, merged


class Stay(NamedTuple):
    """One vehicle in one bay.

    ``left_at`` is None while it stands there, as far as is known. ``is_last_here``: nobody took its place while the
    bay was never seen free, so that evidence up to its end can be settled. ``proven_by``: until when a network that
    has not been heard since the end may still be, which would confirm the time before it; None: nothing is open.
    ``bills``: what networks billed for its parking themselves. ``plate``: the number plate that a camera read, if one
    did: its pseudonym, who issued it, how sure the camera was.
    """

    bay: str
    arrived_at: datetime
    left_at: datetime | None
    sessions: tuple[SessionTrace, ...] = ()
    is_last_here: bool = True
    proven_by: datetime | None = None
    bills: tuple[NetworkBilled, ...] = ()
    plate: Sighting | None = None

    @property
    def billed(self) -> list[Span]:
        """The time that networks billed themselves, merged."""
        return merged((span.start, span.end) for bill in self.bills for span in bill.spans) if self.bills else []

    def final_at(self, settle_after: timedelta) -> datetime | None:
        """When late facts are no longer waited for; None while the vehicle stands there."""
        if self.left_at is None:
            return None
        settled = self.left_at + settle_after
        return settled if self.proven_by is None else max(settled, self.proven_by)

    @property
    def token(self) -> str | None:
        """The keyed hash of the driver's token, where a session told it."""
        return next((s.token for s in reversed(self.sessions) if s.token), None)

    def until(self, now: datetime) -> datetime:
        """The end of what can be judged at ``now``."""
        return now if self.left_at is None else self.left_at
