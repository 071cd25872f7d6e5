"""A bay's code by SMS ties the sender's phone to the stay, and is answered in their language."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from enforcement import bay_codes
from ledger.database import Ledger, table
from models import Consent, Driver, StayClaim
from notifications.claiming import CLAIMED, NO_SUCH_CODE, NO_VEHICLE, code_in
from notifications.gsm7 import segments
from notifications.hooks import HookSettings, blueprint
from notifications.texts import SERVICE
from tests.conftest import NOON, empty_ledger
from tests.support.drivers_phone import codes_of
from tests.support.town import LENGTH, fill
from tests.support.twilio_server import AUTH_TOKEN, PUBLIC_URL, signature

END = NOON + LENGTH
PHONE = "+15145550166"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with empty_ledger(f"sqlite:///{tmp_path / 'town.db'}") as ledger:
        fill(ledger, NOON)
        yield ledger


@pytest.fixture
def client(ledger: Ledger) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint(ledger, lambda: END, HookSettings(auth_token=AUTH_TOKEN, public_url=PUBLIC_URL)))
    return app.test_client()


@pytest.fixture
def codes(ledger: Ledger) -> dict[str, str]:
    return codes_of(ledger, "ca*nsc*harbour", END) | codes_of(ledger, "ca*elv*gare", END)


def text(client: FlaskClient, body: str, sender: str = PHONE) -> str:
    form = {"Body": body, "From": sender, "MessageSid": "SM" + "0" * 32}
    headers = {"X-Twilio-Signature": signature(f"{PUBLIC_URL}/hooks/twilio/message", form)}
    return client.post("/hooks/twilio/message", data=form, headers=headers).text


def claims(ledger: Ledger) -> list:
    rows = table(StayClaim)
    with ledger.read() as conn:
        return list(conn.execute(select(rows).where(rows.c.how == "text")))


def test_the_code_alone_is_enough(client: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    answer = text(client, codes["G2"].lower())
    (claim,) = claims(ledger)
    assert claim.bay == "ca*elv*gare/G2" and claim.code in answer and "before this stay costs anything" in answer
    with ledger.read() as conn:
        (consent,) = conn.execute(select(table(Consent))).all()
    assert consent.source == "text message" and "Texted the code" in consent.text
    assert text(client, codes["G2"]) == answer and len(claims(ledger)) == 1, "twice is once"


def test_in_the_drivers_language(client: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    code = codes["H1"]
    assert "avant tous frais" in text(client, f"Bonjour place {bay_codes.shown(code)} merci")
    assert "avant tous frais" in text(client, code, "+14185550102"), "chloe is known and speaks French"


def test_nobody_there_and_no_such_code(client: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    assert "no vehicle is seen" in text(client, codes["H3"])
    assert "no sign has this code" in text(client, bay_codes.make(lambda chars: chars[0]))
    assert "<Message>" not in text(client, "hello there")
    assert claims(ledger) == []


def test_who_texts_too_often_gets_no_answer(client: FlaskClient, codes: dict[str, str]) -> None:
    answers = [text(client, codes["H3"]) for _ in range(11)]
    assert all("<Message>" in answer for answer in answers[:10]) and "<Message>" not in answers[10]


def test_a_sender_that_is_no_number_changes_nothing(client: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    assert "<Message>" not in text(client, codes["H1"], "whatsapp:+15145550166")
    with ledger.read() as conn:
        assert len(conn.execute(select(table(Driver))).all()) == 2


@pytest.mark.parametrize("words", [CLAIMED, NO_VEHICLE, NO_SUCH_CODE])
def test_answers_are_one_segment(words: dict[str, str]) -> None:
    for said in words.values():
        assert segments(f"{SERVICE}: {said.format(code='K7M4RXP')}") == 1


@pytest.mark.parametrize("body", ["", "STOP", "please call me", "1234567", "ABCDEFG" * 50])
def test_other_words_hold_no_code(body: str) -> None:
    assert code_in(body) is None


def test_the_moment_is_the_messages(client: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    text(client, codes["H1"])
    assert claims(ledger)[0].at == END and claims(ledger)[0].created_at - END < timedelta(seconds=1)
