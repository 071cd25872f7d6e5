"""The clock's job that fetches what The Things Stack stored while we did not listen."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from commands.listening import mapping_of
from ledger.database import Ledger
from sensors.backfill import BackfillError, backfill
from sensors.mapping import Mapping
from settings import Settings

# The Things Stack Sandbox keeps a day; what is older is lost anyway.
_AT_START = timedelta(days=1)
_OVERLAP = timedelta(minutes=10)
_TIMEOUT_S = 30.0
_LOG = logging.getLogger(__name__)


class Backfill:
    """At the start everything that is kept, then what came since the last time; twice the same is once."""

    def __init__(
        self, ledger: Ledger, mapping: Mapping, clock: Callable[[], datetime], url: str, key: str, every_s: int
    ) -> None:
        """``every_s``: how often it should run."""
        self.every_s = every_s
        self._ledger, self._mapping, self._clock, self._url, self._key = ledger, mapping, clock, url, key
        self._since: datetime | None = None

    def run(self) -> None:
        """Fetch once; what fails is fetched the next time, from where this time began."""
        began = self._clock()
        since = began - _AT_START if self._since is None else self._since
        try:
            with httpx.Client(timeout=_TIMEOUT_S) as client:
                new = backfill(self._ledger, self._mapping, self._clock, client, self._url, self._key, since)
        except BackfillError as error:
            _LOG.warning("sensors could not be filled in: %s", error)
            return
        self._since = began - _OVERLAP
        if new:
            _LOG.info("%d facts of sensors were filled in", new)


def storage_of(settings: Settings, ledger: Ledger, clock: Callable[[], datetime]) -> Backfill | None:
    """The job, where the settings name a storage."""
    if not settings.tts_storage_url:
        return None
    url, key = settings.tts_storage_url, settings.tts_storage_key
    return Backfill(ledger, mapping_of(settings), clock, url, key, settings.tts_storage_s)
