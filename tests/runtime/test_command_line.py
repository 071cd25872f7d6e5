"""The commands, as an operator types them: what they print, their exit codes, and what stands afterwards."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import main
from migrations.standing import newest
from settings import load
from tests.runtime.conftest import Run

STATIONS = "bay,station,name,evses,sensors\n"
POLICY = """
id = "yard"
version = 1
title = "Yard"
effective_from = 2026-01-01T00:00:00Z
currency = "CAD"
[[clause]]
kind = "idle"
grace = "10m"
rate = "0.40"
per = "1m"
"""


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = capsys.readouterr().out
    for name in ("run", "web", "sensors", "clock", "sender", "migrate", "import", "policy", "backtest", "replay"):
        assert re.search(rf"^    {name} ", listed, re.MULTILINE), name


@pytest.mark.parametrize("name", ["run", "web", "import", "policy", "ocpi", "driver", "client", "backtest", "town"])
def test_every_command_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0 and f"baywarden {name}" in capsys.readouterr().out


CHOICES = [
    ("network", "settle", "us*cpt", "them"), ("network", "session-end", "us*cpt", "over"),
    ("sign", "attest", "us*cpt*l1", "--forbids", "dogs"), ("sign", "attest", "us*cpt*l1", "--land", "sea"),
]  # fmt: skip


@pytest.mark.parametrize("buffered", ["", "1"])
def test_output_that_nobody_reads_to_its_end_is_no_fault(buffered: str, tmp_path: Path) -> None:
    words = (sys.executable, "-m", "app", "policy", "sign", "policies/idle-10min.toml")
    environment = {**os.environ, "BAYWARDEN_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": buffered}
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=root) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("words", CHOICES)
def test_a_word_that_is_no_choice_is_refused_with_the_words_that_are(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "invalid choice" in said and "<" not in said


def test_migrating_says_where_it_stands_and_again_changes_nothing(run: Run) -> None:
    said = f"The database stands at revision {newest()}.\n"
    assert run("migrate") == run("migrate") == (0, said, "")
    assert run("policy", "list")[0] == 0


def test_a_database_that_is_not_migrated_is_said(run: Run) -> None:
    code, _, err = run("policy", "list")
    assert code == 1 and "baywarden migrate" in err and "Traceback" not in err


def test_a_database_that_cannot_be_reached_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAYWARDEN_DATABASE_URL", "postgresql://nobody:hidden@127.0.0.1:1/none")
    monkeypatch.setenv("BAYWARDEN_VAULT_KEYS", "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdCE=")
    monkeypatch.setenv("BAYWARDEN_SESSION_SECRET", "x" * 32)
    for command in (["policy", "list"], ["migrate"]):
        assert main(command) == 1
        err = capsys.readouterr().err
        assert err.startswith("baywarden: The database ") and "hidden" not in err


def test_wrong_settings_end_with_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAYWARDEN_WEB_PORT", "none")
    assert run("migrate") == (2, "", "baywarden: BAYWARDEN_WEB_PORT = 'none' is not a whole number from 1 to 65535.\n")


def test_a_policy_is_published_once_and_never_edited(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "yard.toml"
    file.write_text(POLICY)
    assert "yard@1 stands" in migrated("policy", "publish", str(file))[1]
    assert migrated("policy", "publish", str(file))[0] == 0
    file.write_text(POLICY.replace("0.40", "0.50"))
    code, _, err = migrated("policy", "publish", str(file))
    assert code == 1 and "never changes" in err
    assert migrated("policy", "list")[1].startswith("yard@1 ")


def test_a_document_that_is_no_policy_is_refused_with_every_fault(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "yard.toml"
    file.write_text(POLICY.replace('"CAD"', '"dollars"').replace('"10m"', "10"))
    code, _, err = migrated("policy", "publish", str(file))
    assert code == 1 and "currency" in err and "grace" in err
    assert migrated("policy", "publish", str(tmp_path / "none"))[0] == 1


def test_bays_of_unknown_stations_are_refused_and_nothing_is_imported(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "bays.csv"
    file.write_text(STATIONS + "one,ca*flo*1001,Bay 1,ca*flo*1001*1,sensor-1\n")
    code, _, err = migrated("import", str(file))
    assert code == 1 and "Nothing was imported" in err and "ca*flo*1001" in err


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (",ca*flo*1001,Bay 1,ca*flo*1001*1,s", "bay is empty"),
        ("one,1001,Bay 1,ca*flo*1001*1,s", "is not a key like"),
        ("one,ca*flo*1001,Bay 1,ca*flo*1001,s", "is not a key like"),
        ("one,ca*flo*1001,Bay 1,,", "neither an EVSE nor a sensor"),
        (f"one,ca*flo*1001,Bay 1,ca*flo*1001*{'9' * 100},", "longer than"),
    ],
)
def test_a_line_that_is_wrong_is_named(migrated: Run, tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "bays.csv"
    file.write_text(STATIONS + line + "\n")
    code, _, err = migrated("import", str(file))
    assert code == 1 and "line 2" in err and fault in err


def test_a_file_without_its_columns_is_refused(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "bays.csv"
    file.write_bytes(b"bay;station\n\xff;x\n")
    assert migrated("import", str(file))[0] == 1
    file.write_text("bay,station\n1,2\n")
    assert "no column name, evses, sensors" in migrated("import", str(file))[2]


def test_a_partner_is_invited_listed_and_closed(migrated: Run) -> None:
    out = migrated("ocpi", "invite", "FLO")[1]
    assert "http://127.0.0.1:8000/ocpi/versions" in out and "token A" in out
    assert re.search(r"^FLO +invited", migrated("ocpi", "list")[1])
    assert migrated("ocpi", "disconnect", "FLO")[0] == 0
    assert migrated("ocpi", "disconnect", "Nobody")[0] == 1


def test_a_driver_is_added_without_a_word_of_who(migrated: Run) -> None:
    code, out, _ = migrated("driver", "add", "--phone", "+15145550123", "--token", "ca*flo*04A1", "--token", "ca*flo*2")
    assert code == 0 and "2 tokens" in out and "5550123" not in out
    for phone, token in (("5550123", "ca*flo*1"), ("+15145550123", "flo*1")):
        code, _, err = migrated("driver", "add", "--phone", phone, "--token", token)
        assert code == 1 and err and "Traceback" not in err


def test_people_and_programs_are_let_in(migrated: Run) -> None:
    assert "Password: " in migrated("login", "add", "alice", "--generate")[1]
    assert "bwd_" in migrated("client", "add", "City", "--scopes", "violations:read", "evidence:read")[1]


def test_a_short_password_is_refused(migrated: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    code, _, err = migrated("login", "add", "alice")
    assert code == 1 and "password" in err


def test_an_empty_service_has_nothing_to_rebuild(migrated: Run) -> None:
    assert migrated("rebuild") == (0, "Nothing differs.\n", "")


def test_a_mapping_that_cannot_be_read_is_said(migrated: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from commands import listening
    from commands.context import CommandError

    file = tmp_path / "mapping.toml"
    file.write_text("subscription = 1")
    monkeypatch.setenv("BAYWARDEN_MQTT_MAPPING", str(file))
    with pytest.raises(CommandError, match="BAYWARDEN_MQTT_MAPPING"):
        listening.sources(load())


def test_a_violation_that_is_not_there_has_no_account(migrated: Run) -> None:
    code, _, err = migrated("why", "00000000-0000-0000-0000-000000000000")
    assert code == 1 and "no violation" in err


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("replay",),
        ("policy", "check"),
        ("policy", "sign"),
        ("policy", "publish"),
        ("places", "import"),
        ("sign", "attest", "ca*ben*l1", "--kind", "lot", "--land", "public", "--photo"),
    ],
    ids=" ".join,
)
def test_a_file_that_is_not_there_is_named_in_one_sentence(
    migrated: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, out, err = migrated(*words, str(tmp_path / "none"))
    assert (code, out, err) == (1, "", f"baywarden: {tmp_path / 'none'} can't be read: No such file or directory.\n")


def test_a_file_that_is_no_text_is_named_too(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "bays.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert migrated("import", str(file))[2] == f"baywarden: {file} is no text in UTF-8.\n"


def test_a_webhook_of_a_place_that_nobody_knows_is_added_with_a_word_of_warning(migrated: Run) -> None:
    words = ("webhooks", "add", "city", "https://city.example/hook", "--station", "ca*ben*L1")
    code, out, _ = migrated(*words)
    assert code == 0
    assert out.startswith(
        "No network has told of ca*ben*l1 yet; until one does, nothing is told of it.\ncity is told of"
    )
