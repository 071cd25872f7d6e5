"""OCPI PUT session for each second of CPU, beside an empty Flask view under the same gunicorn."""

import base64
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.places import BAYS, answers, free_port, furnish, make_ledger, process, until
from ledger.partners import Party, Registration, by_token, invite, register

SESSIONS = 700
_TICKS = os.sysconf("SC_CLK_TCK")
_WARM_UP = 60


def measure(database: str | None) -> float:
    """PUTs for each CPU second of the server's processes; of the empty view if there is no database.

    A session is three PUTs: it begins, it is done charging, it is over.
    """
    token = "none"
    if database is not None:
        furnish(database)
        token = _registered(database)
    app = "benchmarks.wsgi:empty()" if database is None else f"benchmarks.wsgi:service({database!r})"
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--log-level", "warning", "--no-control-socket", app]
    puts = list(_puts(_WARM_UP + SESSIONS))
    with (
        process(command) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        until(answers(port), "gunicorn answers")
        headers = {"Authorization": f"Token {base64.b64encode(token.encode()).decode()}"}
        for path, body in puts[: 3 * _WARM_UP]:
            client.put(path, json=body, headers=headers).raise_for_status()
        before = _cpu_seconds(server.pid)
        for path, body in puts[3 * _WARM_UP :]:
            answer = client.put(path, json=body, headers=headers)
            if answer.is_error or answer.json().get("status_code", 1000) != 1000:
                raise SystemExit(f"PUT {path}: HTTP {answer.status_code} {answer.text[:300]}")
        return 3 * SESSIONS / (_cpu_seconds(server.pid) - before)


def _puts(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Sessions at all EVSEs in turn, up to now."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=7)
    for number in range(count):
        began = start + timedelta(seconds=600 * number / BAYS)
        done, over = began + timedelta(minutes=4), began + timedelta(minutes=8)
        parking = {"start_date_time": _z(done), "dimensions": [{"type": "PARKING_TIME", "volume": 0}]}
        for at, kwh, periods, status in (
            (began, 0, [], "ACTIVE"),
            (done, 5, [parking], "ACTIVE"),
            (over, 5, [parking], "COMPLETED"),
        ):
            body = {
                "country_code": "CA",
                "party_id": "BEN",
                "id": f"S{number}",
                "start_date_time": _z(began),
                "kwh": kwh,
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
                "charging_periods": periods,
                "status": status,
                "last_updated": _z(at),
            }
            if status == "COMPLETED":
                body["end_date_time"] = _z(over)
            yield f"/ocpi/2.2.1/sessions/CA/BEN/S{number}", body


def _registered(database: str) -> str:
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


def _cpu_seconds(parent: int) -> float:
    """User and system time of a process and its children, from /proc."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == parent or int(fields[1]) == parent:
            total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


def _z(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
