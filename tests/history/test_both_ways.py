"""A row judged alone, and the facts that it amounts to folded and decided, come out the same."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from enforcement.decision import decide
from enforcement.folding import fold
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from history.judging import LONG_AFTER, judge_row
from history.read import open_history
from history.rows import HistoryRow
from tests.conftest import NOON, minutes
from tests.support.builders import clause, policy
from tests.support.history_facts import NETWORK, facts_of, setting_of

Bill = dict[str, tuple[int, timedelta, datetime, datetime | None]]
KINDS = policy(
    clause("unplugged", grace="5m", rate="1"), clause("idle"), clause("overstaying", windows=(("08:00", "13:00"),))
)


def alone(row: HistoryRow, under: Policy) -> Bill:
    judged = judge_row(row, (under,), "UTC")
    assert judged is not None
    return bill(judged.violations)


def by_facts(row: HistoryRow, under: Policy) -> Bill:
    setting = setting_of(row, timedelta(days=400))
    feeds = {NETWORK: [(row.moments[0] - timedelta(days=1), row.moments[-1] + timedelta(days=1))]}
    return bill(decide(fold(facts_of(row), setting), setting, feeds, (under,), LONG_AFTER).violations)


def bill(violations) -> Bill:  # type: ignore[no-untyped-def]
    return {
        v.kind.value: (v.fee.net_minor, v.fee.billable, v.clock_started_at, v.ended_at)
        for v in violations
        if v.violated_at is not None and (v.fee.net_minor or v.fee.billable)
    }


def test_each_session_of_the_two_weeks_costs_the_same_both_ways(shared_data: Path) -> None:
    under = read_policy((Path(__file__).resolve().parents[2] / "policies" / "idle-10min.toml").read_text())
    with open_history(shared_data / "boulder" / "boulder_demo_2019-10-07_2019-10-20.csv.gz") as history:
        rows = [row for row in history.rows if isinstance(row, HistoryRow)]
    assert len(rows) == 471
    for row in rows:
        assert alone(row, under) == by_facts(row, under)
    assert sum(bool(alone(row, under)) for row in rows) > 100


@st.composite
def rows(draw: st.DrawFn) -> HistoryRow:
    """Rows with any of their times unknown."""
    at = sorted(draw(st.lists(st.integers(0, 300), min_size=5, max_size=5)))
    names = ("arrived_at", "plugged_in_at", "charging_ended_at", "unplugged_at", "left_at")
    known = {name: minutes(m) for name, m in zip(names, at, strict=True) if draw(st.booleans())}
    if "plugged_in_at" not in known:  # a network always tells when a session began
        known = {name: m for name, m in known.items() if name in ("arrived_at", "left_at")}
    return HistoryRow(line=2, session_id="a", zone="America/Toronto", **{"arrived_at": NOON, **known})


@given(rows())
def test_any_row_costs_the_same_both_ways(row: HistoryRow) -> None:
    assert alone(row, KINDS) == by_facts(row, KINDS)
