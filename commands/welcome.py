"""What ``baywarden run`` prepares for whoever starts it: a log-in, a token for the API, and the lines that say so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe

from configuration.kept import kept, replace_kept
from ledger import access
from ledger.database import Tx
from settings import Settings

_OWNER = "owner"
_CLIENT = "local reports"


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to come in. ``password`` is None once somebody has chosen another one."""

    name: str
    password: str | None = field(repr=False)
    token: str = field(repr=False)


def prepare_access(tx: Tx, folder: Path) -> Credentials:
    """A log-in and an API client, made at the first start and kept in ``folder`` (mode 0600)."""
    password: str | None = kept(folder / "owner.password", lambda: token_urlsafe(12))
    if not access.has_login(tx.conn, _OWNER):
        access.add_login(tx, _OWNER, str(password))
    elif access.check_login(tx.conn, _OWNER, str(password)) is None:
        password = None
    token_file = folder / "reports.token"
    token = token_file.read_text(encoding="utf-8").strip() if token_file.exists() else ""
    if access.client_of(tx.conn, token) is None:
        token = access.add_client(tx, _CLIENT, access.READING)
        replace_kept(token_file, token)
    return Credentials(_OWNER, password, token)


def welcome(settings: Settings, credentials: Credentials, *, is_demo: bool) -> str:
    """What runs where, and how to come in."""
    return "\n".join(_lines(settings, credentials, is_demo))


def _lines(settings: Settings, credentials: Credentials, is_demo: bool) -> Iterator[str]:
    url = settings.public_url
    password = credentials.password or "(the one that you chose)"
    yield ""
    yield f"  Baywarden    {url}   log in as {credentials.name}, password {password}"
    yield f"  OCPI         {url}/ocpi/versions"
    broker = f"127.0.0.1:{settings.broker_port} (embedded)" if settings.is_broker_ours else "as configured"
    yield f"  MQTT broker  {broker}"
    database = settings.database_url.removeprefix("sqlite:///") if settings.is_sqlite else "PostgreSQL"
    yield f"  Database     {database}; secrets in {settings.data_dir / 'secrets'}"
    yield f"  SMS          {'printed here, sent to nobody' if settings.sms_channel == 'console' else 'by Twilio'}"
    if is_demo:
        yield "  Demo town    14 bays of two fictional networks; all of it is synthetic. Seconds stand for minutes."
        yield "               Within a minute: unplugged, idle and overstaying vehicles, and warnings by SMS."
    yield ""
    yield "  The municipal report:"
    yield f"  curl -H 'Authorization: Bearer {credentials.token}' '{url}/api/v1/violations'"
    yield ""
    yield "  Ctrl-C ends everything; the next start goes on from here."
    yield ""
