"""Work that goes on until it is told to stop: turn after turn while there is some, after a rest where there is none."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from ledger.failures import PASSING, words_of

_LOG = logging.getLogger(__name__)
REST_S = 1.0
AFTER_FAILURE_S = 5.0


def take_turns(name: str, turn: Callable[[], bool], stop: threading.Event) -> None:
    """Take turns until ``stop`` is set; the turn that is taken then comes to its end first.

    ``turn``: does one thing that is due, and says whether there was one; what it claimed it writes into rows, so that
    nothing need be remembered here while the database is away. An error of another kind is the caller's.
    """
    while not stop.is_set():
        stop.wait(_take(name, turn))


def _take(name: str, turn: Callable[[], bool]) -> float:
    """Take one turn. Returns for how many seconds to rest."""
    try:
        return 0.0 if turn() else REST_S
    except PASSING as error:
        _LOG.warning("%s: the database does not take it, trying again: %s", name, words_of(error))
    except SQLAlchemyError as error:  # what it says of a value that it refused may hold the value
        _LOG.error("%s: the database refuses it, trying again: %s", name, type(error).__name__)
    return AFTER_FAILURE_S
