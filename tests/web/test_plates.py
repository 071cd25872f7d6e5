"""The plate of a violation: read by the city for a reason, which is noted; by nobody else."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import access
from ledger.database import Ledger, table
from ledger.plates import PlateRead, erase_plates, plate_key, see_plates
from ledger.queries.access_log import reads
from ledger.record import record
from models import ViolationRow
from tests.conftest import NOON
from tests.support.browsing import add_owner, bearer, log_in, make_app
from tests.support.town import Town
from tests.web.test_api import check

END = 60
OFFICER, PASSWORD = "officer", "a long password"


@pytest.fixture
def town(ledger: Ledger) -> Town:
    """A vehicle whose plate a camera read stands unplugged; another one is within its grace."""
    town = Town(ledger, NOON)
    town.networks_live(END)
    town.occupied("H4", *range(0, END + 1, 5))
    town.occupied("H2", 50, 55, 60)
    town.play(END)
    with ledger.write(town.at(END)) as tx:
        record(tx, see_plates(tx, [sight(town, "H4", 80, 9), sight(town, "H4", 97, 10), sight(town, "H2", 90, 52)]))
    town.play(END)
    add_owner(ledger, NOON)
    with ledger.write(NOON) as tx:
        access.add_login(tx, OFFICER, PASSWORD, access.OFFICER)
    return town


def sight(town: Town, bay: str, confidence: int, minute: int) -> PlateRead:
    at = town.at(minute)
    return PlateRead(
        at=at, seen_at=at, source="http:platerecognizer", source_id=f"{bay}{minute}", subject=f"sensor:{bay}-sensor",
        text=f"{bay} 234", jurisdiction="ca-qc", confidence=confidence,
    )  # fmt: skip


@pytest.fixture
def app(town: Town) -> Flask:
    return make_app(town.ledger, lambda: town.at(END))


def public_id(town: Town, bay: str = "H4") -> str:
    rows = table(ViolationRow)
    with town.ledger.read() as conn:
        return str(conn.execute(rows.select().where(rows.c.bay == f"ca*nsc*harbour/{bay}")).one().public_id)


def person(app: Flask, name: str = OFFICER, password: str = PASSWORD) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, name, password).status_code == 303
    return client


def post(client: FlaskClient, path: str, **form: str) -> Any:
    token = client.get("/").text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": token, **form})


def log(town: Town) -> list[tuple[str, str, str]]:
    with town.ledger.read() as conn:
        return [(row.reader, row.what, row.purpose) for row in reads(conn, None, 10)]


def test_an_officer_reads_it_with_a_reason_that_is_noted(app: Flask, town: Town) -> None:
    officer, wanted = person(app), public_id(town)
    shown = officer.get(f"/violations/{wanted}").text
    assert "H4-sensor" in shown and "97 % sure, issued in CA-QC" in shown and "H4234" not in shown
    answer = post(officer, f"/violations/{wanted}/plate", reason="notice 4711")
    assert answer.status_code == 200 and "H4234" in answer.text and answer.headers["Cache-Control"] == "no-store"
    assert log(town) == [("login:officer", "plate", f"{wanted[:8]}: notice 4711")]


def test_an_owner_never_reads_it(app: Flask, town: Town) -> None:
    owner, wanted = person(app, "owner", "correct horse battery"), public_id(town)
    assert "Read the plate" not in owner.get(f"/violations/{wanted}").text
    assert post(owner, f"/violations/{wanted}/plate", reason="notice 4711").status_code == 403
    assert log(town) == []


@pytest.mark.parametrize("reason", ["", "why", "x" * 69, "a\x00reason"])
def test_without_a_reason_nothing_is_read(app: Flask, town: Town, reason: str) -> None:
    assert post(person(app), f"/violations/{public_id(town)}/plate", reason=reason).status_code == 400
    assert log(town) == []


def test_who_broke_nothing_yet_is_not_read(app: Flask, town: Town) -> None:
    answer = post(person(app), f"/violations/{public_id(town, 'H2')}/plate", reason="notice 4711")
    assert answer.status_code == 400 and "it is no violation" in answer.text
    assert log(town) == []


def test_an_erased_plate_is_gone(app: Flask, town: Town) -> None:
    wanted = public_id(town)
    with town.ledger.write(NOON) as tx:
        erase_plates(tx, [plate_key(tx.vault, "H4 234", "ca-qc")])
    officer = person(app)
    assert "Erased since" in officer.get(f"/violations/{wanted}").text
    assert post(officer, f"/violations/{wanted}/plate", reason="notice 4711").status_code == 410
    assert log(town) == []


def test_a_citys_program_reads_it_and_others_do_not(app: Flask, town: Town) -> None:
    client, path = app.test_client(), f"/api/v1/violations/{public_id(town)}/plate"
    document = json.loads(client.get("/api/v1/openapi.json").data)
    city = bearer(town.ledger, NOON, ["plates:read"])
    answer = client.post(path, headers=city, json={"reason": "notice 4711"})
    assert answer.status_code == 200
    check(document, "PlateRead", answer.json)
    assert (answer.json["plate"], answer.json["jurisdiction"]) == ("H4234", "ca-qc")
    assert [each["confidence"] for each in answer.json["sightings"]] == [80, 97]
    assert {each["camera"] for each in answer.json["sightings"]} == {"sensor:H4-sensor"}
    assert log(town) == [("client:city", "plate", f"{public_id(town)[:8]}: notice 4711")]
    others = bearer(town.ledger, NOON, ["violations:read", "evidence:read"], "auditor")
    assert client.post(path, headers=others, json={"reason": "notice 4711"}).status_code == 403
    assert client.post(path, json={"reason": "notice 4711"}).status_code == 401
    listed = client.get("/api/v1/violations?state=running", headers=others).json["data"]
    assert [each["plate"] for each in listed] == ["read"]
    whole = client.get(f"/api/v1/violations/{public_id(town)}", headers=others)
    check(document, "ViolationDetail", whole.json)
    assert "H4234" not in whole.text and "H4 234" not in whole.text


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'{"reason": 3}', b'{"reason": "notice", "x": "y"}', b'{"reason": "no"}']
)
def test_a_program_gives_a_reason(app: Flask, town: Town, body: bytes) -> None:
    city = bearer(town.ledger, NOON, ["plates:read"])
    path = f"/api/v1/violations/{public_id(town)}/plate"
    assert app.test_client().post(path, headers=city, data=body).status_code == 400
    assert log(town) == []


def test_an_officer_changes_nothing(app: Flask, town: Town) -> None:
    officer, wanted = person(app), public_id(town)
    assert post(officer, f"/violations/{wanted}/answer", outcome="waived", words="no").status_code == 403
    assert post(officer, f"/findings/{wanted}", note="seen").status_code == 403


def test_an_officer_reads_of_cameras_in_both_languages(app: Flask, town: Town) -> None:
    shown = person(app).get(f"/violations/{public_id(town)}").text
    assert "camera H4-sensor: a plate of CA-QC, 97 % sure" in shown
    assert "caméra H4-sensor: une plaque de CA-QC, sûre à 97 %" in shown
