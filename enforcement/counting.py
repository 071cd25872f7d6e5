"""Counting: which time of a stay a clause charges for, set by set, each a subset of the one before."""

from collections.abc import Container, Sequence
from datetime import date, datetime
from typing import NamedTuple

from enforcement.clauses import Clause
from enforcement.conditions import Condition, Stretch
from enforcement.intervals import Span, after, drop_first, intersect, merged, subtract
from enforcement.windows import open_spans


class Counted(NamedTuple):
    """The time of one episode under a clause.

    ``held``: in a counted condition, from the clock's start. ``limited``: past what is allowed. ``beyond_grace``: past
    the grace too. ``violating``: that, inside the windows; once there is any, there is a violation. ``chargeable``:
    what costs money if it is proven; with a waived grace it reaches back before ``beyond_grace``. ``billable``: the
    proven part of it, once some of ``violating`` is proven. ``netted``: proven too, but billed by the network itself.
    """

    held: Sequence[Span] = ()
    limited: Sequence[Span] = ()
    beyond_grace: Sequence[Span] = ()
    violating: Sequence[Span] = ()
    chargeable: Sequence[Span] = ()
    billable: Sequence[Span] = ()
    netted: Sequence[Span] = ()


# No time at all: an exempt driver's.
NOTHING = Counted()


def count(
    stretches: Sequence[Stretch],
    clause: Clause,
    zone: str,
    *,
    since: datetime | None = None,
    warned_at: datetime | None = None,
    calendar: Container[date] | None = None,
    billed: Sequence[Span] = (),
    not_before: datetime | None = None,
) -> Counted:
    """Sort the time of an episode.

    ``since``: when the clock started, where that is not simply the first counted stretch (state of charge).
    Grace runs on counted time, so outages do not use it up; closed hours do not stop it. ``calendar``: None where the
    holidays are not known. ``billed``: what the network billed as parking itself, merged: it is not billed again.
    ``not_before``: no time before this is charged for, where quiet hours held the warning back.
    """
    counted = [s for s in stretches if s.condition in clause.counts]
    held = _from(merged((s.start, s.end) for s in counted), since)
    limited = drop_first(held, clause.start_after)
    if clause.grace_anchor == "warning":
        limited = [] if warned_at is None else after(limited, warned_at)
    beyond = _from(drop_first(limited, clause.grace), not_before)
    limited = _from(limited, not_before)
    if not beyond:
        return Counted(held, limited)
    base = limited if clause.grace_mode == "waive" else beyond
    violating, chargeable = beyond, base
    if clause.windows:
        open_time = open_spans(clause.windows, zone, base[0][0], base[-1][1], calendar)
        violating = intersect(beyond, open_time)
        chargeable = intersect(base, open_time) if violating else []
    sure = merged((s.start, s.end) for s in counted if s.confirmed and not is_spared(clause, s))
    netted = intersect(chargeable, intersect(sure, billed)) if billed else []
    sure = subtract(sure, billed) if billed else sure
    # A waived grace is lost only by time past it that is itself proven, not spared and not paid for already.
    billable = intersect(chargeable, sure) if intersect(violating, sure) else []
    return Counted(held, limited, beyond, violating, chargeable, billable, netted)


def is_spared(clause: Clause, stretch: Stretch) -> bool:
    """Whether a clause does not bill a stretch for the reason that it carries, proven or not.

    Whether charging had ended is nothing to a clause that counts charging too; whether the cable is still in is
    nothing to one that counts both idle and overstaying time, and spares the time for all others.
    """
    if stretch.is_maybe_plugged and Condition.OVERSTAYING not in clause.counts:
        return True
    if stretch.reason == "finished_inferred":
        return clause.min_confidence == "reported" and Condition.CHARGING not in clause.counts
    return stretch.reason == "operator_stopped" and clause.spares_operator_stop


def _from(spans: list[Span], moment: datetime | None) -> list[Span]:
    return spans if moment is None else after(spans, moment)
