"""Settings together: what follows from others, what contradicts others, and secrets that nobody gave."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from configuration.kept import kept
from configuration.keys import fernet_keys, new_vault_key, pseudonym_key_of
from configuration.sources import PREFIX


def own_broker(port: int) -> str:
    """The broker that the service runs itself, on loopback."""
    return f"mqtt://127.0.0.1:{port}"


def derive(found: dict[str, Any]) -> None:
    """Defaults that follow from other settings."""
    found["database_url"] = found["database_url"] or f"sqlite:///{found['data_dir'] / 'baywarden.db'}"
    is_sqlite = found["database_url"].startswith("sqlite")
    found["clock_workers"] = found["clock_workers"] or (1 if is_sqlite else 2)  # SQLite has one writer
    found["mqtt_url"] = found["mqtt_url"] or own_broker(found["broker_port"])
    found["public_url"] = found["public_url"] or f"http://127.0.0.1:{found['web_port']}"
    if found["twilio_from"].startswith("+"):  # a Messaging Service has no number of its own
        found["sign_phone"] = found["sign_phone"] or found["twilio_from"]


def contradictions(found: Mapping[str, Any]) -> list[str]:
    """Settings that are right alone and wrong together."""
    needs: list[tuple[str, str]] = []
    if not found["database_url"].startswith("sqlite"):
        needs.append(("vault_keys", "with PostgreSQL all processes need the same keys to read phone numbers"))
        needs.append(("session_secret", "with PostgreSQL all processes need the same one to know who is logged in"))
    if found["sms_channel"] == "twilio":
        why = f"{PREFIX}SMS_CHANNEL = 'twilio' needs it"
        needs += [(name, why) for name in ("twilio_account_sid", "twilio_auth_token", "twilio_from")]
    if found["tts_storage_url"]:
        needs.append(("tts_storage_key", f"{PREFIX}TTS_STORAGE_URL needs it"))
    return [f"{PREFIX}{name.upper()} is missing: {why}." for name, why in needs if not found[name]]


def keep_secrets(found: dict[str, Any]) -> list[str]:
    """Make secrets that were not given, once, and keep them in the data folder. Returns what is wrong."""
    folder: Path = found["data_dir"] / "secrets"
    try:
        if not found["vault_keys"]:
            found["vault_file"] = folder / "vault.key"
            found["vault_keys"] = fernet_keys(kept(found["vault_file"], new_vault_key))
        found["pseudonym_key"] = found["pseudonym_key"] or kept(
            folder / "pseudonym.key", lambda: pseudonym_key_of(found["vault_keys"][-1])
        )
        found["session_secret"] = found["session_secret"] or kept(folder / "session.key", secrets.token_urlsafe)
    except OSError as error:
        return [f"{PREFIX}DATA_DIR = '{found['data_dir']}' can't be written ({error.strerror})."]
    return []
