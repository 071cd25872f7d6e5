"""Clients that we did not write push to a running service: extrawest-ocpi (2.2.1) and ocpplab-ocpi-211-sdk (2.1.1)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enforcement.facts import ChargerStatusSeen, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger
from ledger.partners import by_token, known
from ledger.registrations import Party, Registration, invite, register
from tests.conftest import NOON
from tests.ocpi.conftest import Clock
from tests.support.environments import python_of
from tests.support.ocpi_objects import evse, location, period, session
from tests.support.ocpi_peer import Platform
from tests.support.ocpi_services import Running, running

pytestmark = pytest.mark.timeout(300)  # the first time, the environments are made
SCRIPTS = Path(__file__).resolve().parents[1] / "third_party"
STAMP = "2026-03-02T17:00:00Z"
# extrawest-ocpi writes every optional field as null; this one has no default in it.
HOURS = {"twentyfourseven": True}


@pytest.fixture
def service(tmp_path: Path, clock: Clock) -> Iterator[Running]:
    with running(tmp_path, clock, "BWD") as made:
        yield made


def run(name: str, script: str, asked: dict[str, Any]) -> list[Any]:
    """What a script of the environment made of it."""
    done = subprocess.run(
        [str(python_of(name)), str(SCRIPTS / script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"COUNTRY_CODE": "BE", "PARTY_ID": "BEC", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    out: list[Any] = json.loads(done.stdout)
    return out


def facts(ledger: Ledger, kind: type) -> list[Any]:
    with ledger.read() as conn:
        return [f for f in fact_rows.load(conn, ["evse:be*bec*loc1*3256"]) if isinstance(f, kind)]


def member(service: Running) -> str:
    """The token C of a registered partner."""
    with service.ledger.write(NOON) as tx:
        found = by_token(tx.conn, invite(tx, "BeCharged"))
        assert found is not None
        registration = Registration(
            token="B",
            versions_url="http://127.0.0.1:1",
            connection={"version": "2.2.1", "endpoints": []},
            parties=[Party("be*bec", "BE", "BEC", "BeCharged")],
        )
        return register(tx, found[0], registration)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="extrawest-ocpi pins a pydantic that Python 3.13 can't run")
def test_extrawest_pushes_locations_sessions_tariffs_and_cdrs(service: Running) -> None:
    whole = session(charging_periods=[period(NOON, ENERGY=1.5)], kwh=1.5, session_id="101")
    cdr = {
        "country_code": "BE", "party_id": "BEC", "id": "c1", "start_date_time": STAMP, "end_date_time": "2026-03-02T18:00:00Z",
        "cdr_token": session()["cdr_token"], "auth_method": "WHITELIST", "currency": "EUR",
        "cdr_location": {"id": "LOC1", "address": "Street 1", "city": "Gent", "postal_code": "9000", "country": "BEL",
                         "coordinates": {"latitude": "51.047599", "longitude": "3.729944"}, "evse_uid": "3256", "evse_id": "BE*BEC*E3256",
                         "connector_id": "1", "connector_standard": "IEC_62196_T2", "connector_format": "SOCKET", "connector_power_type": "AC_3_PHASE"},
        "charging_periods": [period(NOON, TIME=1.0)], "total_cost": {"excl_vat": 4.0}, "total_energy": 1.5, "total_time": 1.0,
        "last_updated": "2026-03-02T18:00:00Z",
    }  # fmt: skip
    tariff = {"country_code": "BE", "party_id": "BEC", "id": "12", "currency": "EUR", "last_updated": STAMP,
              "elements": [{"price_components": [{"type": "PARKING_TIME", "price": 2.0, "step_size": 300}]}]}  # fmt: skip
    objects = [
        ["locations", location(evse(status="CHARGING"), opening_times=HOURS)],
        ["sessions", whole],
        ["tariffs", tariff],
        ["cdrs", cdr],
    ]
    url = f"{service.url}/ocpi/2.2.1"
    answers = run("extrawest", "push_by_extrawest.py", {"url": url, "token": member(service), "objects": objects})
    assert [answer[0] for answer in answers] == [201, 201, 201, 201]
    assert [answer[1]["status_code"] for answer in answers[:3]] == [1000, 1000, 1000]
    assert answers[3][1]["location"] == f"{service.url}/ocpi/2.2.1/cdrs/be/bec/c1", (
        "it writes identifiers in small letters"
    )
    assert [fact.status for fact in facts(service.ledger, ChargerStatusSeen)] == ["CHARGING"]
    assert [(fact.status, fact.energy_wh) for fact in facts(service.ledger, SessionUpdated)] == [("ACTIVE", 1_500)]


def test_ocpplab_registers_and_pushes_as_a_2_1_1_client(service: Running, platform: Platform) -> None:
    platform.says("/versions", [{"version": "2.1.1", "url": f"{platform.url}/2.1.1"}])
    platform.says(
        "/2.1.1", {"version": "2.1.1", "endpoints": [{"identifier": "credentials", "url": f"{platform.url}/c"}]}
    )
    connector = {"id": "1", "standard": "IEC_62196_T2", "format": "SOCKET", "power_type": "AC_3_PHASE", "voltage": 230,
                 "amperage": 32, "last_updated": STAMP}  # fmt: skip
    unit = {
        "uid": "3256",
        "evse_id": "BE*BEC*E3256",
        "status": "AVAILABLE",
        "connectors": [connector],
        "last_updated": STAMP,
    }
    place = {"id": "LOC1", "type": "ON_STREET", "address": "Street 1", "city": "Gent", "postal_code": "9000", "country": "BEL",
             "coordinates": {"latitude": "51.047599", "longitude": "3.729944"}, "evses": [unit], "last_updated": STAMP}  # fmt: skip
    at = {"country_code": "BE", "party_id": "BEC"}
    credentials = {
        **at,
        "token": "B-token",
        "url": f"{platform.url}/versions",
        "business_details": {"name": "BeCharged"},
    }
    whole = {"id": "101", "start_datetime": STAMP, "kwh": 0.0, "auth_id": "DE8ACC12E46L89", "auth_method": "WHITELIST", "location": place,
             "evse_uid": "3256", "connector_id": "1", "currency": "EUR", "status": "ACTIVE", "last_updated": STAMP}  # fmt: skip
    calls = [
        ["credentials", "post_credentials", credentials],
        ["credentials", "get_credentials", {}],
        ["locations", "put_receiver_location", {**at, "location_id": "LOC1", **place}],
        ["locations", "patch_receiver_evse", {**at, "location_id": "LOC1", "evse_uid": "3256", "request": {"status": "CHARGING", "last_updated": "2026-03-02T17:00:05Z"}}],
        ["sessions", "put_session_by_id", {**at, "session_id": "101", **whole}],
        ["sessions", "patch_session_by_id", {**at, "session_id": "101", "kwh": 2.5, "last_updated": "2026-03-02T17:00:09Z"}],
        ["sessions", "get_session_by_id", {**at, "session_id": "101"}],
        ["credentials", "put_credentials", {**credentials, "token": "B-token-2"}],
        ["credentials", "delete_credentials", {}],
    ]  # fmt: skip
    asked = {"url": f"{service.url}/ocpi/2.1.1", "token": service.invite("BeCharged"), "calls": calls}
    answers = run("ocpplab", "push_by_ocpplab.py", asked)
    assert [answer[0] for answer in answers] == [1000] * len(calls)
    assert answers[1][1]["token"] == answers[0][1]["token"]
    assert (answers[6][1]["kwh"], answers[6][1]["auth_id"]) == (2.5, "DE8ACC12E46L89")
    assert [call[1] for call in platform.calls] == ["Token B-token"] * 2 + ["Token B-token-2"] * 2
    assert [fact.status for fact in sorted(facts(service.ledger, ChargerStatusSeen), key=lambda f: f.at)] == [
        "AVAILABLE",
        "CHARGING",
    ]
    assert sorted(fact.energy_wh for fact in facts(service.ledger, SessionUpdated)) == [0, 2_500]
    with service.ledger.read() as conn:
        assert known(conn)[0].status == "closed"
