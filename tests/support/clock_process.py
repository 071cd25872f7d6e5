"""The clock's assessing in a process of its own, for tests that kill it."""

import threading
from datetime import UTC, datetime

from commands.clock import keep_assessing
from tests.conftest import ledger_of


def keep_time(database_url: str) -> None:
    """Assess until killed."""
    ledger = ledger_of(database_url)
    keep_assessing(ledger, lambda: datetime.now(UTC), threading.Event())
