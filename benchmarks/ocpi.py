"""CPU milliseconds for a session's PUT and PATCH, beside an empty Flask view and beside extrawest-ocpi's own receiver.

Flask applications run under gunicorn with one synchronous worker, extrawest-ocpi under uvicorn, as it is meant to. CPU
is user and system time of the server's processes; PostgreSQL's own is not in it. What the session means is decided by
another process, in batches; that is measured apart and told apart.
"""

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.places import BAYS, answers, free_port, furnish, make_ledger, process, until
from benchmarks.processes import cpu_seconds
from ledger.assess import assess_due
from ledger.partners import by_token
from ledger.registrations import Party, Registration, invite, register

SESSIONS = 600
_WARM_UP = 60
_EXTRAWEST = Path(__file__).parent / "extrawest"


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU milliseconds a request: to take it in durably, and to decide what follows, in a process apart."""

    put: float
    patch: float
    deciding: float = 0.0


def empty(sessions: int = SESSIONS) -> Measured:
    """A view that does nothing: what Flask and gunicorn cost."""
    with _gunicorn("benchmarks.wsgi:empty()") as (pid, port):
        return _measure(pid, port, "none", "/ocpi/2.2.1", sessions)


def ours(database: str, sessions: int = SESSIONS) -> Measured:
    """The OCPI door, on this database."""
    furnish(database)
    token = registered(database)
    with _gunicorn(f"benchmarks.wsgi:service({database!r})") as (pid, port):
        taken = _measure(pid, port, token, "/ocpi/2.2.1", sessions)
    return Measured(taken.put, taken.patch, _decide(database, sessions))


def extrawest() -> Measured:
    """The receiver of extrawest-ocpi, on a SQLite file."""
    python = _environment()
    port = free_port()
    command = [str(python), "-m", "uvicorn", "receiver:app", "--app-dir", str(_EXTRAWEST), "--port", str(port)]
    with tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder:
        extra = {"BENCH_DATABASE": f"{folder}/sessions.db", "BENCH_TOKEN": "none"}
        with process([*command, "--log-level", "warning", "--no-access-log"], os.environ | extra) as server:
            until(answers(port), "uvicorn answers")
            return _measure(server.pid, port, "none", "/ocpi/emsp/2.2.1", SESSIONS)


@contextmanager
def _gunicorn(app: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with process([*command, "--log-level", "warning", "--no-control-socket", app]) as server:
        until(answers(port), "gunicorn answers")
        yield server.pid, port


def _measure(pid: int, port: int, token: str, prefix: str, sessions: int) -> Measured:
    """Every session begins with a PUT that creates it and goes on with two that change it, or with two PATCHes."""
    headers = {"Authorization": f"Token {base64.b64encode(token.encode()).decode()}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}{prefix}", trust_env=False, timeout=60) as client:

        def send(method: str, numbers: range, *, only: slice = slice(None)) -> float:
            requests = [each for number in numbers for each in list(_told(method, number))[only]]
            before = cpu_seconds(pid)
            for how, path, body in requests:
                answer = client.request(how, path, json=body, headers=headers)
                if answer.is_error or answer.json().get("status_code", 1000) != 1000:
                    raise SystemExit(f"{how} {path}: HTTP {answer.status_code} {answer.text[:300]}")
            return 1000 * (cpu_seconds(pid) - before) / len(requests)

        send("PUT", range(_WARM_UP))
        put = send("PUT", range(_WARM_UP, _WARM_UP + sessions))
        patched = range(_WARM_UP + sessions, 2 * (_WARM_UP + sessions))
        send("PATCH", patched, only=slice(0, 1))
        return Measured(put, send("PATCH", patched, only=slice(1, None)))


def _decide(database: str, sessions: int) -> float:
    ledger = make_ledger(database)
    before = time.process_time()
    while assess_due(ledger, datetime.now(UTC)):
        pass
    took = time.process_time() - before
    ledger.close()
    return 1000 * took / (2 * 3 * (_WARM_UP + sessions))


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


def _told(method: str, number: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """One session as its network tells it: it begins, it is done charging, it is over."""
    start = datetime.now(UTC).replace(microsecond=0, second=0) - timedelta(days=7)
    began = start + timedelta(seconds=600 * number / BAYS)
    done, over = began + timedelta(minutes=4), began + timedelta(minutes=8)
    parking = {"start_date_time": _z(done), "dimensions": [{"type": "PARKING_TIME", "volume": 0}]}
    path = f"/sessions/CA/BEN/S{number}"
    whole = {
        "country_code": "CA",
        "party_id": "BEN",
        "id": f"S{number}",
        "start_date_time": _z(began),
        "kwh": 0,
        "cdr_token": {
            "country_code": "CA",
            "party_id": "BEN",
            "uid": f"T{number}",
            "type": "RFID",
            "contract_id": f"T{number}",
        },
        "auth_method": "WHITELIST",
        "location_id": "L1",
        "evse_uid": str(number % BAYS),
        "connector_id": "1",
        "currency": "CAD",
        "charging_periods": [],
        "status": "ACTIVE",
        "last_updated": _z(began),
    }
    yield "PUT", path, whole
    then: list[dict[str, Any]] = [
        {"kwh": 5, "charging_periods": [parking], "last_updated": _z(done)},
        {"status": "COMPLETED", "end_date_time": _z(over), "last_updated": _z(over)},
    ]
    if method == "PUT":
        then = [{**whole, **then[0]}, {**whole, **then[0], **then[1]}]
    for body in then:
        yield method, path, body


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


def _z(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
