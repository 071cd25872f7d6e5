"""The clock's assessing in a process of its own, for tests that kill it."""

import threading
from datetime import UTC, datetime

from commands.clock import keep_assessing
from ledger.database import Ledger
from ledger.vault import Vault
from notifications.texts import compose
from tests.conftest import TEST_KEY


def keep_time(database_url: str) -> None:
    """Assess until killed."""
    ledger = Ledger(database_url, Vault([TEST_KEY]), compose)
    keep_assessing(ledger, lambda: datetime.now(UTC), threading.Event())
