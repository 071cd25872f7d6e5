"""A sender in a process of its own, so that a test can kill it."""

from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

from commands.stopping import stop_on_signals
from commands.turns import take_turns
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.reconcile import trace_next
from notifications.sender import send_next
from tests.conftest import ledger_of


def send(database_url: str, account: TwilioAccount, ahead: timedelta, ready: Connection) -> None:
    """Send until told to stop; it is so much later than in the test."""
    stop = stop_on_signals()
    ledger = ledger_of(database_url)
    ready.send("ready")
    channel = TwilioChannel(account)

    def turn() -> bool:
        trace_next(ledger, channel, lambda: datetime.now(UTC) + ahead)
        return send_next(ledger, channel, lambda: datetime.now(UTC) + ahead)

    take_turns("messages", turn, stop)
