"""What a policy asks for besides the bay's own facts: a bay whose policies ask for nothing pays nothing for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from enforcement.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Which of :class:`enforcement.circumstances.Circumstances` can change a price."""

    occupancy: bool = False
    memberships: bool = False
    warnings: bool = False
    driver_days: bool = False
    calendars: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is asked for at all."""
        return self is not NOTHING and self != NOTHING


NOTHING = Needs()


def needs(policies: Iterable[Policy]) -> Needs:
    """All that any of these policies asks for."""
    found = list(policies)
    clauses = [clause for policy in found for clause in policy.clauses]
    groups = (c.who.groups or c.who.exempt_groups or c.who.exempt_permits for c in clauses)
    return Needs(
        occupancy=any(clause.needs_occupancy for clause in clauses),
        memberships=any(groups),
        warnings=any(clause.grace_anchor == "warning" for clause in clauses),
        driver_days=any(clause.limits.cap_driver_day is not None for clause in clauses),
        calendars=frozenset(policy.holidays for policy in found if policy.holidays is not None),
    )
