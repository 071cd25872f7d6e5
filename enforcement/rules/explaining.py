"""Why a stay broke no rule, in the order in which a reader asks."""

from collections.abc import Iterator

from enforcement.conditions import Condition, Stretch
from enforcement.intervals import Span, holds, intersect, merged, subtract, total
from enforcement.phrases import duration
from enforcement.rules.case import Case
from enforcement.rules.findings import Reason
from enforcement.rules.offences import WITNESSED, Offence
from enforcement.rules.place import Seen
from enforcement.rules.rule import Forbidden
from enforcement.rules.words import reason


def why_not(case: Case) -> Iterator[Reason]:
    """Every reason for which nothing of the stay was a breach."""
    active = [forbidden for forbidden in case.rule.forbids if case.is_signed(forbidden)]
    offences = {forbidden.offence for forbidden in active}
    yield from _legal(case, offences)
    for forbidden in active:
        yield from _too_short(case, forbidden)
    yield from _exempt(case, offences)
    yield from _never_counts(case)
    for forbidden in case.rule.forbids:
        if not case.is_signed(forbidden):
            yield reason("not_signed_here", offence=forbidden.offence)
    yield from _witnesses(case, offences)


def _legal(case: Case, offences: set[Offence]) -> Iterator[Reason]:
    sure = [stretch for stretch in case.stretches if stretch.confirmed]
    idle = [stretch for stretch in sure if stretch.condition is Condition.IDLE]
    if any(stretch.condition is Condition.CHARGING for stretch in sure):
        yield reason("was_charging")
    if idle and Offence.NOT_CHARGING not in offences:
        yield reason("plugged_is_legal")
    elif any(stretch.reason == "finished_inferred" for stretch in idle):
        yield reason("finish_only_inferred")
    if Offence.NOT_PLUGGED_IN in offences and any(_cable_not_known(case, stretch) for stretch in sure):
        yield reason("cable_not_known")


def _cable_not_known(case: Case, stretch: Stretch) -> bool:
    is_over = stretch.condition is Condition.OVERSTAYING or stretch.is_maybe_plugged
    return is_over and case.counts_from(stretch, Offence.NOT_PLUGGED_IN) is None


def _too_short(case: Case, forbidden: Forbidden) -> Iterator[Reason]:
    limit = case.limit(forbidden)
    runs = merged((piece.start, piece.end) for piece in case.pieces(forbidden.offence))
    if limit is None or not runs:
        return
    lasted, after = duration(max(hi - lo for lo, hi in runs)), duration(limit)
    if forbidden.offence is Offence.OVER_TIME_LIMIT:
        yield reason("within_limit", lasted=lasted, after=after)
    else:
        yield reason("too_short", offence=forbidden.offence, lasted=lasted, after=after)


def _exempt(case: Case, offences: set[Offence]) -> Iterator[Reason]:
    """Exemptions that took away time which would have counted."""
    for exemption in case.rule.exemptions:
        spans: list[Span] = [
            (start, stretch.end)
            for stretch in case.stretches
            for offence in offences
            if stretch.confirmed and (not exemption.covers or stretch.condition in exemption.covers)
            if (start := case.counts_from(stretch, offence)) is not None
        ]
        if intersect(merged(spans), case.exempt(exemption)):
            yield reason("exempt", en=exemption.text_en, fr=exemption.text_fr)


def _never_counts(case: Case) -> Iterator[Reason]:
    conditions = {stretch.condition for stretch in case.stretches}
    if Condition.UNKNOWN in conditions:
        yield reason("unknown_never_counts")
    if Condition.UNUSABLE in conditions:
        yield reason("charger_down_never_counts")
    if any(not s.confirmed and s.condition is not Condition.UNKNOWN for s in case.stretches):
        yield reason("not_confirmed")
    for code, spans in (("not_in_force", case.in_force()), ("outside_sign_hours", case.signed_hours())):
        if total(subtract([case.span], spans)):
            yield reason(code)


def _witnesses(case: Case, offences: set[Offence]) -> Iterator[Reason]:
    seen = {sighting.seen.value for sighting in case.sightings}
    against = [s for s in case.sightings if s.seen is Seen.NOT_AN_EV and Offence.NOT_AN_EV in offences]
    if any(case.is_plugged(sighting.at) for sighting in against):
        yield reason("witness_contradicted")
    judged = case.judged(None)
    told = [s for s in case.sightings if s.seen.value in offences]
    if any(not holds(judged, sighting.at) for sighting in told):
        yield reason("witness_outside")
    for offence in sorted(offences & WITNESSED):
        if offence.value not in seen:
            yield reason("needs_a_witness", offence=offence)
