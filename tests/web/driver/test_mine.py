"""One's own data: shown, taken along, deleted; and the legal hold that says why not yet."""

import json
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from ledger.claims import of_driver
from ledger.database import Ledger, table
from ledger.rebuild import differences
from models import AccessLog, Driver, Entry, FactRow, StayClaim
from tests.support.drivers_phone import PHONE, last_code, scan, send
from tests.support.town import Town
from tests.web.driver.conftest import Clock
from tests.web.driver.test_disputes import leave


def mine(ledger: Ledger) -> int:
    rows = table(StayClaim)
    with ledger.read() as conn:
        return int(conn.execute(select(rows.c.driver).where(rows.c.how == "page")).scalars().first())


def test_everything_that_is_kept_can_be_taken_along(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    scan(phone, ledger, codes["G2"], remember="yes")
    response = phone.get("/me/data.json")
    assert response.headers["Content-Disposition"].startswith("attachment")
    kept = json.loads(response.data)
    assert kept["phone"] == PHONE and kept["language"] == "en" and len(kept["tokens"]) == 1
    assert [consent["what"] for consent in kept["consents"]] == ["stay", "token"]
    (stay,) = kept["stays"]
    assert (stay["station"], stay["bay"]) == ("Gare du Palais", "G2")
    assert [v["kind"] for v in stay["violations"]] == ["idle"]
    assert any("charging has finished" in (message["text"] or "") for message in kept["messages"])
    assert any(read["what"] == "everything" for read in json.loads(phone.get("/me/data.json").data)["read_by"])
    page = phone.get("/me").text
    assert "Gare du Palais" in page and PHONE not in page and "+1*****0142" in page


def test_ones_stays_are_opened_from_there_and_told_by_the_stations_clock(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], clock: Clock
) -> None:
    link = scan(phone, ledger, codes["G2"])
    page = phone.get("/me?lang=fr").text
    assert f'href="{link}?lang=fr"' in page and phone.get(link).status_code == 200
    stay = page.partition(f'href="{link}')[2].partition("</p>")[0]
    assert "UTC" not in stay and " h " in stay
    assert "CAD" not in stay or not re.search(r"\d\.\d\d CAD", stay)


def test_deleting_is_not_one_touch_away(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    scan(phone, ledger, codes["G2"])
    before, _, after = phone.get("/me").text.partition("Delete my data…</summary>")
    assert "Delete my data now" not in before and "Delete my data now" in after


def test_only_for_a_phone_that_was_proved(phone: FlaskClient, ledger: Ledger) -> None:
    assert phone.get("/me").location == "/me/phone"
    assert phone.get("/me/data.json").status_code == 404
    asked = send(phone, "/me/phone", phone=PHONE)
    assert send(phone, asked.location, code=last_code(ledger)).location == "/me"
    assert phone.get("/me").status_code == 200
    token = phone.get("/me").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert phone.post("/me/out", data={"csrf_token": token}).location == "/b"
    assert phone.get("/me").location == "/me/phone"


def test_an_open_case_holds_the_data_and_says_so(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    scan(phone, ledger, codes["H1"])
    response = delete(phone)
    assert response.status_code == 409 and "the law holds your data" in response.text
    assert "A fee is running" in response.text
    assert phone.get("/me").status_code == 200


def test_deleting_leaves_the_evidence_whole(
    phone: FlaskClient, ledger: Ledger, town: Town, codes: dict[str, str], clock: Clock
) -> None:
    link = scan(phone, ledger, codes["H1"])
    leave(town, clock)
    driver = mine(ledger)
    with ledger.read() as conn:
        evidence = [conn.execute(select(table(model))).all() for model in (FactRow, Entry)]
    response = delete(phone)
    assert response.status_code == 200 and "Nothing is kept" in response.text
    assert phone.get("/me").location == "/me/phone" and phone.get(link).status_code == 404
    with ledger.read() as conn:
        assert of_driver(conn, driver) == []
        kept = conn.execute(select(table(Driver)).where(table(Driver).c.id == driver)).one()
        assert (kept.phone, kept.phone_hash) == ("", f"erased:{driver}")
        assert [conn.execute(select(table(model))).all() for model in (FactRow, Entry)] == evidence
        log = conn.execute(select(table(AccessLog)).where(table(AccessLog).c.subject == f"driver:{driver}")).all()
    assert log[-1].what == "erased"
    assert list(differences(ledger, clock.now)) == []


def delete(phone: FlaskClient) -> Any:
    token = phone.get("/me").text.split('name="csrf_token" value="')[1].split('"')[0]
    return phone.post("/me/delete", data={"csrf_token": token})
