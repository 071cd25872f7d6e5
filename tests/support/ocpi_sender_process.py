"""OCPI's sender in a process of its own, so that a test can kill it: DATABASE-URL BASE-URL SECONDS-AHEAD."""

import sys
from datetime import timedelta

from commands.stopping import stop_on_signals
from ledger.database import Ledger
from ledger.vault import Vault
from notifications.texts import compose
from ocpi.calls import OurParty
from ocpi.client import peers
from ocpi.deliveries import HANDLERS
from ocpi.pushing import Postman, run
from tests.conftest import TEST_KEY, minutes


def main() -> None:
    """Send until told to stop."""
    database_url, base_url, ahead = sys.argv[1:]
    stop = stop_on_signals()
    ledger = Ledger(database_url, Vault([TEST_KEY]), compose)
    now = minutes(601) + timedelta(seconds=float(ahead))
    us = OurParty("US", "BAY", "Service BAY")
    print("ready", flush=True)
    run(Postman(ledger=ledger, clock=lambda: now, peer=peers(), us=us, base_url=base_url), HANDLERS, stop)


if __name__ == "__main__":
    main()
