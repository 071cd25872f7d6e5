"""Guessing, SMS pumping, enumeration: counted in the database, limited, and told nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from enforcement import bay_codes
from ledger.database import Ledger, table
from ledger.drivers import known_by
from ledger.reachability import opt_out
from models import Attempt, Message
from tests.support.browsing import make_app
from tests.support.drivers_phone import PHONE, last_code, scan, send, sms
from tests.web.driver.conftest import END, Clock


def sent(ledger: Ledger) -> int:
    with ledger.read() as conn:
        return len(conn.execute(select(table(Message)).where(table(Message).c.step == "phone_code")).all())


def ask(app: Flask, code: str, phone: str, address: str) -> Any:
    """A fresh browser at some address gives a number."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return send(client, f"/b/{code}/phone", phone=phone)


def test_one_address_sends_few_codes(app: Flask, ledger: Ledger, codes: dict[str, str], clock: Clock) -> None:
    numbers = [f"+1514555{index:04}" for index in range(100, 108)]
    answers = [ask(app, codes["H1"], number, "192.0.2.1").status_code for number in numbers[:5]]
    assert answers == [303] * 5
    assert ask(app, codes["H2"], numbers[5], "192.0.2.1").status_code == 429
    assert sent(ledger) == 5
    clock.now = END + timedelta(minutes=11)
    assert ask(app, codes["H2"], numbers[6], "192.0.2.1").status_code == 303


def test_one_bay_sends_few_codes_whoever_asks(app: Flask, ledger: Ledger, codes: dict[str, str]) -> None:
    answers = [
        ask(app, codes["H1"], f"+1514555{index:04}", f"192.0.2.{index}").status_code for index in range(100, 107)
    ]
    assert answers == [303] * 6 + [429] and sent(ledger) == 6


def test_one_number_gets_few_codes_and_nobody_is_told(app: Flask, ledger: Ledger, codes: dict[str, str]) -> None:
    bays = [codes[bay] for bay in ("H1", "H2", "H4", "G1", "G2")]
    answers = [ask(app, bay, PHONE, f"192.0.2.{index}") for index, bay in enumerate(bays)]
    assert [answer.status_code for answer in answers] == [303] * 5
    assert sent(ledger) == 3, "the rest looks the same and sends nothing"


def test_all_together_send_no_more_than_the_setting(ledger: Ledger, clock: Clock, codes: dict[str, str]) -> None:
    app = make_app(ledger, clock, phone_codes_an_hour=2)
    bays = ("H1", "H2", "H4")
    answers = [
        ask(app, codes[bay], f"+1514555{index:04}", f"192.0.2.{index}").status_code
        for index, bay in enumerate(bays, 100)
    ]
    assert answers == [303, 303, 429]


def test_processes_count_together(app: Flask, ledger: Ledger, clock: Clock, codes: dict[str, str]) -> None:
    other = make_app(ledger, clock)
    apps = [app, other, app, other, app, other]
    answers = [
        ask(each, codes["H1"], f"+1514555{index:04}", "192.0.2.1").status_code for index, each in enumerate(apps, 100)
    ]
    assert answers == [303] * 5 + [429]


@pytest.mark.parametrize(
    "typed", ["+33 6 12 34 56 78", "+1 900 555 0199", "911", "12345", "+1 800 555 0199", "x" * 500, "+1514555014２９"]
)
def test_numbers_that_are_not_served(phone: FlaskClient, ledger: Ledger, codes: dict[str, str], typed: str) -> None:
    response = send(phone, f"/b/{codes['H1']}/phone", phone=typed)
    assert response.status_code == 400 and "not a mobile number" in response.text and sent(ledger) == 0


def test_five_tries_then_even_the_right_code_is_wrong(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    asked = send(phone, f"/b/{codes['H1']}/phone", phone=PHONE).location
    right = last_code(ledger)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    answers = [send(phone, asked, code=wrong) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {400}
    last = send(phone, asked, code=right)
    assert last.status_code == 400 and "wrong or no longer holds" in last.text


def test_a_code_is_old_after_ten_minutes_and_used_once(
    app: Flask, phone: FlaskClient, ledger: Ledger, codes: dict[str, str], clock: Clock
) -> None:
    asked = send(phone, f"/b/{codes['H1']}/phone", phone=PHONE).location
    assert send(phone, asked, code=last_code(ledger)).status_code == 303
    assert send(app.test_client(), asked, code=last_code(ledger)).status_code == 400
    other = app.test_client()
    asked = send(other, f"/b/{codes['H2']}/phone", phone="+15145550177").location
    clock.now = END + timedelta(minutes=10)
    assert send(other, asked, code=last_code(ledger)).status_code == 400


def test_guessing_codes_of_signs_ends_for_the_address(
    app: Flask, phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    import random

    dice = random.Random(3)
    answers = [phone.get(f"/b/{bay_codes.make(dice.choice)}").status_code for _ in range(30)]
    assert set(answers) == {404}
    assert phone.get(f"/b/{codes['H1']}").status_code == 429, "a hit among guesses is told to nobody"
    assert phone.get(f"/b/{codes['H1']}/phone").status_code == 429
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    assert elsewhere.get(f"/b/{codes['H1']}").status_code == 200
    with ledger.read() as conn:
        assert "127.0.0.1" not in "".join(map(str, conn.execute(select(table(Attempt)))))


def test_a_code_of_no_stay_is_answered_like_one_of_a_stay(
    app: Flask, phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    scan(phone, ledger, codes["G2"])
    claim = sms(ledger)[-1].split("Code ")[1][:7]
    before = sent(ledger)
    known, unknown = (send(app.test_client(), "/s", code=code) for code in (claim, bay_codes.make(lambda s: s[0])))
    assert known.status_code == unknown.status_code == 303
    assert known.location.split("/")[1] == unknown.location.split("/")[1] == "code"
    assert len(known.location) == len(unknown.location) and sent(ledger) == before + 1
    page = app.test_client().get(unknown.location).text
    assert page and "If the number can be reached" in page


def test_known_unknown_and_opted_out_numbers_are_answered_alike(
    app: Flask, ledger: Ledger, codes: dict[str, str]
) -> None:
    with ledger.write(END) as tx:
        known_by(tx, "+15145550155", "fr")
        opt_out(tx, known_by(tx, "+15145550156", "fr"))
    answers = [ask(app, codes["H1"], f"+1514555015{last}", f"192.0.2.{last}") for last in (5, 6, 7)]
    assert [(answer.status_code, len(answer.location)) for answer in answers] == [(303, len(answers[0].location))] * 3


def test_cookies_are_for_the_server_and_this_site_only(ledger: Ledger, clock: Clock, codes: dict[str, str]) -> None:
    client = make_app(ledger, clock, secure_cookies=True).test_client()
    base = "https://bays.example"
    page = client.get(f"/b/{codes['H1']}/phone", base_url=base)
    cookie = page.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Secure"))


def test_old_counts_are_forgotten(app: Flask, ledger: Ledger, codes: dict[str, str], clock: Clock) -> None:
    ask(app, codes["H1"], PHONE, "192.0.2.1")
    clock.now = END + timedelta(days=3)
    client = app.test_client()
    assert client.get("/b/2222223").status_code == 404
    with ledger.read() as conn:
        assert all(row.until > clock.now for row in conn.execute(select(table(Attempt))))


def test_a_phone_that_is_known_claims_few_stays_an_hour(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    scan(phone, ledger, codes["H1"])
    bays = ["H2", "H4", "G1", "G2"] * 3
    answers = [send(phone, f"/b/{codes[bay]}/phone") for bay in bays[:11]]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
