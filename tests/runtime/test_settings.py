"""Settings: everything that is wrong is said at once, and every one is documented."""

import re
import stat
from pathlib import Path

import pytest

import settings
from settings import SettingsError, load

ROOT = Path(__file__).resolve().parents[2]
KEY = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdCE="
POSTGRES = {
    "BAYWARDEN_DATABASE_URL": "postgresql://b:s3cret@db/bay",
    "BAYWARDEN_VAULT_KEYS": KEY,
    "BAYWARDEN_SESSION_SECRET": "x" * 40,
}


def _faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    return caught.value.faults


def test_defaults_are_an_embedded_service_on_loopback(tmp_path: Path) -> None:
    found = load({"BAYWARDEN_DATA_DIR": str(tmp_path)})
    assert found.database_url == f"sqlite:///{tmp_path}/baywarden.db"
    assert found.web_host == "127.0.0.1" and found.is_broker_ours and found.sms_channel == "console"
    assert found.public_url == f"http://127.0.0.1:{found.web_port}"
    assert found.clock_workers == 1


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    rows = dict(re.findall(r"^\| `(BAYWARDEN_[A-Z_]+)`( 🔑)? \|", text, re.MULTILINE))
    assert {name: bool(mark) for name, mark in rows.items()} == settings.names()


def test_the_example_names_only_settings_that_are_there() -> None:
    text = (ROOT / ".env.example").read_text()
    named = re.findall(r"^(BAYWARDEN_[A-Z_]+)=", text, re.MULTILINE)
    assert named
    secrets = {f"{name}_FILE" for name, is_secret in settings.names().items() if is_secret}
    assert set(named) <= settings.names().keys() | secrets


def test_all_that_is_wrong_is_said_at_once() -> None:
    faults = _faults(
        {
            "BAYWARDEN_WEB_PORT": "80000",
            "BAYWARDEN_WEBPORT": "1",
            "BAYWARDEN_DATABASE_URL": "mysql://u:hidden@h/d",
            "BAYWARDEN_SMS_CHANNEL": "pigeon",
            "BAYWARDEN_PUBLIC_URL": "baywarden.example.org",
            "BAYWARDEN_MQTT_MAPPING": "/nowhere/mapping.toml",
            "BAYWARDEN_COUNTRY_CODE": "CAN",
        }
    )
    assert len(faults) == 7
    assert all(fault.endswith((".", "?")) for fault in faults)
    assert "did you mean BAYWARDEN_WEB_PORT?" in " ".join(faults)
    assert "hidden" not in " ".join(faults)


def test_postgresql_needs_the_secrets_that_all_processes_share() -> None:
    faults = _faults({"BAYWARDEN_DATABASE_URL": "postgresql://db/bay"})
    assert [fault.split()[0] for fault in faults] == ["BAYWARDEN_VAULT_KEYS", "BAYWARDEN_SESSION_SECRET"]
    assert load(POSTGRES).database_url == "postgresql+psycopg://b:s3cret@db/bay"


def test_twilio_needs_its_account() -> None:
    assert len(_faults({**POSTGRES, "BAYWARDEN_SMS_CHANNEL": "twilio"})) == 3


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    environ = {"BAYWARDEN_DATA_DIR": str(tmp_path)}
    first, second = load(environ), load(environ)
    assert first.vault_keys == second.vault_keys and first.session_secret == second.session_secret
    assert len(first.session_secret) >= 32
    kept = list((tmp_path / "secrets").iterdir())
    assert len(kept) == 3 and {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_secrets_are_not_in_a_settings_text() -> None:
    found = load(POSTGRES)
    assert KEY not in repr(found) and "s3cret" not in repr(found)


def test_a_settings_file_and_files_of_secrets(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(KEY + "\n")
    file = tmp_path / "env"
    file.write_text(
        f"# comment\n\nexport BAYWARDEN_DATABASE_URL='postgresql://db/bay'\nBAYWARDEN_VAULT_KEYS_FILE={secret}\n"
        "BAYWARDEN_WEB_PORT=9000\nBAYWARDEN_SESSION_SECRET=" + "y" * 32 + "\n"
    )
    found = load({"BAYWARDEN_ENV_FILE": str(file), "BAYWARDEN_WEB_PORT": "9001"})
    assert found.vault_keys == (KEY,) and found.web_port == 9001


def test_a_broken_settings_file_is_told_by_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("BAYWARDEN_WEB_PORT 9000\nPATH=/bin\n")
    faults = _faults({"BAYWARDEN_ENV_FILE": str(file), "BAYWARDEN_VAULT_KEYS_FILE": "/nowhere"})
    assert ["line 1" in fault or "line 2" in fault or "/nowhere" in fault for fault in faults] == [True] * 3


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    assert _faults({**POSTGRES, "BAYWARDEN_VAULT_KEYS_FILE": str(tmp_path / "none")})[0].endswith("give one of them.")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "can't be written" in _faults({"BAYWARDEN_DATA_DIR": str(tmp_path / "file")})[0]
