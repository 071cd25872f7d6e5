"""What a policy would have done: the numbers of Boulder, the lines of a result, and the summary."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from enforcement.policy_document import PolicyError, read_policy
from history.backtest import run
from history.report import report
from history.results import COLUMNS
from history.summary import Summary, Tally
from tests.support.builders import HEAD, clause

POLICIES = Path(__file__).resolve().parents[2] / "policies"
IDLE = POLICIES / "idle-10min.toml"
TWO_WEEKS = "boulder_demo_2019-10-07_2019-10-20.csv.gz"
ALL = "boulder_chargepoint_2018-2021.csv.gz"


def backtest(folder: Path, rows: str, *clauses: str, more: str = "", zone: str | None = None) -> list[dict[str, str]]:
    """Each session's line; ``rows`` without a header get that of the first example in the docs."""
    history, policy, out = folder / "history.csv", folder / "policy.toml", folder / "result.csv"
    header = "session_id,arrived_at,plugged_in_at,charging_ended_at,unplugged_at,left_at\n"
    history.write_text(rows if rows.startswith("session_id") else header + rows)
    policy.write_text(HEAD + more + "".join(clauses))
    run(history, policy, out, zone=zone)
    with out.open(newline="") as stream:
        return list(csv.DictReader(stream))


def day(*times: str) -> str:
    return ",".join(f"2024-05-06T{time}:00Z" if time else "" for time in times)


@pytest.mark.parametrize(
    ("grace", "violations", "minutes"),
    [(0, 471, 50_598), (10, 145, 49_011), (15, 136, 48_312), (30, 116, 46_447), (60, 92, 43_400)],
)
def test_two_weeks_of_boulder(shared_data: Path, tmp_path: Path, grace: int, violations: int, minutes: int) -> None:
    summary = run(shared_data / "boulder" / TWO_WEEKS, with_grace(tmp_path, grace))
    assert (summary.sessions, summary.violations, summary.billable_minutes) == (471, violations, minutes)
    assert summary.fee_minor == minutes * 40


@pytest.mark.parametrize(
    ("grace", "violations", "minutes"),
    [(0, 24_066, 2_881_582), (10, 5_613, 2_818_919), (60, 3_192, 2_609_828)],
)
def test_all_of_boulder(shared_data: Path, tmp_path: Path, grace: int, violations: int, minutes: int) -> None:
    summary = run(shared_data / "boulder" / ALL, with_grace(tmp_path, grace))
    assert (summary.sessions, summary.violations, summary.billable_minutes) == (24_076, violations, minutes)
    assert summary.refused == []


def with_grace(folder: Path, minutes: int) -> Path:
    path = folder / "policy.toml"
    path.write_text(IDLE.read_text().replace('"10m"', f'"{minutes}m"'))
    return path


def test_every_policy_that_is_shipped_can_be_read() -> None:
    documents = sorted(POLICIES.glob("*.toml"))
    assert IDLE in documents
    assert {read_policy(path.read_text()).id for path in documents} >= {"idle-10min"}


def test_a_line_says_what_why_and_how_much(tmp_path: Path) -> None:
    taxes = '[[tax]]\nname = "GST"\npercent = "5"\n[[tax]]\nname = "QST"\npercent = "9.975"\n'
    found = backtest(tmp_path, "a," + day("", "09:00", "10:00", "11:00", ""), clause("idle"), taxes)
    assert found == [
        {
            "session_id": "a",
            "kind": "idle",
            "from": "2024-05-06T10:00:00Z",
            "to": "2024-05-06T11:00:00Z",
            "billable_s": "3000",
            "fee_minor": "2000",
            "tax_minor": "300",
            "currency": "CAD",
            "policy": "test@1",
            "reason": "beyond_grace",
        }
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (day("", "09:00", "10:00", "10:10", ""), "ended_in_time"),
        (day("", "09:00", "10:00", "10:00", ""), "nothing_to_count"),
        (day("", "09:00", "10:00", "", "12:00"), "time_unknown"),
        (day("", "09:00", "", "12:00", ""), "nothing_to_count"),
        (day("09:00", "", "", "", "12:00"), "nothing_to_count"),
        (day("", "", "", "", ""), "no_times"),
        (",2019-05-06T09:00:00Z,2019-05-06T10:00:00Z,2019-05-06T12:00:00Z,", "no_policy"),
    ],
)
def test_a_session_that_costs_nothing_has_its_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    (found,) = backtest(tmp_path, f"a,{row}", clause("idle"))
    assert (found["session_id"], found["kind"], found["reason"]) == ("a", "", reason)
    assert (found["billable_s"], found["fee_minor"], found["tax_minor"]) == ("0", "0", "0")


