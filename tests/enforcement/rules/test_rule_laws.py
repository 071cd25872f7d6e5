"""Laws of judging, over any timeline: what is unknown never counts, and how a timeline is cut changes nothing."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from enforcement.conditions import Condition, Stretch
from enforcement.intervals import merged
from enforcement.rules import Offence, PlaceFacts, PlaceKind, Rule, RuleFinding, Verdict, judge, read_rule
from tests.conftest import NOON

FOLDER = Path(__file__).resolve().parents[3] / "enforcement" / "rules" / "documents"
RULES = st.sampled_from([read_rule(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))])
PLACES = st.builds(
    PlaceFacts,
    kind=st.sampled_from(PlaceKind),
    is_private=st.booleans(),
    sign_attested_at=st.sampled_from([None, NOON - timedelta(days=9), NOON + timedelta(minutes=20)]),
    sign_states_penalty=st.booleans(),
    signed=st.sampled_from([frozenset(), frozenset({Offence.NOT_CHARGING})]),
    signed_limit=st.sampled_from([None, timedelta(hours=2)]),
)
REASONS = {Condition.IDLE: ["finished_reported", "finished_inferred"]}
ZONE = "America/Denver"
PARTS = st.lists(
    st.sampled_from(Condition).flatmap(
        lambda c: st.tuples(st.just(c), st.integers(1, 400), st.sampled_from(REASONS.get(c, ["x"])), st.booleans())
    ),
    min_size=1,
    max_size=8,
)


def timeline(parts: list[tuple[Condition, int, str, bool]]) -> list[Stretch]:
    out, at = [], NOON
    for condition, length, reason, confirmed in parts:
        end = at + timedelta(minutes=length)
        out.append(Stretch(at, end, condition, reason, confirmed and condition is not Condition.UNKNOWN))
        at = end
    return out


def found(rule: Rule, stretches: list[Stretch], place: PlaceFacts) -> RuleFinding:
    return judge(rule, stretches, ZONE, place, max(s.end for s in stretches))


@given(RULES, PARTS, PLACES)
def test_a_breach_rests_on_confirmed_forbidden_time_and_nothing_else(
    rule: Rule, parts: list[tuple[Condition, int, str, bool]], place: PlaceFacts
) -> None:
    stretches = timeline(parts)
    finding = found(rule, stretches, place)
    assert (finding.verdict is Verdict.NOT_BROKEN) is (not finding.breaches)
    assert (finding.verdict is Verdict.BROKEN) is (not finding.reasons)
    sure = merged((s.start, s.end) for s in stretches if s.confirmed)
    for breach in finding.breaches:
        assert merged((e.start, e.end) for e in breach.evidence) == [(breach.since, breach.until)]
        assert any(lo <= breach.since and breach.until <= hi for lo, hi in sure)
        assert breach.since <= breach.broken_at < breach.until
        if breach.offence is not Offence.OVER_TIME_LIMIT:
            assert not {e.condition for e in breach.evidence} & {Condition.CHARGING}


@given(RULES, PARTS, PLACES, st.integers(0, 7))
def test_what_becomes_unknown_only_ever_takes_breaches_away(
    rule: Rule, parts: list[tuple[Condition, int, str, bool]], place: PlaceFacts, index: int
) -> None:
    stretches = timeline(parts)
    index %= len(stretches)
    blank = list(stretches)
    blank[index] = Stretch(stretches[index].start, stretches[index].end, Condition.UNKNOWN, "feed_silent", False)
    before, after = found(rule, stretches, place), found(rule, blank, place)
    if before.verdict is Verdict.NOT_BROKEN:
        assert after.verdict is Verdict.NOT_BROKEN
    for breach in after.breaches:
        assert any(
            b.offence is breach.offence and b.since <= breach.since and b.until >= breach.until for b in before.breaches
        )


@given(RULES, PARTS, PLACES, st.randoms(use_true_random=False))
def test_order_and_cuts_of_the_timeline_change_nothing(
    rule: Rule, parts: list[tuple[Condition, int, str, bool]], place: PlaceFacts, chance: object
) -> None:
    stretches = timeline(parts)
    cut: list[Stretch] = []
    for s in stretches:
        middle = s.start + (s.end - s.start) / 2
        cut += [Stretch(s.start, middle, *_rest(s)), Stretch(middle, s.end, *_rest(s))]
    chance.shuffle(cut)  # type: ignore[attr-defined]
    whole, pieces = found(rule, stretches, place), found(rule, cut, place)
    assert (whole.verdict, whole.reasons) == (pieces.verdict, pieces.reasons)
    assert spans(whole) == spans(pieces)


@given(RULES, PARTS, PLACES)
def test_a_longer_look_never_takes_a_breach_back(
    rule: Rule, parts: list[tuple[Condition, int, str, bool]], place: PlaceFacts
) -> None:
    stretches = timeline(parts)
    end = stretches[-1].end
    earlier = judge(rule, stretches, ZONE, place, NOON + (end - NOON) / 2)
    later = judge(rule, stretches, ZONE, place, end)
    if earlier.verdict is Verdict.BROKEN:
        assert later.verdict is Verdict.BROKEN
        assert later.broken_at == earlier.broken_at


def _rest(stretch: Stretch) -> tuple[Condition, str, bool]:
    return stretch.condition, stretch.reason, stretch.confirmed


def spans(finding: RuleFinding) -> list[tuple[object, ...]]:
    return [(b.offence, b.since, b.broken_at, b.until) for b in finding.breaches]
