"""``baywarden keys``: what an operator does to change the keys that encrypt personal data."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from ledger.vault import Vault
from settings import load
from tests.runtime.conftest import Run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder that ``run`` uses."""
    return tmp_path / "var"


def _keys(data: Path) -> list[str]:
    return (data / "secrets" / "vault.key").read_text().split()


def test_rotate_then_retire(migrated: Run, data: Path) -> None:
    added = ("driver", "add", "--phone", "+15145550100", "--token", "ca*flo*04A1")
    assert migrated(*added)[0] == 0
    (before,) = _keys(data)
    code, said, _ = migrated("keys", "rotate")
    assert code == 0
    assert "driver: 1 row(s) encrypted anew" in said
    assert _keys(data)[1:] == [before]
    assert not any(key in said for key in _keys(data))
    code, said, _ = migrated("keys", "retire")
    assert (code, len(_keys(data))) == (0, 1)
    assert _keys(data) != [before]
    assert "1 old key(s) forgotten" in said
    assert migrated(*added)[0] == 0  # the same number is the same driver
    assert migrated("keys", "retire")[:2] == (0, "There is only one key.\n")


def test_another_pseudonym_key_is_refused(migrated: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert migrated("rebuild")[0] == 0
    monkeypatch.setenv("BAYWARDEN_PSEUDONYM_KEY", "ab" * 32)
    code, _, said = migrated("rebuild")
    assert code == 1
    assert "no driver would be found again" in said


def test_keys_in_the_environment_are_not_rotated_for_you(migrated: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAYWARDEN_VAULT_KEYS", Fernet.generate_key().decode())
    code, _, said = migrated("keys", "rotate")
    assert code == 1
    assert "BAYWARDEN_VAULT_KEYS_FILE" in said


def test_the_pseudonym_key_can_be_told(tmp_path: Path, migrated: Run, data: Path) -> None:
    _, said, _ = migrated("keys", "show", "--pseudonym")
    settings = load({"BAYWARDEN_DATA_DIR": str(data)})
    assert Vault(["dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdCE="], said.strip()).fingerprint() == (
        Vault(settings.vault_keys, settings.pseudonym_key).fingerprint()
    )


def test_the_last_key_stays_while_pseudonyms_follow_from_it(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "vault.key"
    file.write_text("\n".join(Fernet.generate_key().decode() for _ in range(2)))
    monkeypatch.setenv("BAYWARDEN_DATABASE_URL", "postgresql://db/bay")
    monkeypatch.setenv("BAYWARDEN_VAULT_KEYS_FILE", str(file))
    monkeypatch.setenv("BAYWARDEN_SESSION_SECRET", "x" * 40)
    code, _, said = run("keys", "retire")
    assert code == 1
    assert "BAYWARDEN_PSEUDONYM_KEY" in said
    assert len(file.read_text().split()) == 2


def test_a_driver_is_given_what_is_kept_and_erased(migrated: Run) -> None:
    assert migrated("driver", "add", "--phone", "+15145550100", "--token", "ca*flo*04A1")[0] == 0
    code, said, _ = migrated("privacy", "export", "--phone", "+15145550100")
    assert (code, json.loads(said)["phone"]) == (0, "+15145550100")
    assert migrated("privacy", "erase", "--phone", "+15145550100")[0] == 0
    assert migrated("privacy", "erase", "--phone", "+15145550100")[0] == 1
    code, said, _ = migrated("privacy", "log")
    assert [line.split("  ")[2] for line in said.splitlines()] == ["erased", "everything"]
    assert "+1514" not in said
    assert migrated("purge")[0] == 0
