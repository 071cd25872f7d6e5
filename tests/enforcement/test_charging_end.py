"""When charging had finished: reported by the network, or inferred from energy that no longer grows."""

from dataclasses import replace
from typing import Any

from enforcement.facts import SessionUpdated
from tests.support.builders import Lines, charged, clause, policy, session, told

INFERRED = policy(clause("idle", min_confidence="inferred"))
REPORTED = policy(clause("idle"))


def flat(*updates: float, end: float = 100) -> list:
    """Energy grows until the first of the updates, which all tell the same."""
    out = [session(0, started=0, energy_wh=0), session(20, energy_wh=5000)]
    out += [session(at, energy_wh=5000) for at in updates]
    return [*out, session(end, "COMPLETED", ended=end, energy_wh=5000)]


def test_energy_that_is_flat_over_several_updates_means_finished() -> None:
    found = told(flat(30, 35, 40, 60), 200, under=INFERRED)
    assert found.conditions == [("charging", 0, 30), ("idle", 30, 100)]
    assert found.decision.stays[-1].stretches[-1].reason == "finished_inferred"
    assert found.fees == {"idle": 60 * 40}


def test_what_is_inferred_costs_nothing_unless_the_policy_says_so() -> None:
    violation = told(flat(30, 35, 40, 60), 200, under=REPORTED).only
    assert (violation.fee.net_minor, violation.reason) == (0, "final")
    assert Lines(violation).minutes_of == {"grace": 10, "spared": 60}


def test_two_flat_updates_are_too_few_while_it_runs() -> None:
    assert told(flat(30, 45)[:-1], 50, under=INFERRED).conditions == [("charging", 0, 50)]


def test_flat_for_a_short_time_is_not_finished() -> None:
    assert told(flat(30, 31, 32, 33)[:-1], 50, under=INFERRED).conditions == [("charging", 0, 50)]


def test_growth_after_a_pause_starts_over() -> None:
    pause = flat(30, 35, 40, 60)[:-1]
    found = told([pause, session(70, energy_wh=6000)], 80, under=INFERRED)
    assert found.conditions == [("charging", 0, 80)]


def test_a_report_is_believed_before_any_inference() -> None:
    found = told([flat(30, 35, 40)[:-1], session(50, parking=[45]), session(90, "COMPLETED", ended=90)], 200)
    assert found.conditions == [("charging", 0, 45), ("idle", 45, 90)]


def test_a_period_before_the_session_began_is_ignored() -> None:
    early = [session(0, started=0, parking=[-20]), session(60, "COMPLETED", ended=60)]
    assert told(early, 100).conditions == [("charging", 0, 60)]


def test_a_whole_list_of_periods_replaces_what_was_said() -> None:
    facts = [charged(0, 30), session(40, charging=[0], whole=True), session(60, "COMPLETED", ended=60)]
    assert told(facts, 100).conditions == [("charging", 0, 60)]


def test_a_period_that_is_said_again_counts_once() -> None:
    facts = [charged(0, 30), session(40, parking=[30]), session(60, "COMPLETED", ended=60, parking=[30])]
    assert told(facts, 100).conditions == [("charging", 0, 30), ("idle", 30, 60)]


def still(at: float, start: float, **fields: Any) -> SessionUpdated:
    """An update whose period only says that nothing was charged."""
    said = session(at, parking=[start], **fields)
    return replace(said, periods=tuple(replace(period, vague=True) for period in said.periods))


def test_nothing_charged_for_a_while_is_inferred() -> None:
    found = told(
        [session(0, started=0, charging=[0]), still(40, 30), session(60, "COMPLETED", ended=60)], 100, under=INFERRED
    )
    assert found.conditions == [("charging", 0, 30), ("idle", 30, 60)]
    assert found.decision.stays[-1].stretches[-1].reason == "finished_inferred"


def test_a_pause_is_no_end() -> None:
    short = [session(0, started=0, charging=[0]), still(35, 30)]
    assert told(short, 38, under=INFERRED).conditions == [("charging", 0, 38)]
    resumed = [*short, session(50, charging=[45]), session(60, "COMPLETED", ended=60)]
    assert told(resumed, 100, under=INFERRED).conditions == [("charging", 0, 60)]


def test_a_full_battery_needs_no_waiting() -> None:
    full = [session(0, started=0, charging=[0]), replace(still(35, 30), soc=100)]
    assert told(full, 36, under=INFERRED).conditions == [("charging", 0, 35), ("idle", 35, 36)]


def test_a_report_counts_from_where_it_begins() -> None:
    facts = [
        session(0, started=0, charging=[0]),
        still(50, 30),
        session(55, parking=[40]),
        session(60, "COMPLETED", ended=60),
    ]
    found = told(facts, 100)
    assert found.conditions == [("charging", 0, 40), ("idle", 40, 60)]
