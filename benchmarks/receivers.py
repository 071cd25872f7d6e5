"""Servers that take sessions, each in a process of its own: an empty view, the door, and extrawest-ocpi's receiver."""

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.places import answers, free_port, furnish, make_ledger, process, until
from ledger.partners import by_token
from ledger.registrations import Party, Registration, invite, register

_EXTRAWEST = Path(__file__).parent / "extrawest"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A server that takes sessions, and how to speak to it."""

    server: subprocess.Popen[bytes]
    port: int
    prefix: str = "/ocpi/2.2.1"
    token: str = "none"

    def client(self) -> httpx.Client:
        """A client that is let in."""
        headers = {"Authorization": f"Token {base64.b64encode(self.token.encode()).decode()}"}
        url = f"http://127.0.0.1:{self.port}{self.prefix}"
        return httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60)


def empty() -> AbstractContextManager[Receiver]:
    """A view that does nothing: what Flask and gunicorn cost."""
    return _gunicorn("benchmarks.wsgi:empty()", "none")


def ours(database: str) -> AbstractContextManager[Receiver]:
    """The OCPI door, on this database."""
    furnish(database)
    return _gunicorn(f"benchmarks.wsgi:service({database!r})", registered(database))


@contextmanager
def extrawest() -> Iterator[Receiver]:
    """The receiver of extrawest-ocpi, on a SQLite file."""
    python = _environment()
    port = free_port()
    command = [str(python), "-m", "uvicorn", "receiver:app", "--app-dir", str(_EXTRAWEST), "--port", str(port)]
    with tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder:
        extra = {"BENCH_DATABASE": f"{folder}/sessions.db", "BENCH_TOKEN": "none"}
        with process([*command, "--log-level", "warning", "--no-access-log"], os.environ | extra) as server:
            until(answers(port), "uvicorn answers")
            yield Receiver(server, port, "/ocpi/emsp/2.2.1")


def registered(database: str) -> str:
    """Make the bench's network a partner; gives the token that it comes with."""
    ledger = make_ledger(database)
    with ledger.write(datetime.now(UTC)) as tx:
        found = by_token(tx.conn, invite(tx, "Bench"))
        if found is None:
            raise SystemExit("the invitation is not known")
        party = Party(network="ca*ben", country_code="CA", party_id="BEN", name="Bench")
        registration = Registration(token="B", versions_url="http://127.0.0.1", connection={}, parties=[party])
        token = register(tx, found[0], registration)
    ledger.close()
    return token


@contextmanager
def _gunicorn(app: str, token: str) -> Iterator[Receiver]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with process([*command, "--log-level", "warning", "--no-control-socket", app]) as server:
        until(answers(port), "gunicorn answers")
        yield Receiver(server, port, token=token)


def _environment() -> Path:
    """An environment of its own, made once and kept: extrawest-ocpi pins old libraries."""
    folder = _EXTRAWEST / ".venv"
    python, stamp = folder / "bin" / "python", folder / ".made"
    lock = _EXTRAWEST / "requirements.lock"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        stamp.write_text(lock.read_text())
    return python
