"""``baywarden clock``: jobs that carry no information; what is due they read from the database.

So it does not matter whether a tick is late, lost or doubled, nor how many clock processes run: claims in the database
keep them apart.
"""

import argparse
import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from commands.backfilling import Backfill, storage_of
from commands.beginning import begin
from commands.context import Context
from commands.helping import Helpers
from commands.parties import our_party
from commands.purging import retention
from commands.stopping import end_at_latest, stop_on_signals
from enforcement.retention import Retention
from ledger.assess import assess_due
from ledger.database import Ledger
from ledger.failures import PASSING, words_of
from ledger.retention import purge
from ledger.session_ends import learn_all
from ocpi.client import peers
from ocpi.puller import Puller
from ocpi.rounds import Rounds

_LOG = logging.getLogger(__name__)
_ASSESS_EVERY_S = 0.1
# One process decides at once what a single word brings; others come to help where much is due.
_HELP_EVERY_S = 0.5
_LOOK_AT_HELPERS_EVERY_S = 1.0
_AFTER_FAILURE_S = 1.0
_LOOK_FOR_PULLS_EVERY_S = 10
_PURGE_EVERY_S = 3600
_LEARN_EVERY_S = 6 * 3600
_BATCH = 500
# A pull may wait for a peer for longer than whoever stops us waits; cut short, it is made again.
_LAST_JOBS_S = 5.0


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    words = "only decide about bays that are due, beside the clock that has this process id, and end with it"
    parser.add_argument("--beside", type=int, metavar="PID", help=words)
    parser.set_defaults(run=run)


def run(context: Context, args: argparse.Namespace) -> int:
    """Keep time until stopped."""
    settings = begin("clock", context)
    stop = stop_on_signals()
    with context.ledger() as ledger:
        if args.beside is not None:
            if os.getppid() == args.beside:  # else it ended before we could be told of it
                keep_assessing(ledger, context.clock, stop, _HELP_EVERY_S)
            return 0
        puller = Puller(ledger, context.clock, peers(), our_party(settings), timedelta(seconds=settings.ocpi_pull_s))
        keep_time(
            puller,
            retention(settings),
            stop,
            storage_of(settings, ledger, context.clock),
            helpers=settings.clock_workers - 1,
        )
    return 0


def keep_time(
    puller: Puller, keep: Retention, stop: threading.Event, fill: Backfill | None = None, helpers: int = 0
) -> None:
    """Keep time until ``stop`` is set, then let the jobs that run come to their end.

    ``helpers``: so many processes beside this one that decide.
    """
    ledger, clock, rounds = puller.ledger, puller.clock, Rounds(puller)

    assessing = threading.Thread(target=keep_assessing, args=(ledger, clock, stop), name="assess")
    assessing.start()

    def _pull() -> None:
        if not stop.is_set():
            rounds.go()

    def _purge() -> None:
        for kind, count in purge(ledger, clock, keep):
            if count:
                _LOG.info("%d of %s were kept long enough and are gone", count, kind)

    def _learn() -> None:
        learn_all(ledger, clock())

    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_listener(_report, EVENT_JOB_ERROR)
    scheduler.add_job(_pull, "interval", seconds=_LOOK_FOR_PULLS_EVERY_S, misfire_grace_time=None)
    scheduler.add_job(_purge, "interval", seconds=_PURGE_EVERY_S, misfire_grace_time=None)
    scheduler.add_job(_learn, "interval", seconds=_LEARN_EVERY_S, misfire_grace_time=None)
    if fill is not None:
        scheduler.add_job(fill.run, "interval", seconds=fill.every_s, misfire_grace_time=None, next_run_time=clock())
    scheduler.start()
    beside = Helpers(helpers)
    while not stop.wait(_LOOK_AT_HELPERS_EVERY_S):
        beside.look()
    end_at_latest(_LAST_JOBS_S)
    beside.end()
    scheduler.shutdown(wait=True)
    rounds.wait()
    assessing.join()


def keep_assessing(
    ledger: Ledger, clock: Callable[[], datetime], stop: threading.Event, every_s: float = _ASSESS_EVERY_S
) -> None:
    """A thread of its own: a fact that a network pushed waits for this, so it is asked for more often than jobs are.

    What comes while it decides waits for its next turn: bays cost least together.
    """
    while not stop.wait(every_s):
        try:
            while not stop.is_set() and assess_due(ledger, clock(), _BATCH) >= _BATCH:
                pass
        except PASSING as error:
            _LOG.warning("the database does not take what is decided, trying again: %s", words_of(error))
            stop.wait(_AFTER_FAILURE_S)
        except Exception as error:
            _LOG.exception("bays that are due could not be assessed; it is tried again: %s", type(error).__name__)
            stop.wait(_AFTER_FAILURE_S)


def _report(event: Any) -> None:
    """A job that failed is tried again at its next tick."""
    _LOG.error("a job failed and will be tried again: %s", type(event.exception).__name__, exc_info=event.exception)
