"""Judging a stay by a rule: did forbidden, confirmed time last long enough, and could it be enforced.

Unknown, unusable and unconfirmed time never counts and ends a run: what counts must have lasted without a break.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from enforcement.conditions import Condition, Stretch
from enforcement.intervals import holds, merged
from enforcement.rules.case import Case, case_of
from enforcement.rules.explaining import why_not
from enforcement.rules.findings import Breach, Reason, RuleFinding, Verdict
from enforcement.rules.offences import WITNESSED, Offence
from enforcement.rules.place import PlaceFacts, Sighting
from enforcement.rules.rule import Forbidden, Rule
from enforcement.rules.words import reason

_HALF_HOUR = timedelta(minutes=30)


def judge(
    rule: Rule,
    stretches: Sequence[Stretch],
    zone: str,
    place: PlaceFacts,
    now: datetime,
    sightings: Iterable[Sighting] = (),
) -> RuleFinding:
    """Whether a stay broke a rule, as far as is known at ``now``.

    ``stretches`` are the stay's timeline, ``zone`` the station's IANA time zone. Without the sign that the rule asks
    for, attested before it was broken, the finding is not enforceable and says why.
    """
    case = case_of(rule, stretches, zone, place, sightings, now)
    if case is None:
        return RuleFinding(rule.name, Verdict.NOT_BROKEN, (), (reason("no_stay"),))
    if not case.reaches_land():
        return RuleFinding(rule.name, Verdict.NOT_BROKEN, (), (reason("private_land"),))
    breaches = _breaches(case, None)
    if not breaches:
        return RuleFinding(rule.name, Verdict.NOT_BROKEN, (), tuple(why_not(case)))
    if not rule.sign.is_required:
        return RuleFinding(rule.name, Verdict.BROKEN, breaches, ())
    enforceable = () if place.sign_attested_at is None else _breaches(case, place.sign_attested_at)
    if obstacles := _sign_obstacles(case, breaches, enforceable):
        return RuleFinding(rule.name, Verdict.NOT_ENFORCEABLE, breaches, obstacles)
    return RuleFinding(rule.name, Verdict.BROKEN, enforceable, ())


def _sign_obstacles(case: Case, breaches: tuple[Breach, ...], enforceable: tuple[Breach, ...]) -> tuple[Reason, ...]:
    """What about the sign stands against enforcing."""
    sign, place = case.rule.sign, case.place
    if place.sign_attested_at is None:
        return (reason("no_sign", en=sign.text_en, fr=sign.text_fr),)
    is_gone = place.sign_gone_at is not None and place.sign_attested_at <= breaches[0].since
    obstacles = [] if enforceable else [reason("sign_gone" if is_gone else "sign_attested_later")]
    if sign.must_state_penalty and not place.sign_states_penalty:
        obstacles.append(reason("sign_without_penalty"))
    return tuple(obstacles)


def _breaches(case: Case, since: datetime | None) -> tuple[Breach, ...]:
    """Every breach, in the order in which they were committed, counting time from ``since`` on only."""
    found: list[Breach] = []
    for forbidden in case.rule.forbids:
        if case.is_signed(forbidden):
            committed = _witnessed if forbidden.offence in WITNESSED else _lasting
            found += committed(case, forbidden, since)
    return tuple(sorted(found, key=lambda breach: breach.broken_at))


def _lasting(case: Case, forbidden: Forbidden, since: datetime | None) -> list[Breach]:
    """Breaches that sensors and sessions show: runs that lasted longer than allowed."""
    limit = case.limit(forbidden)
    if limit is None:
        return []
    pieces = case.pieces(forbidden.offence, since)
    breaches = []
    for lo, hi in merged((piece.start, piece.end) for piece in pieces):
        broken_at = (next_half_hour(lo, case.zone) if forbidden.from_next_half_hour else lo) + limit
        if hi > broken_at:
            evidence = tuple(piece for piece in pieces if lo <= piece.start < hi)
            caveats = _caveats(forbidden, evidence)
            penalty = forbidden.penalty or case.rule.penalty
            breaches.append(Breach(forbidden, lo, broken_at, hi, penalty, evidence, (), caveats))
    return breaches


def _witnessed(case: Case, forbidden: Forbidden, since: datetime | None) -> list[Breach]:
    """Breaches that only a camera or an officer can tell: each at the moment at which it was seen."""
    judged = case.judged(None, since)
    seen = [
        sighting
        for sighting in case.sightings
        if sighting.seen.value == forbidden.offence.value
        and holds(judged, sighting.at)
        and not (forbidden.offence is Offence.NOT_AN_EV and case.is_plugged(sighting.at))
    ]
    if not seen:
        return []
    first, last = seen[0].at, seen[-1].at
    return [Breach(forbidden, first, first, last, forbidden.penalty or case.rule.penalty, (), tuple(seen))]


def _caveats(forbidden: Forbidden, evidence: Sequence[Stretch]) -> tuple[Reason, ...]:
    """What an officer should look at, and on what the breach rests."""
    caveats = []
    if forbidden.offence is not Offence.OVER_TIME_LIMIT and any(e.condition is Condition.UNPLUGGED for e in evidence):
        caveats.append(reason("look_at_cable"))
    if forbidden.basis:
        caveats.append(reason("presumed", en=forbidden.basis, fr=forbidden.basis))
    return tuple(caveats)


def next_half_hour(at: datetime, zone: str) -> datetime:
    """The half hour on the local clock that follows a moment: where a parking disc is set (StVO, section 13)."""
    local = at.astimezone(ZoneInfo(zone))
    past = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return at + (_HALF_HOUR - past)
