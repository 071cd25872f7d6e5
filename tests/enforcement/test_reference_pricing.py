"""Pricing by sets of time against the plainest pricing there is: second by second."""

from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.fees import count, price
from enforcement.money import to_minor
from enforcement.policy import Clause
from enforcement.timeline import Condition, Stretch
from tests.conftest import NOON
from tests.support.builders import clause, policy

SECOND = timedelta(seconds=1)
REASON = {Condition.IDLE: ["finished_reported", "finished_inferred"]}
TORONTO = ZoneInfo("America/Toronto")


@st.composite
def timelines(draw: st.DrawFn) -> list[Stretch]:
    """Stretches that touch each other, of whole seconds."""
    out: list[Stretch] = []
    at = NOON + timedelta(seconds=draw(st.integers(0, 600)))
    for length in draw(st.lists(st.integers(1, 900), min_size=1, max_size=6)):
        condition = draw(st.sampled_from(list(Condition)))
        reason = draw(st.sampled_from(REASON.get(condition, ["any"])))
        out.append(Stretch(at, at + timedelta(seconds=length), condition, reason, draw(st.booleans())))
        at += timedelta(seconds=length)
    return out


def by_the_second(stretches: list[Stretch], rule: Clause) -> tuple[timedelta, int]:
    grace, billable = rule.grace, timedelta(0)
    for stretch in stretches:
        at = stretch.start
        while at < stretch.end:
            if stretch.condition in rule.counts:
                wall = at.astimezone(TORONTO).time()
                is_open = not rule.windows or any(w.start <= wall < w.end for w in rule.windows)
                is_sure = stretch.confirmed and not (
                    stretch.reason == "finished_inferred" and rule.min_confidence == "reported"
                )
                if grace > timedelta(0):
                    grace -= SECOND
                elif is_open and is_sure:
                    billable += SECOND
            at += SECOND
    whole = billable // rule.unit * rule.unit
    exact = rule.rate * Fraction(int(whole.total_seconds()), int(rule.per.total_seconds()))
    return whole, to_minor(min(exact, rule.cap) if rule.cap is not None else exact, "CAD")


@settings(max_examples=60, deadline=None)
@given(
    timelines(),
    st.sampled_from(["idle", "unplugged", "overstaying"]),
    st.sampled_from(["0m", "7m", "90s"]),
    st.sampled_from(["1s", "1m", "10m"]),
    st.sampled_from([None, "1.00"]),
    st.sampled_from([(), (("12:05", "12:20"), ("12:15", "12:30")), (("11:00", "12:10"), ("12:40", "23:00"))]),
    st.booleans(),
)
def test_sets_of_time_cost_what_seconds_cost(
    stretches: list[Stretch], kind: str, grace: str, unit: str, cap: str | None, windows: tuple, inferred: bool
) -> None:
    fields = {"grace": grace, "unit": unit, "rate": "0.37", "windows": windows}
    if cap:
        fields["cap"] = cap
    if inferred:
        fields["min_confidence"] = "inferred"
    if kind == "idle":
        fields["stops"] = "vacated"
    under = policy(clause(kind, **fields))
    (rule,) = under.clauses.values()
    fee = price(count(stretches, rule, "America/Toronto"), stretches, rule, under)
    assert (fee.billable, fee.net_minor) == by_the_second(stretches, rule)
