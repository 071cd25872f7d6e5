"""The Twilio channel through the official SDK: what it asks for, and what each way of failing means."""

import logging
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.claimed_messages import LEASE
from ledger.deliveries import Outcome
from models.outbox import Delivery
from notifications.channels.base import Letter, NoAnswerError, TracingChannel, TransportError, masked
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from tests.conftest import NOON
from tests.support.twilio_contract import Contract
from tests.support.twilio_server import PUBLIC_URL, TwilioServer, hold, lose, problem, refuse

LETTER = Letter(7, "+13035550123", "Baywarden: à bientôt", timedelta(minutes=5))


def test_a_message_carries_all_that_twilio_needs(channel: TwilioChannel, twilio: TwilioServer) -> None:
    assert channel.send(LETTER) == Outcome(Delivery.SENT, "SM" + "1".zfill(32), "Twilio: queued")
    assert twilio.forms == [
        {
            "To": "+13035550123",
            "From": "+13035550199",
            "Body": "Baywarden: à bientôt",
            "ValidityPeriod": "300",
            "StatusCallback": f"{PUBLIC_URL}/hooks/twilio/status?oid=7",
        }
    ]


def test_the_contract_is_checked_where_it_is_at_hand(twilio: TwilioServer, shared_data: object) -> None:
    assert isinstance(twilio.contract, Contract)
    with pytest.raises(Exception, match="Additional properties"):
        twilio.contract.check_create({"To": "+13035550123", "Text": "x"})


def test_redaction_and_a_messaging_service(account: TwilioAccount, twilio: TwilioServer) -> None:
    service = "MG" + "0b" * 16
    TwilioChannel(replace(account, sender=service, redact=True, public_url=None)).send(LETTER)
    (form,) = twilio.forms
    assert (form["MessagingServiceSid"], "From" in form, "StatusCallback" in form) == (service, False, False)
    assert (form["ContentRetention"], form["AddressRetention"]) == ("discard", "obfuscate")


@pytest.mark.parametrize(
    ("left", "period"),
    [(timedelta(seconds=90.9), 90), (timedelta(0), 1), (timedelta(minutes=-3), 1), (timedelta(days=2), 36_000)],
)
def test_twilio_drops_it_when_its_moment_has_passed(
    channel: TwilioChannel, twilio: TwilioServer, left: timedelta, period: int
) -> None:
    channel.send(replace(LETTER, valid_for=left))
    assert twilio.forms[0]["ValidityPeriod"] == str(period)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (refuse(429, 20429), "Twilio 20429: Twilio takes no more for now"),
        (problem(429, 20429), "Twilio 20429: Twilio takes no more for now"),
        (refuse(400, 20429), "Twilio 20429: Twilio takes no more for now"),
        (refuse(401, 20003), "Twilio 20003: Twilio refused our credentials"),
        (refuse(400, 30029), "Twilio 30029: Message Redaction is not enabled in this Twilio account"),
        (refuse(404, 20404), "Twilio 20404: see the error dictionary of Twilio"),
    ],
)
def test_what_waits_for_another_try(channel: TwilioChannel, twilio: TwilioServer, fault: object, reason: str) -> None:
    twilio.faults.append(fault)  # type: ignore[arg-type]
    with pytest.raises(TransportError) as error:
        channel.send(LETTER)
    assert (error.value.permanent, error.value.opted_out, error.value.reason) == (False, False, reason)
    assert twilio.messages == []


@pytest.mark.parametrize(
    ("fault", "opted_out"),
    [(refuse(400, 21610), True), (problem(400, 21610), True)]
    + [(refuse(400, code), False) for code in (21211, 21614, 21635, 30006, 21408, 99999)],
)
def test_what_will_never_leave(channel: TwilioChannel, twilio: TwilioServer, fault: object, opted_out: bool) -> None:
    twilio.faults.append(fault)  # type: ignore[arg-type]
    with pytest.raises(TransportError) as error:
        channel.send(LETTER)
    assert (error.value.permanent, error.value.opted_out) == (True, opted_out)