def test_a_second_beyond_the_grace_is_a_violation_of_no_whole_minute(tmp_path: Path) -> None:
    row = "a,,2024-05-06T09:00:00Z,2024-05-06T10:00:00Z,2024-05-06T10:10:01Z,"
    (found,) = backtest(tmp_path, row, clause("idle"))
    assert (found["kind"], found["billable_s"], found["fee_minor"]) == ("idle", "0", "0")


def test_a_stay_without_any_plug_time_was_unplugged(tmp_path: Path) -> None:
    (found,) = backtest(tmp_path, "a," + day("09:00", "", "", "", "09:30"), clause("unplugged", grace="5m", rate="1"))
    assert (found["kind"], found["billable_s"], found["fee_minor"]) == ("unplugged", "1500", "2500")


def test_a_stay_that_took_energy_was_not_unplugged(tmp_path: Path) -> None:
    history, policy = tmp_path / "history.csv", tmp_path / "policy.toml"
    history.write_text("arrived_at,left_at,energy_kwh\n2024-05-06T09:00:00Z,2024-05-06T12:00:00Z,7.5\n")
    policy.write_text(HEAD + clause("unplugged"))
    summary = run(history, policy)
    assert (summary.sessions, summary.violations) == (1, 0)


def test_several_kinds_in_one_session_are_one_line_with_all_their_money(tmp_path: Path) -> None:
    kinds = (clause("idle", grace="0m"), clause("overstaying", grace="0m", rate="1.00"))
    (found,) = backtest(tmp_path, "a," + day("", "09:00", "10:00", "10:30", "11:00"), *kinds)
    assert (found["from"], found["to"]) == ("2024-05-06T10:00:00Z", "2024-05-06T11:00:00Z")
    assert (found["kind"], found["billable_s"], found["fee_minor"]) == ("overstaying", "3600", "4200")
    assert found["reason"] == "beyond_grace; idle 1800 s 1200 + overstaying 1800 s 3000"


def test_a_cap_is_named(tmp_path: Path) -> None:
    (found,) = backtest(tmp_path, "a," + day("", "09:00", "10:00", "20:00", ""), clause("idle", cap="5.00"))
    assert (found["fee_minor"], found["reason"]) == ("500", "beyond_grace; cap")


def test_windows_are_in_the_zone_that_is_given(tmp_path: Path) -> None:
    row = "a," + day("", "09:00", "12:00", "14:00", "")
    from_eight = clause("idle", grace="0m", windows=(("08:00", "20:00"),))
    assert backtest(tmp_path, row, from_eight)[0]["billable_s"] == "7200"
    assert backtest(tmp_path, row, from_eight, zone="America/Vancouver")[0]["billable_s"] == "0"


def test_a_policy_that_names_a_station_holds_there_only(tmp_path: Path) -> None:
    history, policy = tmp_path / "history.csv", tmp_path / "policy.toml"
    times = "2024-05-06T09:00:00Z,2024-05-06T10:00:00Z,2024-05-06T12:00:00Z"
    rows = [f"a,US*CPT,Main St 1,{times}", f"b,us*cpt,Elm St,{times}", f"c,,Main St 1,{times}"]
    history.write_text("session_id,network,station,plugged_in_at,charging_ended_at,unplugged_at\n" + "\n".join(rows))
    policy.write_text(HEAD + 'stations = ["us*cpt*main-st-1"]\n' + clause("idle"))
    summary = run(history, policy)
    assert (summary.sessions, summary.violations, summary.reasons["no_policy"]) == (3, 1, 2)


