"""Settings: the only place that reads the environment. Everything that is wrong is named at once.

Each setting is ``BAYWARDEN_<NAME>`` in the environment, or a line ``BAYWARDEN_<NAME>=value`` in the file that
``BAYWARDEN_ENV_FILE`` names (the environment wins). A secret may also be given as ``BAYWARDEN_<NAME>_FILE``, the path
of a file that holds it. docs/settings.md documents each one; a test holds it to that.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from configuration import values
from configuration.keys import fernet_keys, hex_key
from configuration.sources import PREFIX, gather
from configuration.together import contradictions, derive, keep_secrets, own_broker


class SettingsError(ValueError):
    """Settings that can't be used; ``faults`` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def _option(default: str, read: Callable[[str], Any], *, is_secret: bool = False) -> Any:
    """A setting: its default as it would be written, how to read it, and whether its value may be shown."""
    return field(repr=not is_secret, metadata={"default": default, "read": read, "is_secret": is_secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a process must know before it starts. The defaults run the embedded service on loopback."""

    data_dir: Path = _option("var", values.folder)  # noqa: RUF009
    database_url: str = _option("", values.database, is_secret=True)
    broker_port: int = _option("18830", values.whole(1, 65535))
    mqtt_url: str = _option("", values.url("mqtt", "mqtts"), is_secret=True)
    mqtt_mapping: Path | None = _option("", values.file)  # noqa: RUF009
    mqtt_client_id: str = _option("baywarden", values.text)
    web_host: str = _option("127.0.0.1", values.text)
    web_port: int = _option("8000", values.whole(1, 65535))
    web_workers: int = _option("2", values.whole(1, 64))
    public_url: str = _option("", values.url("https", "http"))
    trusted_proxies: int = _option("0", values.whole(0, 9))
    vault_keys: tuple[str, ...] = _option("", fernet_keys, is_secret=True)
    pseudonym_key: str = _option("", hex_key, is_secret=True)
    session_secret: str = _option("", values.secret, is_secret=True)
    country_code: str = _option("CA", values.code(2, "a country code of two letters"))
    party_id: str = _option("BWD", values.code(3, "an OCPI party id of three letters or digits"))
    party_name: str = _option("Baywarden", values.text)
    clock_workers: int = _option("0", values.none_or(1, 64))
    ocpi_pull_s: int = _option("300", values.whole(10, 86_400))
    sms_channel: str = _option("console", values.choice("console", "twilio"))
    twilio_account_sid: str = _option("", values.text)
    twilio_auth_token: str = _option("", values.text, is_secret=True)
    twilio_from: str = _option("", values.text)
    twilio_redact: bool = _option("yes", values.switch)
    twilio_url: str = _option("", values.url("https", "http"))
    sms_per_second: int = _option("0", values.whole(0, 10_000))
    webhooks_private: bool = _option("no", values.switch)
    sign_phone: str = _option("", values.phone)
    phone_countries: tuple[str, ...] = _option("CA US", values.countries)
    phone_codes_an_hour: int = _option("300", values.whole(0, 1_000_000))
    keep_phones_days: int = _option("30", values.whole(0, 36_500))
    keep_tokens_days: int = _option("400", values.whole(0, 36_500))
    keep_disputes_days: int = _option("180", values.whole(0, 36_500))
    keep_messages_days: int = _option("90", values.whole(0, 36_500))
    keep_objects_days: int = _option("400", values.whole(0, 36_500))
    keep_rejects_days: int = _option("30", values.whole(0, 36_500))
    keep_plates_days: int = _option("90", values.whole(0, 36_500))
    keep_facts_days: int = _option("0", values.none_or(90, 36_500))
    keep_access_log_days: int = _option("730", values.whole(0, 36_500))
    camera_secret: str = _option("", values.secret, is_secret=True)
    tts_storage_url: str = _option("", values.url("https", "http"))
    tts_storage_key: str = _option("", values.text, is_secret=True)
    tts_storage_s: int = _option("900", values.whole(60, 86_400))
    log_level: str = _option("INFO", values.choice("DEBUG", "INFO", "WARNING", "ERROR"))
    # Where the vault keys lie, if they have a file of their own: it is read again when it changes.
    vault_file: Path | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file beside the processes."""
        return self.database_url.startswith("sqlite")

    @property
    def is_broker_ours(self) -> bool:
        """Whether nobody named a broker, so that the service runs its own on loopback."""
        return self.mqtt_url == own_broker(self.broker_port)


def names() -> dict[str, bool]:
    """The names of all settings, as they are written in the environment, and whether each is a secret."""
    return {PREFIX + each.name.upper(): bool(each.metadata["is_secret"]) for each in _options()}


def _options() -> list[Field[Any]]:
    return [each for each in fields(Settings) if each.metadata]


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises :class:`SettingsError` with a sentence for everything that is wrong.

    With SQLite, secrets that were not given are made once and kept in the data folder.
    """
    faults: list[str] = []
    files: dict[str, Path] = {}
    given = gather(os.environ if environ is None else environ, names(), faults, files)
    found: dict[str, Any] = {}
    for each in _options():
        name = PREFIX + each.name.upper()
        try:
            found[each.name] = each.metadata["read"](given.get(name, each.metadata["default"]))
        except ValueError as error:
            shown = "" if each.metadata["is_secret"] else f" = {given.get(name, '')!r}"
            faults.append(f"{name}{shown} {error}.")
    if not faults:
        derive(found)
        faults += contradictions(found)
    if not faults:
        found["vault_file"] = files.get(f"{PREFIX}VAULT_KEYS")
        faults += keep_secrets(found) if found["database_url"].startswith("sqlite") else []
    if faults:
        raise SettingsError(faults)
    return Settings(**found)