@pytest.mark.parametrize(
    "fault", [refuse(500, 20500), refuse(503, 20503), lose(accepted=True), lose(accepted=False), refuse(302, 0)]
)
def test_what_nobody_knows(channel: TwilioChannel, twilio: TwilioServer, fault: object) -> None:
    twilio.faults.append(fault)  # type: ignore[arg-type]
    with pytest.raises(NoAnswerError):
        channel.send(LETTER)


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_the_time_out(
    channel: TwilioChannel, twilio: TwilioServer
) -> None:
    reached, release = threading.Event(), threading.Event()
    twilio.faults.append(hold(reached, release, accepted=True))
    with pytest.raises(NoAnswerError, match="ReadTimeout"):
        channel.send(LETTER)
    release.set()
    assert len(twilio.messages) == 1


def test_a_server_that_is_not_there_is_safe_to_try_again(account: TwilioAccount) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TransportError) as error:
            TwilioChannel(replace(account, base_url=nobody)).send(LETTER)
    assert not error.value.permanent


def test_a_connection_that_does_not_open_in_time_is_safe_to_try_again(account: TwilioAccount) -> None:
    """A listener whose queue is full answers no more connections."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        with pytest.raises(TransportError, match="in time") as error:
            TwilioChannel(replace(account, base_url=url, connect_timeout_s=0.3)).send(LETTER)
        for each in waiting:
            each.close()
    assert not error.value.permanent


def test_the_default_time_outs_end_before_the_lease_does() -> None:
    account = TwilioAccount(sid="AC", auth_token="t", sender="+1")
    assert account.connect_timeout_s + account.read_timeout_s < LEASE.total_seconds() / 2


def test_no_connection_is_kept_that_could_die_meanwhile(channel: TwilioChannel, twilio: TwilioServer) -> None:
    for _ in range(3):
        channel.send(LETTER)
    assert len(set(twilio.clients)) == 3


def test_twilios_edge_and_region_in_the_environment_do_not_reach_the_client(
    account: TwilioAccount, monkeypatch: pytest.MonkeyPatch, twilio: TwilioServer
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    TwilioChannel(account).send(LETTER)
    assert len(twilio.messages) == 1


def test_a_message_is_found_by_its_number_and_text(channel: TwilioChannel, twilio: TwilioServer) -> None:
    assert isinstance(channel, TracingChannel)
    channel.send(LETTER)
    channel.send(replace(LETTER, text="another"))
    channel.send(replace(LETTER, phone="+13035550124"))
    twilio.messages[0] |= {"status": "undelivered", "error_code": 30003}
    expected = Outcome(Delivery.FAILED, twilio.messages[0]["sid"], "Twilio 30003: the telephone could not be reached")
    assert channel.find(LETTER.phone, LETTER.text, NOON) == [expected]
    assert channel.find(LETTER.phone, LETTER.text, NOON + timedelta(minutes=10)) == []


def test_what_twilio_redacted_is_not_found(account: TwilioAccount) -> None:
    channel = TwilioChannel(replace(account, redact=True))
    channel.send(LETTER)
    assert channel.find(LETTER.phone, LETTER.text, NOON) == []


def test_no_number_gets_into_logs_or_errors(
    channel: TwilioChannel, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.faults.append(refuse(400, 21211, "The 'To' number +13035550123 is not valid"))
    with pytest.raises(TransportError) as error:
        channel.send(LETTER)
    channel.send(LETTER)
    channel.find(LETTER.phone, LETTER.text, NOON)
    assert "5550123" not in caplog.text + str(error.value) + repr(LETTER)


def test_a_number_is_masked_for_people() -> None:
    assert masked("+13035550123") == "+1******0123"
    assert masked("+4512345678") == "+4*****5678"