def test_the_summary_can_be_read(tmp_path: Path) -> None:
    text = report(summary_of(tmp_path))
    for line in (
        "Sessions          2",
        "Violations        1 (idle 1)",
        "Billable minutes  50",
        "Fees              20.00 USD",
        "Rows refused      1",
        "  line 3, session b: unplugged_at: '2024-05-06T11:00' has no offset from UTC",
        "Columns ignored   colour",
    ):
        assert line in text


def summary_of(folder: Path) -> Summary:
    history = folder / "history.csv"
    history.write_text(
        "session_id,plugged_in_at,charging_ended_at,unplugged_at,colour\n"
        "a,2024-05-06T09:00Z,2024-05-06T10:00Z,2024-05-06T11:00Z,red\n"
        "b,2024-05-06T09:00Z,2024-05-06T10:00Z,2024-05-06T11:00,red\n"
        "c,2024-05-06T09:00Z,2024-05-06T10:00Z,2024-05-06T10:05Z,blue\n"
    )
    return run(history, IDLE)


def test_the_result_has_the_columns_of_the_contract(tmp_path: Path) -> None:
    out = tmp_path / "result.csv"
    summary_of(tmp_path)
    run(tmp_path / "history.csv", IDLE, out)
    header, *lines = out.read_text().splitlines()
    assert (
        header == "session_id,kind,from,to,billable_s,fee_minor,tax_minor,currency,policy,reason" == ",".join(COLUMNS)
    )
    assert [line.split(",")[0] for line in lines] == ["a", "c"]


def test_a_wrong_policy_names_its_faults_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("session_id\na\n")
    (tmp_path / "policy.toml").write_text('id = "x"\n')
    with pytest.raises(PolicyError, match="version is missing"):
        run(tmp_path / "history.csv", tmp_path / "policy.toml", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_billable_time_is_summed_to_the_second() -> None:
    summary = Summary(read_policy(IDLE.read_text()), whole=Tally(billable=timedelta(seconds=119)))
    assert summary.billable_minutes == 1


def test_a_power_class_picks_the_clause_and_a_site_is_as_full_as_the_history_says(tmp_path: Path) -> None:
    rows = (
        "session_id,station,evse,plugged_in_at,charging_ended_at,unplugged_at,tariff_power_class\n"
        "a,Lot,1,2026-01-05T10:00:00Z,2026-01-05T10:10:00Z,2026-01-05T10:30:00Z,DC\n"
        "b,Lot,2,2026-01-05T10:20:00Z,2026-01-05T10:25:00Z,2026-01-05T10:40:00Z,AC\n"
    )
    full = (
        '[[clause]]\nkind = "idle"\npower_classes = ["DC"]\n'
        '[[clause.tier]]\nrate = "1.00"\nper = "1m"\noccupancy_from = "1"\n'
        '[[clause.tier]]\nrate = "0.10"\nper = "1m"\noccupancy_to = "1"\n'
    )
    found = {row["session_id"]: row["fee_minor"] for row in backtest(tmp_path, rows, full)}
    # Of a's 20 idle minutes the site was half full for 10 (0.10 each), and full for 10 (1.00 each); b is no DC.
    assert found == {"a": "1100", "b": "0"}


def test_a_driver_pays_no_more_than_a_days_cap_over_several_sessions(tmp_path: Path) -> None:
    rows = (
        "session_id,station,evse,token,plugged_in_at,charging_ended_at,unplugged_at\n"
        "a,Lot,1,me,2026-01-05T10:00:00Z,2026-01-05T10:10:00Z,2026-01-05T10:30:00Z\n"
        "b,Lot,1,me,2026-01-05T11:00:00Z,2026-01-05T11:10:00Z,2026-01-05T11:30:00Z\n"
        "c,Lot,1,you,2026-01-05T12:00:00Z,2026-01-05T12:10:00Z,2026-01-05T12:30:00Z\n"
    )
    capped = '[[clause]]\nkind = "idle"\nrate = "1.00"\nper = "1m"\ncap_driver_day = "25"\n'
    found = {row["session_id"]: row["fee_minor"] for row in backtest(tmp_path, rows, capped)}
    assert found == {"a": "2000", "b": "500", "c": "2000"}
