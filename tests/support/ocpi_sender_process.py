"""OCPI's sender in a process of its own, so that a test can kill it."""

from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection

from commands.stopping import stop_on_signals
from commands.turns import take_turns
from ocpi.calls import OurParty
from ocpi.client import peers
from ocpi.deliveries import HANDLERS
from ocpi.pushing import Postman, send_next
from tests.conftest import ledger_of, minutes


def push(database_url: str, base_url: str, ahead: timedelta, ready: Connection) -> None:
    """Send until told to stop; it is so much later than in the test."""
    stop = stop_on_signals()
    ledger = ledger_of(database_url)
    now = minutes(601) + ahead
    us = OurParty("US", "BAY", "Service BAY")
    ready.send("ready")
    postman = Postman(ledger=ledger, clock=lambda: now, peer=peers(), us=us, base_url=base_url)
    take_turns("ocpi", partial(send_next, postman, HANDLERS), stop)
