"""What Twilio tells us, signed: call-backs in any order and twice, and drivers' words."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger.database import Ledger
from ledger.token_ties import driver_for_token
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.hooks import HookSettings, blueprint
from tests.conftest import NOON, minutes
from tests.notifications.conftest import StandingClock, send_due
from tests.support.outbox_rows import messages, phone, put_messages, states
from tests.support.twilio_server import AUTH_TOKEN, PUBLIC_URL, TwilioServer, lose, signature

Callback = tuple[str, dict[str, str], dict[str, str]]


@pytest.fixture
def client(ledger: Ledger, clock: StandingClock) -> Iterator[FlaskClient]:
    app = Flask(__name__)
    app.register_blueprint(blueprint(ledger, clock, HookSettings(auth_token=AUTH_TOKEN, public_url=PUBLIC_URL)))
    with app.test_client() as client:
        yield client


def post(client: FlaskClient, callback: Callback) -> int:
    url, form, headers = callback
    return client.post(url.removeprefix(PUBLIC_URL), data=form, headers=headers).status_code


def sent(ledger: Ledger, channel: TwilioChannel, clock: StandingClock, count: int = 1) -> None:
    put_messages(ledger, count, NOON)
    send_due(ledger, channel, clock, limit=count)


def test_call_backs_raise_a_message_and_never_lower_it(
    ledger: Ledger, client: FlaskClient, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    sent(ledger, channel, clock)
    clock.now = minutes(1)
    seen = []
    for status in ("sent", "delivered", "sent", "delivered", "queued"):
        assert post(client, twilio.callback(0, status)) == 204
        seen += states(ledger)
    assert seen == ["sent", "delivered", "delivered", "delivered", "delivered"]
    assert messages(ledger)[0].sent_at == NOON


def test_one_that_was_not_delivered_says_why(
    ledger: Ledger,
    client: FlaskClient,
    channel: TwilioChannel,
    twilio: TwilioServer,
    clock: StandingClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent(ledger, channel, clock)
    assert post(client, twilio.callback(0, "undelivered", ErrorCode="30007")) == 204
    assert messages(ledger)[0].reason == "Twilio 30007: filtered by the carrier as spam"
    assert states(ledger) == ["failed"]
    assert "filtered by the carrier" in caplog.text, "the operator is told"
    assert phone(0) not in caplog.text


def test_a_call_back_resolves_a_message_whose_answer_was_lost(
    ledger: Ledger, client: FlaskClient, account: TwilioAccount, twilio: TwilioServer, clock: StandingClock
) -> None:
    """The only way to, where Twilio redacts."""
    twilio.faults.append(lose(accepted=True))
    sent(ledger, TwilioChannel(replace(account, redact=True)), clock)
    assert states(ledger) == ["unknown"]
    assert post(client, twilio.callback(0, "sent")) == 204
    assert states(ledger) == ["sent"]
    assert messages(ledger)[0].provider_id == twilio.messages[0]["sid"]


def test_an_opt_out_that_a_call_back_tells_of_is_kept(
    ledger: Ledger, client: FlaskClient, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    sent(ledger, channel, clock)
    assert post(client, twilio.callback(0, "failed", ErrorCode="21610")) == 204
    with ledger.read() as conn:
        assert driver_for_token(conn, "token-0") is None


def test_without_the_right_signature_nothing_is_believed(
    ledger: Ledger, client: FlaskClient, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    sent(ledger, channel, clock)
    url, form, headers = twilio.callback(0, "delivered")
    wrong = [
        (url, form, {}),
        (url, form, {"X-Twilio-Signature": ""}),
        (url, form, {"X-Twilio-Signature": "é"}),
        (url, form, {"X-Twilio-Signature": signature(url, form, token="another")}),
        (url, form | {"MessageStatus": "failed"}, headers),
        (url + "1", form, headers),
        (url.replace("oid=", "oid=9&oid="), form, headers),
    ]
    assert [post(client, each) for each in wrong] == [403] * len(wrong)
    assert states(ledger) == ["sent"]


def test_a_forged_host_does_not_matter_because_our_own_address_was_signed(
    ledger: Ledger, client: FlaskClient, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    sent(ledger, channel, clock)
    url, form, headers = twilio.callback(0, "delivered")
    forged = "https://evil.example" + url.removeprefix(PUBLIC_URL)
    headers |= {"X-Twilio-Signature": signature(forged, form), "Host": "evil.example"}
    assert post(client, (url, form, headers)) == 403


@pytest.mark.parametrize(
    ("query", "sid", "status"),
    [
        *(("", "SM" + "1" * 32, 400), ("?oid=", "SM" + "1" * 32, 400), ("?oid=x", "SM" + "1" * 32, 400)),
        *(("?oid=0", "SM" + "1" * 32, 400), ("?oid=99999999999999999999", "SM" + "1" * 32, 400)),
        *(("?oid=9999999999999999999", "SM" + "1" * 32, 400), ("?oid=1", "SM\x00", 400), ("?oid=1", "", 400)),
        *(("?oid=4711", "SM" + "1" * 32, 404), ("?oid=%FF%00", "SM" + "1" * 32, 400)),
    ],
)
def test_signed_nonsense_is_refused_without_a_fault_of_ours(
    ledger: Ledger, client: FlaskClient, query: str, sid: str, status: int
) -> None:
    url, form = f"{PUBLIC_URL}/hooks/twilio/status{query}", {"MessageSid": sid, "MessageStatus": "sent"}
    assert post(client, (url, form, {"X-Twilio-Signature": signature(url, form)})) == status


def test_a_status_that_says_nothing_changes_nothing(
    ledger: Ledger, client: FlaskClient, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    sent(ledger, channel, clock)
    for status in ("receiving", "invented", ""):
        assert post(client, twilio.callback(0, status, ErrorCode="not a number")) == 204
    assert states(ledger) == ["sent"]


def words(client: FlaskClient, text: str, number: str = phone(0), **more: str) -> str:
    url = f"{PUBLIC_URL}/hooks/twilio/message"
    form = {"Body": text, "From": number, "To": "+13035550199", "MessageSid": "SM" + "1" * 32} | more
    answer = client.post("/hooks/twilio/message", data=form, headers={"X-Twilio-Signature": signature(url, form)})
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    return answer.text


def reachable(ledger: Ledger) -> bool:
    with ledger.read() as conn:
        return driver_for_token(conn, "token-0") is not None


def test_arret_stops_messages_and_is_confirmed_by_us(ledger: Ledger, client: FlaskClient) -> None:
    put_messages(ledger, 1, NOON)
    assert "<Message>Baywarden: you will get no more messages" in words(client, "Arrêt")
    assert not reachable(ledger)
    assert "<Message>" in words(client, "Reprendre")
    assert reachable(ledger)


def test_stop_stops_messages_and_twilio_confirms_it(ledger: Ledger, client: FlaskClient) -> None:
    put_messages(ledger, 1, NOON)
    assert "<Message>" not in words(client, "STOP")
    assert not reachable(ledger)
    assert "<Message>" not in words(client, "Arrêt", OptOutType="STOP"), "Twilio was taught the word"


def test_words_that_only_twilio_was_taught_count_here_too(ledger: Ledger, client: FlaskClient) -> None:
    put_messages(ledger, 1, NOON)
    for text, done, is_reachable in (("Basta", "STOP", False), ("Pronto?", "HELP", False), ("Ancora", "START", True)):
        assert "<Message>" not in words(client, text, OptOutType=done)
        assert reachable(ledger) is is_reachable


def test_words_from_a_number_that_we_do_not_know_are_answered_in_their_language(
    ledger: Ledger, client: FlaskClient
) -> None:
    put_messages(ledger, 1, NOON)
    assert "vous ne recevrez plus" in words(client, "ARRET", number="+13035559999")
    assert reachable(ledger)


def test_other_words_and_forged_ones_do_nothing(ledger: Ledger, client: FlaskClient) -> None:
    put_messages(ledger, 1, NOON)
    assert "<Message>" not in words(client, "I am coming")
    assert client.post("/hooks/twilio/message", data={"Body": "STOP", "From": phone(0)}).status_code == 403
    assert reachable(ledger)
