"""Unknown messages: asked for at Twilio, found ones resolved, the others left unknown, none sent again."""

from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from ledger.database import Ledger
from notifications.channels.base import Channel
from notifications.channels.console import ConsoleChannel
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.reconcile import trace_next
from tests.conftest import NOON, minutes
from tests.notifications.conftest import StandingClock, send_due
from tests.support.outbox_rows import messages, put_messages, states
from tests.support.twilio_server import TwilioServer, lose


def trace(ledger: Ledger, channel: Channel, now: datetime) -> int:
    """Look up all whose time has come. Returns how many these were."""
    return sum(1 for _ in takewhile(lambda _: trace_next(ledger, channel, lambda: now), range(20)))


def leave_unknown(ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock) -> None:
    """Two messages whose answers were lost: the first was accepted, the second not."""
    put_messages(ledger, 2, NOON)
    twilio.faults += [lose(accepted=True), lose(accepted=False)]
    send_due(ledger, channel, clock, limit=9)
    assert states(ledger) == ["unknown", "unknown"]


def test_one_that_twilio_has_is_resolved_and_one_that_it_has_not_stays_unknown(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    leave_unknown(ledger, channel, twilio, clock)
    twilio.messages[0]["status"] = "delivered"
    assert trace(ledger, channel, NOON) == 0, "not within the first minute"
    assert trace(ledger, channel, minutes(1)) == 2
    assert states(ledger) == ["delivered", "unknown"]
    assert messages(ledger)[0].provider_id == twilio.messages[0]["sid"]
    assert len(twilio.messages) == 1


def test_while_twilio_is_away_they_stay_unknown_and_are_asked_for_later(
    ledger: Ledger, channel: TwilioChannel, account: TwilioAccount, twilio: TwilioServer, clock: StandingClock
) -> None:
    leave_unknown(ledger, channel, twilio, clock)
    away = TwilioChannel(replace(account, base_url="http://127.0.0.1:1"))
    assert trace(ledger, away, minutes(1)) == 2
    assert states(ledger) == ["unknown", "unknown"]
    assert trace(ledger, channel, minutes(2)) == 2
    assert states(ledger) == ["sent", "unknown"]


def test_a_redacted_message_is_not_guessed_at(
    ledger: Ledger, account: TwilioAccount, twilio: TwilioServer, clock: StandingClock
) -> None:
    channel = TwilioChannel(replace(account, redact=True))
    leave_unknown(ledger, channel, twilio, clock)
    assert trace(ledger, channel, minutes(1)) == 2
    assert states(ledger) == ["unknown", "unknown"]


def test_a_channel_that_can_not_be_asked_is_not_asked(
    ledger: Ledger, channel: TwilioChannel, twilio: TwilioServer, clock: StandingClock
) -> None:
    leave_unknown(ledger, channel, twilio, clock)
    assert trace(ledger, ConsoleChannel(), minutes(1)) == 0
    assert states(ledger) == ["unknown", "unknown"]
