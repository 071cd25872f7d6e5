"""CPU milliseconds for a session's PUT and PATCH, beside an empty Flask view and beside extrawest-ocpi's own receiver.

Flask applications run under gunicorn with one synchronous worker, extrawest-ocpi under uvicorn, as it is meant to. All
run at once, and take their turns: what neighbours on the machine take away, they take from each. CPU is user and system
time of the server's processes; PostgreSQL's own is not in it. What the session means is decided by another process, in
batches; that is measured apart and told apart.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks import receivers
from benchmarks.places import BAYS, make_ledger
from benchmarks.processes import threads_cpu_seconds
from benchmarks.receivers import Receiver
from ledger.assess import assess_due

SESSIONS = 1_200
_A_TURN = 25
_UPDATES = {"put": 3, "patch": 2}


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU milliseconds a request."""

    put: float
    patch: float


def compare(databases: Mapping[str, str]) -> dict[str, Measured]:
    """An empty view, the door on each database, and extrawest-ocpi's receiver."""
    ours = {name: receivers.ours(url) for name, url in databases.items()}
    return measure({"empty": receivers.empty(), **ours, "extrawest-ocpi, SQLite": receivers.extrawest()})


def deciding(database: str, sessions: int = SESSIONS, known: int = BAYS) -> float:
    """CPU milliseconds to decide what was taken in, each update, in a process apart."""
    ledger = make_ledger(database)
    before = time.process_time()
    while assess_due(ledger, datetime.now(UTC)):
        pass
    took = time.process_time() - before
    ledger.close()
    return 1000 * took / (2 * 3 * (known + sessions))


def measure(
    servers: Mapping[str, AbstractContextManager[Receiver]], sessions: int = SESSIONS, known: int = BAYS
) -> dict[str, Measured]:
    """Run these servers and let them take their turns.

    Every session begins with a PUT that creates it and goes on with two that change it, or with two PATCHes. ``known``:
    so many sessions before, not measured; whose bay an EVSE is, is remembered from then on.
    """
    with ExitStack() as ending:
        running = {name: ending.enter_context(server) for name, server in servers.items()}
        clients = {name: ending.enter_context(server.client()) for name, server in running.items()}
        took = {name: Counter[str]() for name in running}

        def send(name: str, method: str, numbers: range, only: slice = slice(None)) -> float:
            requests = [each for number in numbers for each in list(_told(method, number))[only]]
            before = threads_cpu_seconds(running[name].server.pid)
            for request in requests:
                _send(clients[name], *request)
            return threads_cpu_seconds(running[name].server.pid) - before

        for name in running:
            send(name, "PUT", range(known))
        for numbers in _turns(known, sessions):
            for name in running:
                took[name]["put"] += send(name, "PUT", numbers)
        for numbers in _turns(known + sessions, sessions):
            for name in running:
                send(name, "PATCH", numbers, slice(0, 1))
                took[name]["patch"] += send(name, "PATCH", numbers, slice(1, None))
    return {name: _of_each(times, sessions) for name, times in took.items()}


def _of_each(times: Mapping[str, float], sessions: int) -> Measured:
    return Measured(**{how: 1000 * times[how] / (count * sessions) for how, count in _UPDATES.items()})


def _turns(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, _A_TURN):
        yield range(start, min(start + _A_TURN, first + count))


def _send(client: httpx.Client, method: str, path: str, body: dict[str, Any]) -> None:
    answer = client.request(method, path, json=body)
    if answer.is_error or answer.json().get("status_code", 1000) != 1000:
        raise SystemExit(f"{method} {path}: HTTP {answer.status_code} {answer.text[:300]}")


def _told(method: str, number: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """One session as its network tells it: it begins, it is done charging, it is over.

    At all bays within the same seconds, as a large network does: that it was heard is noted once in five seconds. The
    same driver comes to a bay each time.
    """
    start = datetime.now(UTC).replace(microsecond=0, second=0) - timedelta(hours=3)
    turn, bay = divmod(number, BAYS)
    began = start + timedelta(minutes=10 * turn, milliseconds=bay)
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
            "uid": f"T{bay}",
            "type": "RFID",
            "contract_id": f"T{bay}",
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


def _z(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
