"""The clock's assessing in a process of its own, for tests that kill it: ``python -m tests.support.clock_process URL``."""

import sys
import threading
from datetime import UTC, datetime

from commands.clock import keep_assessing
from ledger.database import Ledger
from ledger.vault import Vault
from notifications.texts import compose
from tests.conftest import TEST_KEY

if __name__ == "__main__":
    ledger = Ledger(sys.argv[1], Vault([TEST_KEY]), compose)
    keep_assessing(ledger, lambda: datetime.now(UTC), threading.Event())
