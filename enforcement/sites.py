"""Sites: which bays of a place are in use, from each bay's own evidence, and how full the site was.

A bay is in use while a sensor's word or a session says so, as long as that word holds; free while a sensor, or where
there is none its charger, says so; where both say something, or nobody does, it is not known. What a bay's use was
never depends on what it cost, nor on any other bay.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from enforcement.evidence import Evidence
from enforcement.facts import evse_subject
from enforcement.intervals import Span, holds, intersect, merged, subtract
from enforcement.presence import home_sessions, presence
from enforcement.setting import BaySetting
from enforcement.tiers import Occupancy, Tier
from enforcement.traces import session_start

# What a charger says of a bay that no sensor watches (OCPI 2.2.1, 8.4.20 Status).
_TAKEN = frozenset({"CHARGING", "BLOCKED"})
_EMPTY = frozenset({"AVAILABLE"})


class Use(StrEnum):
    """What a bay was, to somebody who looks for a place."""

    IN_USE = "in_use"
    FREE = "free"
    UNKNOWN = "unknown"


Uses = Sequence[tuple[datetime, Use]]


class SiteUse(NamedTuple):
    """The share of a site's bays in use in a span of time: at least, and at most, if all unknown bays were taken."""

    start: datetime
    end: datetime
    least: Fraction
    most: Fraction


def uses(evidence: Evidence, setting: BaySetting, now: datetime) -> list[tuple[datetime, Use]]:
    """When a bay's use changed, and to what, oldest first; before the first moment nothing is known of it."""
    horizon = now + timedelta(microseconds=1)
    seen = presence(evidence, setting, {}, horizon)
    own = home_sessions(seen, setting)
    sessions = [seen.spans[each.session] for each in own if session_start(each) < horizon]
    taken, free = merged([*seen.occupied, *sessions]), seen.free
    if not setting.sensors:
        told = [_statuses(evidence, evse, horizon) for evse in setting.evses]
        taken = merged([*taken, *(span for busy, _ in told for span in busy)])
        free = _in_all([empty for _, empty in told])
    return _changes(subtract(taken, free), subtract(free, taken), horizon)


def since(changes: Uses, cut: datetime) -> list[tuple[datetime, Use]]:
    """The same from ``cut`` on, beginning with what held then."""
    before = [use for at, use in changes if at <= cut]
    return [(cut, before[-1] if before else Use.UNKNOWN), *(change for change in changes if change[0] > cut)]


def differ(before: Uses, after: Uses) -> tuple[datetime, datetime | None] | None:
    """From when to when (None: on and on) two tellings of one bay's use differ; None where they say the same."""
    moments = sorted({at for at, _ in (*before, *after)})
    unlike = [index for index, at in enumerate(moments) if _at(before, at) is not _at(after, at)]
    if not unlike:
        return None
    last = unlike[-1] + 1
    return moments[unlike[0]], moments[last] if last < len(moments) else None


def site_use(bays: Mapping[str, Uses], members: Mapping[str, datetime], lo: datetime, hi: datetime) -> list[SiteUse]:
    """How full a site was from ``lo`` to ``hi``.

    ``bays``: each bay's use. ``members``: since when a bay is known to be there; one that was heard of before counts
    from then. A bay of which nothing is known makes the share uncertain, never smaller.
    """
    firsts = {bay: min([known, *(at for at, _ in bays.get(bay, ())[:1])]) for bay, known in members.items()}
    moments = {lo, hi, *firsts.values(), *(at for bay in members for at, _ in bays.get(bay, ()))}
    cuts = sorted(at for at in moments if lo <= at <= hi)
    held: dict[str, Use] = {bay: _at(bays.get(bay, ()), lo) for bay in members if firsts[bay] <= lo}
    changes: dict[datetime, list[tuple[str, Use]]] = {}
    for bay in members:
        for at, use in ((firsts[bay], Use.UNKNOWN), *bays.get(bay, ())):
            changes.setdefault(at, []).append((bay, use))
    out: list[SiteUse] = []
    for start, end in pairwise(cuts):
        if start > lo:
            held.update(changes.get(start, ()))
        if held:
            _append(out, start, end, list(held.values()))
    return out


def sure_shares(site: Sequence[SiteUse], tiers: Iterable[Tier]) -> Occupancy:
    """The shares that are known well enough for these prices: whatever the unknown bays were, the same tiers hold."""
    edges = {edge for tier in tiers for edge in (tier.occupancy_from, tier.occupancy_to) if edge is not None}
    return [(s.start, s.end, s.least) for s in site if not any(s.least < edge <= s.most for edge in edges)]


def _append(out: list[SiteUse], start: datetime, end: datetime, now: Sequence[Use]) -> None:
    taken, unknown = now.count(Use.IN_USE), now.count(Use.UNKNOWN)
    least, most = Fraction(taken, len(now)), Fraction(taken + unknown, len(now))
    if out and out[-1].end == start and out[-1][2:] == (least, most):
        out[-1] = out[-1]._replace(end=end)
    else:
        out.append(SiteUse(start, end, least, most))


def _at(changes: Uses, moment: datetime) -> Use:
    return next((use for at, use in reversed(changes) if at <= moment), Use.UNKNOWN)


def _statuses(evidence: Evidence, evse: str, now: datetime) -> tuple[list[Span], list[Span]]:
    """When a charger said that its bay is taken, and that it is not; a state holds until the next."""
    runs = evidence.statuses.get(evse_subject(evse), [])
    ends = [*(run.first for run in runs[1:]), now]
    spans = [(run.status, (run.first, end)) for run, end in zip(runs, ends, strict=False) if run.first < end]
    return [span for status, span in spans if status in _TAKEN], [span for status, span in spans if status in _EMPTY]


def _in_all(sets: Sequence[list[Span]]) -> list[Span]:
    out = sets[0] if sets else []
    for other in sets[1:]:
        out = intersect(out, other)
    return merged(out)


def _changes(taken: Sequence[Span], free: Sequence[Span], now: datetime) -> list[tuple[datetime, Use]]:
    out: list[tuple[datetime, Use]] = []
    for at in sorted({edge for span in (*taken, *free) for edge in span if edge < now}):
        use = Use.IN_USE if holds(taken, at) else Use.FREE if holds(free, at) else Use.UNKNOWN
        if not out or out[-1][1] is not use:
            out.append((at, use))
    return out
