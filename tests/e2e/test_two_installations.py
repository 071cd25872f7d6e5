"""Two services as operators run them, each with gunicorn: connected by command, in every version, over HTTP.

The first is a charging network to the second: it pushes a station and a session, and gets the record of its idle fee.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from commands.context import open_ledger
from ledger.partners import known, token_to_send
from ocpi.wire import stamp
from settings import load
from tests.support import ocpi_objects as objects
from tests.support.installations import Installation, installed
from tests.support.ocpi_peer import base64_of

VERSIONS = ["2.1.1", "2.2.1", "2.3.0"]
PARTY = {"country_code": "CA", "party_id": "ONE"}
POLICY = """
id = "idle"
version = 1
title = "Idle"
effective_from = 2020-01-01T00:00:00Z
currency = "EUR"
[[clause]]
kind = "idle"
grace = "10m"
rate = "0.40"
per = "1m"
min_confidence = "inferred"
"""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Installation]]:
    """Two services that do not know each other; the second has a policy, and all its processes."""
    folder = tmp_path_factory.mktemp("installations")
    (folder / "idle.toml").write_text(POLICY)
    with installed(folder, {"ONE": ("web",), "TWO": ("web", "clock", "sender")}) as made:
        made[1].command("policy", "publish", str(folder / "idle.toml"))
        yield made


@pytest.mark.parametrize("version", VERSIONS)
def test_they_connect_exchange_rotate_and_part(pair: list[Installation], version: str) -> None:
    one, two = pair
    name = f"Peer {version}"
    found = re.search(r"token A +(\S+)", two.command("ocpi", "invite", name))
    assert found is not None
    # 2.1.1 has a versions URL for each side, and it is a CPO that sends records.
    versions = f"{two.url}/ocpi/{'cpo/' if version == '2.1.1' else ''}versions"
    words = ("ocpi", "connect", versions, "--token", "-", "--name", name, "--version", version)
    assert f"is connected in OCPI {version}: ca*two" in one.command(*words, given=found[1])
    assert re.search(rf"^{name} +registered +{version} +ca\*one$", two.command("ocpi", "list"), re.MULTILINE)
    two.command("network", "settle", "ca*one", "us")

    pushed = push_stay(one, two, name, version)
    record = wait_for_record(one, pushed)
    assert record["total_cost"] == TOTALS[version]
    assert f"{two.url}/violations/" in record["remark"]

    assert f"in OCPI {version}" in one.command("ocpi", "rotate", name)
    assert "has new tokens" in two.command("ocpi", "rotate", name, "--version", "2.2.1")
    assert re.search(rf"^{name} +registered +2\.2\.1 ", one.command("ocpi", "list"), re.MULTILINE)
    assert "has ended" in two.command("ocpi", "disconnect", name)
    assert re.search(rf"^{name} +closed", one.command("ocpi", "list"), re.MULTILINE)


# 40 minutes idle, 10 of them free, at 0.40.
TOTALS: dict[str, Any] = {
    "2.1.1": 12,
    "2.2.1": {"excl_vat": 12, "incl_vat": 12},
    "2.3.0": {"before_taxes": 12, "taxes": []},
}


def test_a_stranger_gets_an_envelope(pair: list[Installation]) -> None:
    answer = httpx.get(f"{pair[0].url}/ocpi/versions", headers={"Authorization": "Token nobody"}, trust_env=False)
    assert (answer.status_code, answer.json()["status_code"]) == (401, 2001)


def push_stay(one: Installation, two: Installation, name: str, version: str) -> str:
    """A station, and a session of three hours ago: 20 minutes of charging, then 40 idle. Gives the session's id."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    place, session = f"L{version}", f"S{version}"
    end = start + timedelta(hours=1)
    periods = [objects.period(start, TIME=0.3333), objects.period(start + timedelta(minutes=20), PARKING_TIME=0.6667)]
    said = {"start_date_time": stamp(start), "location_id": place, "charging_periods": periods, "kwh": 9.5}
    ended = {"status": "COMPLETED", "end_date_time": stamp(end)}
    token = {**PARTY, "uid": "1", "type": "RFID", "contract_id": "CA-ONE-1"}
    with one.acting():
        ledger = open_ledger(load())
        with closing(ledger), ledger.read() as conn:
            partner = next(each for each in known(conn) if each.name == name)
            given = token_to_send(ledger.vault, partner)
    headers = {"Authorization": f"Token {given if version == '2.1.1' else base64_of(given)}"}
    with httpx.Client(base_url=f"{two.url}/ocpi/{version}", headers=headers, trust_env=False) as network:
        for path, document in (
            (f"locations/CA/ONE/{place}", objects.location(objects.evse(at=start), at=start, **PARTY, id=place)),
            (
                f"sessions/CA/ONE/{session}",
                written(version, objects.session(session, end, **PARTY, cdr_token=token, **said, **ended)),
            ),
        ):
            answer = network.put(path, json=document).json()
            assert answer["status_code"] == 1000, answer
    return session


def written(version: str, session: dict[str, Any]) -> dict[str, Any]:
    """In 2.1.1 a session holds its location, and its token is a contract."""
    if version != "2.1.1":
        return session
    at = datetime.fromisoformat(session["start_date_time"])
    place = objects.location(objects.evse(at=at), at=at, id=session["location_id"])
    left = {"cdr_token", "location_id", "evse_uid", "start_date_time", "end_date_time", "connector_id"}
    return {name: value for name, value in session.items() if name not in left} | {
        "start_datetime": session["start_date_time"],
        "end_datetime": session["end_date_time"],
        "auth_id": "CA-ONE-1",
        "location": place,
    }


def wait_for_record(one: Installation, session: str) -> dict[str, Any]:
    """The charge record that the first one got for a session."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(one.folder / "baywarden.db")) as database:
            rows = database.execute("SELECT document FROM ocpi_object WHERE module = 'cdrs' ORDER BY id").fetchall()
        for record in (json.loads(row[0]) for row in rows):
            if session in (record.get("session_id"), f"S{record.get('location', {}).get('id', '')[1:]}"):
                return dict(record)
        time.sleep(0.2)
    raise AssertionError(f"no record of {session}")
