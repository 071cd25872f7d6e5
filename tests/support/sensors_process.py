"""A sensors process for tests that kill it: also ``python -m tests.support.sensors_process BROKER_URL DATABASE_URL``."""

import sys
import threading
from datetime import UTC, datetime

from ledger.database import Ledger
from ledger.vault import Vault
from notifications.texts import compose
from sensors.address import BrokerAddress
from sensors.listener import run
from sensors.mapping_document import read_mapping
from tests.conftest import TEST_KEY


def listen(broker_url: str, database_url: str) -> None:
    """Record what is published until killed."""
    run(
        Ledger(database_url, Vault([TEST_KEY]), compose),
        BrokerAddress.parse(broker_url),
        read_mapping(),
        lambda: datetime.now(UTC),
        threading.Event(),
        "crash-test",
    )


if __name__ == "__main__":
    listen(*sys.argv[1:])
