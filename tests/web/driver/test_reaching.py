"""From the sign to the stay's page: a number, a code, a claim; and what the tick for the token means."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from enforcement.bay_codes import shown
from ledger.database import Ledger, table
from models import AccessLog, Consent, Driver, DriverToken, Message, PhoneCode, StayClaim
from tests.support.drivers_phone import PHONE, last_code, scan, send, sms
from tests.support.town import Town
from tests.web.driver.conftest import END, Clock


def rows(ledger: Ledger, model: type) -> list:
    with ledger.read() as conn:
        return list(conn.execute(select(table(model))))


def scanned(ledger: Ledger) -> list:
    return [claim for claim in rows(ledger, StayClaim) if claim.how == "page"]


def test_the_whole_way_ends_at_the_stay(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    stay = phone.get(scan(phone, ledger, codes["H1"])).text
    assert "Charging finished" in stay and "A fee is running" in stay and "Contest it" in stay
    (claim,) = scanned(ledger)
    assert claim.bay == "ca*nsc*harbour/H1" and claim.at == END and claim.how == "page"
    (consent,) = rows(ledger, Consent)
    assert consent.what == "stay" and "text messages about this stay" in consent.text
    assert consent.source.startswith("page 20") and consent.given_at == END and consent.language == "en"


def test_a_vehicle_that_plugged_in_in_time_owes_nothing_and_is_told_so(
    phone: FlaskClient, ledger: Ledger, town: Town, codes: dict[str, str], clock: Clock
) -> None:
    """Its sensor spoke before its network: what was watched for that moment is cleared, and does not count."""
    town.occupied("H3", 181, 182)
    clock.now = town.play(182.5)
    town.session("H3", "zoe", 183, status="ACTIVE", started_at=town.at(183), energy_wh=100)
    clock.now = town.play(184)
    stay = phone.get(scan(phone, ledger, codes["H3"])).text
    assert "Nothing counts against this stay" in stay and "It ended in time, or was withdrawn." in stay


def test_a_code_is_a_frozen_message_that_nobody_else_reads(
    phone: FlaskClient, owner: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    scan(phone, ledger, codes["H1"])
    message = next(row for row in rows(ledger, Message) if row.step == "phone_code")
    code = last_code(ledger)
    assert message.sealed and code not in message.text and message.violation is None
    assert message.not_after == END + timedelta(minutes=10)
    assert code not in "".join(map(str, rows(ledger, PhoneCode)))
    listed = owner.get("/outbox").text
    assert "A code, which only the driver reads" in listed and code not in listed


def test_numbers_are_encrypted(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    scan(phone, ledger, codes["H1"], phone="(514) 555-0142")
    for model in (Driver, PhoneCode, StayClaim, Message, Consent, AccessLog):
        assert "5550142" not in "".join(map(str, rows(ledger, model)))


def test_a_scan_of_an_unknown_vehicle_brings_its_warnings(
    phone: FlaskClient, ledger: Ledger, town: Town, codes: dict[str, str], clock: Clock
) -> None:
    """Nobody knows who stands in G2, in its grace: whoever scans there is warned at once, and told when a fee runs."""
    before = len(sms(ledger))
    scan(phone, ledger, codes["G2"], phone="+15145550143")
    (claim,) = scanned(ledger)
    warning = sms(ledger)[before + 1 :]
    assert len(warning) == 1 and "charging has finished at Gare du Pal.., bay G2" in warning[0]
    assert f"Code {claim.code}." in warning[0] and "http" not in warning[0]
    town.session("G2", "finn", 195, status="ACTIVE", energy_wh=8880)
    town.occupied("G2", 195)
    clock.now = town.play(196)
    told = sms(ledger)[before + 2 :]
    assert len(told) == 1 and "a fee is running" in told[0]


def test_the_known_driver_is_still_told_and_each_once(
    phone: FlaskClient, ledger: Ledger, town: Town, codes: dict[str, str]
) -> None:
    """A stranger's scan takes nothing from the driver of the token."""
    scan(phone, ledger, codes["H1"])
    town.occupied("H1", 186, taken=False)
    town.session("H1", "bea", 187, status="COMPLETED", ended_at=town.at(186))
    town.play(188)
    ended = [row for row in rows(ledger, Message) if row.step == "fee_ended" and "H1" in row.text]
    assert len({row.driver for row in ended}) == 2 == len(ended)


def test_the_tick_ties_the_token_from_now_on_without_saying_where(
    phone: FlaskClient, ledger: Ledger, town: Town, codes: dict[str, str], clock: Clock
) -> None:
    scan(phone, ledger, codes["G2"], remember="yes")
    assert [c.what for c in rows(ledger, Consent)] == ["stay", "token"]
    (mine,) = [row for row in rows(ledger, DriverToken) if row.token.startswith("finn")]
    assert mine.scanned
    town.occupied("G2", 185, taken=False)
    town.session("G2", "finn", 186, status="COMPLETED", ended_at=town.at(185))
    town.occupied("G3", 190)
    town.charge("G3", "finn0", 191, 196, until=198)  # another session of the same token
    clock.now = town.play(198)
    elsewhere = sms(ledger)[-1]
    assert "charging has finished at your bay" in elsewhere and "Gare" not in elsewhere and "Code" not in elsewhere
    assert send(phone, f"/b/{codes['G3']}/phone").status_code == 303
    assert not next(row for row in rows(ledger, DriverToken) if row.token.startswith("finn")).scanned


def test_a_token_that_is_somebodys_is_not_taken(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    before = [row for row in rows(ledger, DriverToken) if row.token.startswith("bea")]
    scan(phone, ledger, codes["H1"], remember="yes")
    assert [row for row in rows(ledger, DriverToken) if row.token.startswith("bea")] == before


def test_the_code_of_a_message_opens_the_stay_on_another_browser(
    app: Flask, phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    link = scan(phone, ledger, codes["G2"])
    (claim,) = scanned(ledger)
    assert send(phone, "/s", code=claim.code).location == link, "the phone is known here"
    other = app.test_client()
    asked = send(other, "/s", code=shown(claim.code).lower())
    assert asked.location.startswith("/code/") and link not in asked.text
    assert send(other, asked.location, code=last_code(ledger)).location == link


def test_a_phone_is_asked_for_once_a_day_only(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    scan(phone, ledger, codes["H1"])
    count = len(sms(ledger, "phone_code"))
    assert "The phone that you confirmed" in phone.get(f"/b/{codes['G1']}/phone").text
    assert send(phone, f"/b/{codes['G1']}/phone").location.startswith("/s/")
    assert len(sms(ledger, "phone_code")) == count
    assert len({claim.driver for claim in scanned(ledger)}) == 1


def test_another_code_is_asked_for_where_the_first_one_was(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    at_a_bay = send(phone, f"/b/{codes['G2']}/phone?lang=fr", phone=PHONE).location
    assert f'href="/b/{codes["G2"]}/phone?lang=fr">Demander un autre code' in phone.get(at_a_bay).text
    wrong = send(phone, at_a_bay, code="000000")
    assert wrong.status_code == 400 and f'href="/b/{codes["G2"]}/phone?lang=fr"' in wrong.text
    in_spanish = at_a_bay.replace("lang=fr", "lang=es").replace("&", "&amp;")
    assert in_spanish in phone.get(at_a_bay).text, "another language is no other place"
    of_nothing = send(phone, "/s", code="8W3GUSU").location
    assert 'href="/s">Ask for another code' in phone.get(of_nothing).text
    of_mine = send(phone, "/me/phone", phone=PHONE).location
    assert 'href="/me/phone">Ask for another code' in phone.get(of_mine).text
