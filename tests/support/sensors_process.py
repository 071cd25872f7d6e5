"""A sensors process for tests that kill it: ``python -m tests.support.sensors_process BROKER_URL DATABASE_URL``."""

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

if __name__ == "__main__":
    ledger = Ledger(sys.argv[2], Vault([TEST_KEY]), compose)
    run(
        ledger,
        BrokerAddress.parse(sys.argv[1]),
        read_mapping(),
        lambda: datetime.now(UTC),
        threading.Event(),
        "crash-test",
    )
