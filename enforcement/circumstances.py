"""What a price may depend on besides the bay's own facts: the site, the driver, the calendar, what was delivered."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from enforcement.sites import SiteUse
from enforcement.tiers import Occupancy


class Membership(NamedTuple):
    """A token is in a group, or holds a permit of a kind, from ``since`` until ``until`` (None: open).

    ``place``: the station or network where it counts; None: everywhere.
    """

    name: str
    is_permit: bool = False
    since: datetime | None = None
    until: datetime | None = None
    place: str | None = None

    def holds(self, at: datetime, station: str) -> bool:
        """Whether it counts for a stay that begins then and there."""
        here = self.place is None or station == self.place or station.startswith(f"{self.place}*")
        return here and (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything is optional: what is not known never makes a fee dearer.

    ``site``: how full the site was over time; ``occupancy``: the same where each share is known exactly (a history's).
    ``memberships``: the groups and permits of tokens. ``drivers``: which driver a token belongs to, so that tokens of
    several networks share one day's cap. ``spent``: what a driver was already charged in this bay on a local day by
    earlier violations, in major units before taxes. ``warned_at``: when the warning of a violation (by key) was
    delivered. ``holidays``: the calendars that policies or places name.
    """

    site: Sequence[SiteUse] = ()
    occupancy: Occupancy = ()
    memberships: Mapping[str, Sequence[Membership]] = field(default_factory=dict)
    drivers: Mapping[str, str] = field(default_factory=dict)
    spent: Mapping[tuple[str, date], Fraction] = field(default_factory=dict)
    warned_at: Mapping[str, datetime] = field(default_factory=dict)
    holidays: Mapping[str, Container[date]] = field(default_factory=dict)

    def driver(self, token: str | None) -> str | None:
        """Who a token stands for: a known driver, or else the token itself."""
        return None if token is None else self.drivers.get(token, token)

    def groups(self, token: str | None, at: datetime, station: str, *, permits: bool = False) -> frozenset[str]:
        """The groups that a token is in, or the permits that it holds, for a stay that begins then and there."""
        known = self.memberships.get(token or "", ())
        return frozenset(m.name for m in known if m.is_permit is permits and m.holds(at, station))


NONE_KNOWN = Circumstances()
