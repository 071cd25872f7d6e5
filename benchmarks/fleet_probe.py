"""``python -m benchmarks.fleet_probe DATABASE BAYS``: watches when what was said is decided, as others can see it.

A reading and a session's update hold the moment at which they were sent, and a bay's kept evidence holds the moments of
the last ones that were decided on: so whoever looks at a sample of bays again and again sees how long it took, without
asking the service and without help from it. What he sees late by his own pace is counted as late.

Asked for ``watch`` true, it begins anew; asked for false, it answers what it saw since: for each kind the moments at
which things were sent and the seconds until they were seen.
"""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from benchmarks.asking import answer_all
from benchmarks.fleet_readings import A_SESSION_IN
from benchmarks.places import make_ledger
from enforcement.evidence import Evidence
from ledger import kept_evidence
from ledger.database import table
from ledger.statements import Statement, among
from models import BayState

_MOST = 264
_PACE_S = 0.05
_STATES = table(BayState)
_LOOK = Statement(
    lambda dialect: select(_STATES.c.bay, _STATES.c.assessed_at).where(among(dialect, _STATES.c.bay, "bays"))
)
_READ = Statement(
    lambda dialect: select(_STATES.c.bay, _STATES.c.evidence).where(among(dialect, _STATES.c.bay, "bays"))
)
_Seen = dict[str, list[tuple[float, float]]]


def main(database: str, bays: str) -> None:
    """Watch as asked."""
    watcher = _Watcher(database, int(bays))
    threading.Thread(target=watcher.run, daemon=True).start()

    def answer(watch: bool) -> dict[str, Any]:
        seen, watcher.seen = watcher.seen, {"readings": [], "sessions": []}
        return {} if watch else {**seen, "cpu": time.process_time()}

    answer_all(answer)


class _Watcher:
    """Looks at a sample of bays, half of them with sessions, for as long as it lives."""

    def __init__(self, database: str, bays: int) -> None:
        self.seen: _Seen = {"readings": [], "sessions": []}
        self._ledger = make_ledger(database)
        self._bays = [f"bay-{number}" for number in sorted({*_spread(bays, 0), *_spread(bays, 1)})]
        self._last: dict[tuple[str, str], datetime] = {}

    def run(self) -> None:
        """Look, and look again."""
        assessed: dict[str, datetime] = {}
        while True:
            began = time.time()
            with self._ledger.read() as conn:
                now_assessed = {row.bay: row.assessed_at for row in _LOOK.all(conn, {"bays": self._bays})}
                news = [bay for bay, at in now_assessed.items() if assessed.get(bay) != at]
                rows = _READ.all(conn, {"bays": news}) if news else []
            assessed, now = now_assessed, time.time()
            for row in rows:
                if (evidence := kept_evidence.read(row.evidence)) is not None:
                    self._note(row.bay, evidence, now)
            time.sleep(max(0.0, _PACE_S - (time.time() - began)))

    def _note(self, bay: str, evidence: Evidence, now: float) -> None:
        for kind, at in _last_words(evidence):
            if at > self._last.get((bay, kind), datetime.min.replace(tzinfo=UTC)):
                self._last[bay, kind] = at
                self.seen[kind].append((at.timestamp(), now - at.timestamp()))


def _last_words(evidence: Evidence) -> Iterator[tuple[str, datetime]]:
    for runs in evidence.readings.values():
        yield "readings", runs[-1].last
    heard = [trace.heard for trace in evidence.sessions.values()]
    if heard:
        yield "sessions", max(heard)


def _spread(bays: int, offset: int) -> range:
    """Bays all over the fleet: with sessions (``offset`` 0) or without."""
    step = max(1, bays // A_SESSION_IN // (_MOST // 2)) * A_SESSION_IN
    return range(offset, bays, step)


if __name__ == "__main__":
    main(*sys.argv[1:])
