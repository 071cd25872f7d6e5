"""From the inbox into the ledger: batches, one transaction each, acknowledged when committed and not before."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from ledger.database import Ledger
from ledger.failures import is_passing, words_of
from ledger.rejects import Rejected
from sensors.inbox import Acknowledger, Arrived, Inbox
from sensors.keeping import keep
from sensors.mapping import Mapping
from sensors.reading import shown
from sensors.sparkplug_payload import rebirth
from sensors.translate import Outcome, fault, refused, translate

_MOST = 500
_IDLE_S = 0.005
_LONGEST_S = 0.05
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0
_LOG = logging.getLogger(__name__)


class Intake(threading.Thread):
    """The thread that commits. It ends when the inbox is closed and empty, or with ``failure`` set."""

    def __init__(
        self, ledger: Ledger, mapping: Mapping, clock: Callable[[], datetime], inbox: Inbox, stop: threading.Event
    ) -> None:
        """``stop``: when set, a batch that the database does not take is given up, unacknowledged."""
        super().__init__(name="sensors-intake", daemon=True)
        self.failure: Exception | None = None
        self._ledger, self._mapping, self._clock, self._inbox, self._stop_asked = ledger, mapping, clock, inbox, stop

    def run(self) -> None:
        """Take and commit batches."""
        try:
            while batch := self._inbox.take(_MOST, _IDLE_S, _LONGEST_S):
                if not self._keep([(item, translate(self._mapping, item.message)) for item in batch]):
                    return
                for by, some in groupby(batch, key=attrgetter("by")):
                    by.ack(list(some))
                self._ask(batch[-1].by)
        except Exception as error:  # the listener ends the process: nothing would be committed any more
            _LOG.error("the intake failed: %s", fault(error))
            self.failure = error

    def _ask(self, by: Acknowledger) -> None:
        """Ask Sparkplug nodes of which something is missing to tell all of it again."""
        for node in self._mapping.nodes_to_ask():
            group, edge = node.split("/")
            _LOG.info("asking the Sparkplug node %s for a Rebirth", shown(node))
            by.send(f"spBv1.0/{group}/NCMD/{edge}", rebirth(self._clock()))

    def _keep(self, pairs: Sequence[tuple[Arrived, Outcome]]) -> bool:
        """Commit a batch, trying again as long as the database is at fault. False if it was given up."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                self._write([outcome for _, outcome in pairs])
                return True
            except Exception as error:
                if not is_passing(error):
                    return self._isolate(pairs, error)
                _LOG.warning("the database does not take %d messages, trying again: %s", len(pairs), words_of(error))
            if self._stop_asked.wait(wait_s):
                return False
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _isolate(self, pairs: Sequence[tuple[Arrived, Outcome]], error: Exception) -> bool:
        """One message makes the batch fail: halve until it is alone, store it as a reject, and let the rest through."""
        if len(pairs) > 1:
            half = len(pairs) // 2
            return self._keep(pairs[:half]) and self._keep(pairs[half:])
        arrived, outcome = pairs[0]
        if isinstance(outcome, Rejected):
            raise error  # not even its reject can be stored
        _LOG.error("a message could not be recorded: %s", fault(error))
        reason = f"a fault of Baywarden while recording it: {type(error).__name__}"
        return self._keep([(arrived, refused(arrived.message, "mqtt", reason))])

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        with self._ledger.write(self._clock()) as tx:
            keep(tx, outcomes)
