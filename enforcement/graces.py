"""Graces: the time of an episode under its clause, sorted, and when what is free in it ends."""

from datetime import datetime
from functools import partial

from enforcement.clauses import Clause
from enforcement.clocks import Episode
from enforcement.counting import Counted, count
from enforcement.courts import Court
from enforcement.intervals import ZERO, total
from enforcement.stays import Stay
from enforcement.violations import warns_at


def counted_time(
    stay: Stay, episode: Episode, clause: Clause, court: Court, key: str, now: datetime
) -> tuple[Counted, datetime | None]:
    """The time of an episode, sorted, and when its grace ended or will end. ``key``: of what it may be a violation."""
    counting = partial(
        count,
        episode.stretches,
        clause,
        court.zone,
        since=episode.start,
        warned_at=court.circumstances.warned_at.get(key),
        calendar=court.calendar if clause.windows else None,
        billed=stay.billed,
    )
    counted = counting()
    grace_ends_at = _grace_end(counted, clause, now if episode.is_counting(clause) else None)
    held_until = _held_until(episode.start, grace_ends_at, clause, court)
    return (counted, grace_ends_at) if held_until is None else (counting(not_before=held_until), held_until)


def _held_until(started_at: datetime, grace_ends_at: datetime | None, clause: Clause, court: Court) -> datetime | None:
    """Until when quiet hours hold a fee back: the warning could not leave in them, and its time begins after them.

    Where a grace begins with the delivery of the warning anyway, there is nothing to hold back.
    """
    telling = court.policy.messages
    if not telling.quiet_starts_no_fee or telling.quiet is None or grace_ends_at is None:
        return None
    warned = warns_at(clause.kind, started_at, grace_ends_at)
    quiet = telling.quiet.around(warned, court.setting.zone)
    if quiet is None or clause.grace_anchor == "warning":
        return None
    return quiet[1] + (grace_ends_at - warned)


def _grace_end(counted: Counted, clause: Clause, counting_at: datetime | None) -> datetime | None:
    """When what is allowed and the grace were used up, or will be if counting goes on; None if it does not.

    Where grace waits for a warning that was not delivered yet: if it were delivered now.
    """
    if counted.beyond_grace:
        return counted.beyond_grace[0][0]
    if counting_at is None:
        return None
    if clause.grace_anchor == "warning":
        allowed = max(ZERO, clause.start_after - total(counted.held))
        return counting_at + allowed + clause.grace - total(counted.limited)
    return counting_at + clause.start_after + clause.grace - total(counted.held)
