"""Many rows judged at once come out as the core judges each: random policies on random rows, and all that is shipped."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from history.backtest import Judge, Question, run
from history.batch import Places, batch_of
from history.results import Results
from history.rows import HistoryRow
from history.site import Sites
from history.verdicts import Verdict
from tests.conftest import minutes
from tests.support.builders import HEAD
from tests.support.history_rows import by_occupancy, histories, several_clauses

POLICIES = sorted((Path(__file__).resolve().parents[2] / "policies").glob("*.toml"))
TWO_WEEKS = "boulder_demo_2019-10-07_2019-10-20.csv.gz"
HOLIDAYS = {"CA-QC": frozenset({date(2026, 3, 2), date(2026, 3, 8)})}


def judged(rows: Sequence[HistoryRow], policy: Policy, *, exact: bool) -> Results:
    places = Places()
    batch = batch_of(rows, places, [])
    sites = Sites()
    sites.add(batch)
    question = Question(history=Path(), policies=(policy,), zone="Europe/Berlin", holidays=HOLIDAYS, exact=exact)
    return Judge(policy, question, places, sites).judge(batch)


def verdicts(found: Results) -> list[Verdict]:
    return [found.at(row) for row in range(len(found))]


@settings(max_examples=400)
@given(histories(), several_clauses())
def test_columns_judge_as_the_core_does(rows: list[HistoryRow], policy: Policy) -> None:
    fast, slow = (judged(rows, policy, exact=exact) for exact in (False, True))
    assert verdicts(fast) == verdicts(slow)
    assert list(fast.lines()) == list(slow.lines())


@settings(max_examples=200)
@given(histories(), by_occupancy())
def test_columns_know_how_full_a_site_is(rows: list[HistoryRow], policy: Policy) -> None:
    fast, slow = (judged(rows, policy, exact=exact) for exact in (False, True))
    assert list(fast.lines()) == list(slow.lines())


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_policy_that_is_shipped_gives_the_same_result_both_ways(
    path: Path, shared_data: Path, tmp_path: Path
) -> None:
    history = shared_data / "boulder" / TWO_WEEKS
    written = []
    for exact in (False, True):
        out = tmp_path / f"{exact}.csv"
        run(history, path, out, exact=exact, zone="America/Denver")
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert written[0].count(b"\n") == 472


def test_a_report_within_a_second_is_not_rounded_to_it() -> None:
    document = HEAD + '[[clause]]\nkind = "idle"\nstarts = "soc"\nsoc = 90\nrate = "0.37"\nper = "1m"\nunit = "1s"\n'
    row = HistoryRow(
        line=2, session_id="a", charging_ended_at=minutes(0), unplugged_at=minutes(1), soc=((minutes(0.01), 90),)
    )
    fast, slow = (verdicts(judged([row], read_policy(document), exact=exact)) for exact in (False, True))
    assert fast == slow
    assert fast[0].billable == timedelta(seconds=59)


@pytest.mark.parametrize("rate", ["0", "0.40"])
@pytest.mark.parametrize("order", [("idle", "overstaying"), ("overstaying", "idle")])
def test_of_two_kinds_that_cost_the_same_the_first_to_begin_gives_its_name(order: tuple[str, str], rate: str) -> None:
    kinds = (f'[[clause]]\nkind = "{kind}"\nrate = "{rate}"\nper = "1m"\n' for kind in order)
    row = HistoryRow(
        line=2, session_id="a", charging_ended_at=minutes(0), unplugged_at=minutes(30), left_at=minutes(60)
    )
    policy = read_policy(HEAD + "".join(kinds))
    fast, slow = (verdicts(judged([row], policy, exact=exact)) for exact in (False, True))
    assert fast == slow
    assert fast[0].kind == "idle"
