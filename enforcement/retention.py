"""How long what names a person, and what was only needed for a while, is kept."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long each kind of data is kept after its last use; None: for ever.

    ``phones``: of drivers who only claimed stays, after the last of them; whoever has tokens here asked to be known.
    ``tokens``: what settlement needs of a network's token, after its last stay. ``disputes``: words and photo, after
    the answer. ``messages``: their texts. ``objects``: sessions and CDRs as networks stated them. ``rejects``: input
    that could not be understood. ``access_log``: who read personal data. ``plates``: after they were
    seen last, unless a violation that is not over needs them. ``codes``: sent by SMS, after they expired.
    ``acts``: who changed what. ``facts``: of stays that are over for everybody; they name nobody.
    """

    phones: timedelta | None = timedelta(days=30)
    tokens: timedelta | None = timedelta(days=400)
    disputes: timedelta | None = timedelta(days=180)
    messages: timedelta | None = timedelta(days=90)
    objects: timedelta | None = timedelta(days=400)
    rejects: timedelta | None = timedelta(days=30)
    access_log: timedelta | None = timedelta(days=730)
    plates: timedelta | None = timedelta(days=90)
    codes: timedelta | None = timedelta(days=1)
    acts: timedelta | None = timedelta(days=730)
    facts: timedelta | None = None

    def limits(self, now: datetime) -> dict[str, datetime]:
        """For each kind that is not kept for ever, the moment before which its last use must lie for it to go."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: now - length for name, length in kept.items() if length is not None}
