"""The sender against a local Twilio: each message once, late ones never, failures as what they mean."""

import io
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update

from ledger.database import Ledger, table
from ledger.deliveries import Outcome
from ledger.token_ties import driver_for_token
from ledger.vault import Vault
from models import Message
from notifications.channels.base import Letter
from notifications.channels.console import ConsoleChannel
from notifications.channels.twilio import TwilioChannel
from tests.conftest import NOON, minutes
from tests.notifications.conftest import StandingClock, send_due
from tests.support.outbox_rows import messages, phone, put_messages, states
from tests.support.twilio_server import TwilioServer, lose, refuse


def test_what_is_due_is_sent_oldest_first(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 3, NOON)
    assert [send_due(ledger, channel, clock, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [(f["To"], f["Body"]) for f in twilio.forms] == [(phone(n), f"Message {n}") for n in range(3)]
    for row, theirs in zip(messages(ledger), twilio.messages, strict=True):
        assert (row.state.value, row.provider_id, row.sent_at) == ("sent", theirs["sid"], NOON)
        assert twilio.forms[theirs and twilio.messages.index(theirs)]["StatusCallback"].endswith(f"?oid={row.id}")


def test_validity_is_what_is_left_when_it_leaves(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 1, NOON, lasts=timedelta(minutes=10))
    clock.now = minutes(8)
    send_due(ledger, channel, clock, limit=9)
    assert twilio.forms[0]["ValidityPeriod"] == "120"


def test_a_message_whose_moment_has_passed_does_not_leave(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 1, NOON, lasts=timedelta(minutes=10))
    clock.now = minutes(10)
    assert send_due(ledger, channel, clock, limit=9) == 0
    assert (states(ledger), twilio.messages) == (["expired"], [])


def test_a_busy_provider_is_tried_again_later_and_given_up_when_the_moment_has_passed(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 2, NOON, lasts=timedelta(minutes=1))
    twilio.faults += [refuse(429, 20429)] * 3
    tries = []
    while clock.now < minutes(1):
        before = sum(m.attempts for m in messages(ledger))
        send_due(ledger, channel, clock, limit=9)
        tries += [clock.now - NOON] * (sum(m.attempts for m in messages(ledger)) - before)
        clock.now += timedelta(seconds=1)
    assert [each.seconds for each in tries] == [0, 1, 5, 6, 15], "where one is refused, the next one waits a little"
    assert states(ledger) == ["sent", "sent"]
    assert [m.attempts for m in messages(ledger)] == [3, 2]


def test_one_that_is_refused_for_good_is_failed_and_not_tried_again(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 1, NOON)
    twilio.faults.append(refuse(400, 21211))
    send_due(ledger, channel, clock, limit=9)
    clock.now = minutes(30)
    assert send_due(ledger, channel, clock, limit=9) == 0
    assert (states(ledger), messages(ledger)[0].reason) == (["failed"], "Twilio 21211: not a valid number")


def test_a_driver_who_opted_out_at_twilio_is_not_written_to_again(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 1, NOON)
    twilio.faults.append(refuse(400, 21610))
    send_due(ledger, channel, clock, limit=9)
    assert states(ledger) == ["failed"]
    with ledger.read() as conn:
        assert driver_for_token(conn, "token-0") is None


def test_one_that_no_key_opens_holds_up_no_other(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    put_messages(ledger, 2, NOON)
    lost = {"sealed": True, "text": Vault([Fernet.generate_key().decode()]).encrypt("lost")}
    with ledger.write(NOON) as tx:
        tx.conn.execute(update(table(Message)).where(table(Message).c.text == "Message 0").values(lost))
    send_due(ledger, channel, clock, limit=1)
    send_due(ledger, channel, clock, limit=1)
    assert [form["Body"] for form in twilio.forms] == ["Message 1"]
    assert messages(ledger)[0].reason == "no key of the vault opens the message"


@pytest.mark.parametrize("fault", [lose(accepted=True), lose(accepted=False), refuse(500, 20500)])
def test_no_answer_is_unknown_and_not_sent_again(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock, fault: object
) -> None:
    put_messages(ledger, 1, NOON)
    twilio.faults.append(fault)  # type: ignore[arg-type]
    send_due(ledger, channel, clock, limit=9)
    accepted = len(twilio.messages)
    for minute in range(1, 50):
        clock.now = minutes(minute)
        assert send_due(ledger, channel, clock, limit=9) == 0
    assert (states(ledger), len(twilio.messages)) == (["unknown"], accepted)


class BrokenChannel:
    """A channel with a fault of its own."""

    def send(self, letter: Letter) -> Outcome:
        raise RuntimeError(f"while sending to {letter.phone}")


def test_a_fault_in_a_channel_is_unknown_and_tells_no_number(
    ledger: Ledger, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    put_messages(ledger, 2, NOON)
    assert send_due(ledger, BrokenChannel(), clock, limit=9) == 2
    assert states(ledger) == ["unknown", "unknown"]
    assert "RuntimeError" in caplog.text
    assert "555" not in caplog.text + str(messages(ledger)[0].reason)


def test_the_console_shows_the_text_and_not_the_number(ledger: Ledger, clock: StandingClock) -> None:
    out = io.StringIO()
    put_messages(ledger, 1, NOON)
    send_due(ledger, ConsoleChannel(out), clock, limit=9)
    assert out.getvalue() == "SMS to +1******0100: Message 0\n"
    assert (states(ledger), messages(ledger)[0].sent_at) == (["sent"], NOON)
