"""What a price may depend on besides the bay's own facts: the site, the driver, the calendar, what was delivered."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from enforcement.tiers import Occupancy


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything is optional: what is not known never makes a fee dearer.

    ``occupancy``: the site's share of bays in use over time. ``groups``: the groups that a token belongs to.
    ``drivers``: which driver a token belongs to, so that tokens of several networks share one day's cap.
    ``spent``: what a driver was already charged in this bay on a local day by earlier violations that are final, in
    major units before taxes. ``warned_at``: when the warning of a violation (by key) was delivered. ``holidays``: the
    calendars that policies name.
    """

    occupancy: Occupancy = ()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    drivers: Mapping[str, str] = field(default_factory=dict)
    spent: Mapping[tuple[str, date], Fraction] = field(default_factory=dict)
    warned_at: Mapping[str, datetime] = field(default_factory=dict)
    holidays: Mapping[str, Container[date]] = field(default_factory=dict)

    def driver(self, token: str | None) -> str | None:
        """Who a token stands for: a known driver, or else the token itself."""
        return None if token is None else self.drivers.get(token, token)


NONE_KNOWN = Circumstances()
