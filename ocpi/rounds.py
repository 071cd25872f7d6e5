"""Who is asked now: each partner by a thread of its own, so that none holds up another, however it answers.

A partner whose pull goes on for hours is asked nothing else meanwhile, and the others come when their time has come.
There are only so many threads: those whose last round took long share some of them, and of all that wait the one comes
first that was asked longest ago.
"""

import logging
import threading

from ledger import wanted_objects
from ledger.failures import PASSING, words_of
from ledger.laggards import Laggards
from ledger.partners import KnownPartner, known
from ocpi.fetching import fetch_wanted
from ocpi.pull import due, pull_due
from ocpi.puller import Puller

_LOG = logging.getLogger(__name__)
# Most of them wait for their peers; each has a connection to the database.
_AT_ONCE = 32
# Of them, those whose last round took longer than this.
_SLOW_AT_ONCE, _SLOW_S = 16, 60.0


class Rounds:
    """All partners, asked for what is due, again and again. Used by one thread."""

    def __init__(self, puller: Puller, laggards: Laggards | None = None) -> None:
        self._puller = puller
        self._laggards = laggards or Laggards(_SLOW_S)
        self._asking: dict[int, threading.Thread] = {}
        # In which order they were asked last.
        self._asked: dict[int, int] = {}

    def go(self) -> int:
        """Begin with each partner of which something is due and that is not being asked; returns with how many."""
        self._asking = {partner: thread for partner, thread in self._asking.items() if thread.is_alive()}
        waiting = [partner for partner in self._due() if partner.id not in self._asking]
        slow = self._laggards.known
        begun = 0
        for partner in sorted(waiting, key=lambda each: self._asked.get(each.id, 0)):
            if len(self._asking) >= _AT_ONCE:
                break
            if partner.id not in slow or len(slow & self._asking.keys()) < _SLOW_AT_ONCE:
                self._begin(partner)
                begun += 1
        return begun

    def wait(self) -> None:
        """Wait until nobody is being asked."""
        for thread in self._asking.values():
            thread.join()

    def _begin(self, partner: KnownPartner) -> None:
        self._asked[partner.id] = max(self._asked.values(), default=0) + 1
        thread = threading.Thread(target=self._ask, args=(partner,), name="pull", daemon=True)
        self._asking[partner.id] = thread
        thread.start()

    def _ask(self, partner: KnownPartner) -> None:
        with self._laggards.waiting_for(partner.id):
            _ask(self._puller, partner)

    def _due(self) -> list[KnownPartner]:
        now = self._puller.clock()
        with self._puller.ledger.read() as conn:
            return [each for each in known(conn) if due(conn, each, now) or wanted_objects.wanted(conn, each, now)]


def _ask(puller: Puller, partner: KnownPartner) -> None:
    """Whatever becomes of it ends here; what was claimed is asked for again when its lease has run out."""
    for ask in (pull_due, fetch_wanted):
        try:
            ask(puller, partner)
        except PASSING as error:
            _LOG.warning("partner %s: the database does not take what it gives: %s", partner.name, words_of(error))
        except Exception as error:
            _LOG.exception("partner %s: it can't be asked; it is tried again: %s", partner.name, type(error).__name__)
