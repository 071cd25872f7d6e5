"""A sender in a process of its own, so that a test can kill it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection

from commands.stopping import stop_on_signals
from commands.turns import take_turns
from ledger.database import Ledger
from ledger.vault import Vault
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.sender import send_and_ask
from notifications.texts import compose
from tests.conftest import TEST_KEY


def send(database_url: str, account: TwilioAccount, ahead: timedelta, ready: Connection) -> None:
    """Send until told to stop; it is so much later than in the test."""
    stop = stop_on_signals()
    ledger = Ledger(database_url, Vault([TEST_KEY]), compose)
    ready.send("ready")
    take_turns(
        "messages", partial(send_and_ask, ledger, TwilioChannel(account), lambda: datetime.now(UTC) + ahead), stop
    )
