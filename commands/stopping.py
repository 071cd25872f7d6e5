"""How a process ends: at SIGTERM or SIGINT, within seconds; and with its supervisor, however that one ended."""

import ctypes
import os
import signal
import sys
import threading
from queue import SimpleQueue
from types import FrameType

_PR_SET_PDEATHSIG = 1


def stop_on_signals() -> threading.Event:
    """An event that the first SIGTERM or SIGINT sets; the second of the same ends the process as it always would.

    A handler runs in the midst of what the main thread does: it may be about to wait for the event, and would then wait
    for its lock for ever. So a thread sets it, told by the one queue whose ``put`` may be called there.
    """
    stop = threading.Event()
    told: SimpleQueue[int] = SimpleQueue()

    def _stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.put(number)

    def _wait() -> None:
        told.get()
        stop.set()

    threading.Thread(target=_wait, name="stop", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    return stop


def end_at_latest(seconds: float) -> None:
    """End the process after so long, whatever its threads still wait for; all that counts is committed or is redone."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()


def end_with_parent() -> None:
    """Be told to end when the parent is gone, also when it was killed (Linux; elsewhere nothing happens).

    Without this, a killed supervisor would leave processes behind that hold the ports of the next start.
    """
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
