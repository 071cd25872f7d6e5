"""What a back-test says to people and to programs: one policy, or two side by side."""

import json
from pathlib import Path

import pytest

from app import main
from tests.support.builders import HEAD, clause

HISTORY = """session_id,network,station,evse,token,zone,plugged_in_at,charging_ended_at,unplugged_at
a,US*CPT,Main St,1,t1,America/Toronto,2026-05-04T13:00:00Z,2026-05-04T14:00:00Z,2026-05-04T15:00:00Z
b,US*CPT,Main St,2,t2,America/Toronto,2026-05-04T13:00:00Z,2026-05-04T15:30:00Z,2026-05-04T15:45:00Z
c,CA*FLO,Elm St,1,t1,America/Toronto,2026-05-05T13:00:00Z,2026-05-05T14:00:00Z,2026-05-05T14:05:00Z
d,CA*FLO,Elm St,1,,America/Toronto,2026-05-06T13:00:00Z,2026-05-06T14:00:00Z,2026-05-06T16:00:00Z
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAYWARDEN_DATA_DIR", str(tmp_path / "var"))
    (tmp_path / "history.csv").write_text(HISTORY)
    (tmp_path / "a.toml").write_text(HEAD + clause("idle"))
    strict = clause("idle", grace="0m", rate="0.20", cap="20.00")
    (tmp_path / "b.toml").write_text(HEAD.replace('"test"', '"strict"') + strict)
    return tmp_path


def said(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["backtest", str(folder / "history.csv"), "--policy", str(folder / "a.toml"), *more]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    return out


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_one_policy_is_broken_down(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = words(said(folder, capsys))
    # Of a 50 minutes, of b 5, of d 110 are beyond the ten of grace, at 0.40.
    assert ["Violations", "3", "(idle", "3)"] in found
    assert ["Bay", "time", "freed", "2", "h", "at", "most"] in found
    assert ["Drivers", "2", "of", "2", "with", "a", "violation"] in found
    assert ["Main", "St", "2", "55", "22.00", "CAD"] in found
    assert ["Elm", "St", "1", "110", "44.00", "CAD"] in found
    assert ["10:00", "2", "160", "64.00", "CAD"] in found
    assert ["11:00", "1", "5", "2.00", "CAD"] in found


def test_two_policies_stand_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(folder, capsys, "--compare", str(folder / "b.toml"))
    found = words(out)
    assert ["Violations", "3", "4", "+1"] in found
    assert ["Billable", "minutes", "165", "200", "+35"] in found
    assert ["Fees", "66.00", "CAD", "36.00", "CAD", "-30.00", "CAD"] in found
    # a 20.00 then 12.00, b 2.00 then 3.00, c nothing then 1.00, d 44.00 then 20.00
    assert "Under B 2 sessions are cheaper and 2 dearer, taxes with them." in out
    assert "Of 2 drivers 1 pay less under B and 1 more, taxes with them." in out


def test_programs_get_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "summary.json"
    said(folder, capsys, "--compare", str(folder / "b.toml"), "--summary", str(path))
    found = json.loads(path.read_text())
    assert found["sessions"] == 4
    assert found["change"] == {"sessions": {"cheaper": 2, "dearer": 2}, "drivers": {"cheaper": 1, "dearer": 1}}
    one, other = found["policies"]
    assert (one["policy"], one["violations"], one["billable_s"], one["fee_minor"]) == ("test@1", 3, 9900, 6600)
    assert (other["policy"], other["fee_minor"]) == ("strict@1", 1200 + 300 + 100 + 2000)
    for policy in (one, other):
        for cut in ("by_kind", "by_station", "by_local_hour"):
            assert sum(part["fee_minor"] for part in policy[cut]) == policy["fee_minor"]
            assert sum(part["freed_at_most_s"] for part in policy[cut]) == policy["freed_at_most_s"]


def test_amounts_of_two_currencies_are_not_held_against_each_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = (folder / "b.toml").read_text()
    (folder / "b.toml").write_text(document.replace("CAD", "EUR"))
    out = said(folder, capsys, "--compare", str(folder / "b.toml"))
    assert "other currency" in out
    assert "cheaper" not in out


@pytest.mark.parametrize("words", [("--zone", "Mars/Olympus"), ("--zone", "/etc/passwd"), ("--holidays", "QQ")])
def test_a_zone_or_calendar_that_does_not_exist_is_refused(
    words: tuple[str, str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        said(folder, capsys, *words)
    assert ended.value.code == 2
    assert words[1] in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["history.csv", "a.toml", "RESULT"])
def test_a_file_that_cannot_be_used_is_named(missing: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / missing).unlink(missing_ok=True)
    (folder / "RESULT").mkdir()
    code = main(["backtest", f"{folder}/history.csv", "--policy", f"{folder}/a.toml", "--out", f"{folder}/RESULT"])
    err = capsys.readouterr().err
    assert code == 1 and missing in err and "Errno" not in err and err.count("\n") == 1


def test_an_unknown_calendar_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = (folder / "a.toml").read_text()
    (folder / "a.toml").write_text(policy.replace("currency", 'holidays = "QQ"\ncurrency', 1))
    assert main(["backtest", str(folder / "history.csv"), "--policy", str(folder / "a.toml")]) == 1
    assert "QQ" in capsys.readouterr().err


@pytest.mark.parametrize("exact", [(), ("--exact",)])
def test_the_stations_own_calendar_is_told_on_the_command_line(tmp_path: Path, exact: tuple[str, ...]) -> None:
    (tmp_path / "p.toml").write_text(
        """
        id = "yard"
        version = 1
        title = "Yard"
        effective_from = 2020-01-01T00:00:00Z
        currency = "CAD"
        holidays = "station"
        [[clause]]
        kind = "idle"
        rate = "1"
        per = "1m"
        [[clause.window]]
        from = "00:00"
        to = "24:00"
        holidays = "exclude"
        """
    )
    # The twenty-fourth of June is a holiday in Quebec and nowhere else in Canada.
    (tmp_path / "h.csv").write_text(
        "session_id,plugged_in_at,charging_ended_at,unplugged_at\n"
        "a,2026-06-24T13:00:00Z,2026-06-24T14:00:00Z,2026-06-24T15:00:00Z\n"
        "b,2026-06-25T13:00:00Z,2026-06-25T14:00:00Z,2026-06-25T15:00:00Z\n"
    )
    files = [str(tmp_path / name) for name in ("h.csv", "p.toml", "r.csv")]
    fees = []
    for holidays in ("CA-QC", "CA-ON"):
        more = ["--zone", "America/Montreal", "--holidays", holidays, *exact]
        assert main(["backtest", files[0], "--policy", files[1], "--out", files[2], *more]) == 0
        fees.append([line.split(",")[5] for line in (tmp_path / "r.csv").read_text().splitlines()[1:]])
    assert fees == [["0", "6000"], ["6000", "6000"]]


def test_a_back_test_loads_neither_the_web_nor_the_database(tmp_path: Path) -> None:
    script = (
        "import sys, app, commands.backtest; print([m for m in ('flask', 'sqlalchemy', 'twilio') if m in sys.modules])"
    )
    import subprocess
    import sys

    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
