"""What somebody does in another transaction at the same moment, on PostgreSQL: until it is done, or waits for a lock."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text

from ledger.database import Ledger, Tx

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
_PATIENCE_S = 20


class Beside:
    """Work in a thread and a transaction of its own. It has begun, and has come as far as it can, once this is made."""

    def __init__(self, ledger: Ledger, now: datetime, work: Callable[[Tx], object], waiting: int = 1) -> None:
        """``waiting``: how many wait for a lock then, if it waits."""
        self._ledger, self._now, self._work = ledger, now, work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._wait(waiting)

    def end(self) -> None:
        """Wait until it has committed. Raises what it raised."""
        self._thread.join(_PATIENCE_S)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with self._ledger.write(self._now) as tx:
                self._work(tx)
        except BaseException as error:
            self._error = error

    def _wait(self, waiting: int) -> None:
        end = time.monotonic() + _PATIENCE_S
        while self._thread.is_alive():
            with self._ledger.engine.connect() as conn:
                if conn.execute(_WAITING).scalar_one() >= waiting:
                    return
            assert time.monotonic() < end
            time.sleep(0.01)
