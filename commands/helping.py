"""Processes that decide beside the clock's own: each is ``baywarden clock --beside PID``, a process as any other."""

import logging
import os
import subprocess
import sys

_LOG = logging.getLogger(__name__)


class Helpers:
    """So many processes that decide. They end with the thread that made them, also where that is killed."""

    def __init__(self, count: int) -> None:
        self._running = [_start() for _ in range(count)]

    def look(self) -> None:
        """Start again those that have ended."""
        for index, helper in enumerate(self._running):
            if helper.poll() is not None:
                _LOG.warning("a process that decides ended with %s and is started again", helper.returncode)
                self._running[index] = _start()

    def end(self) -> None:
        """Tell all of them to end, and wait until they have."""
        for helper in self._running:
            helper.terminate()
        for helper in self._running:
            helper.wait()


def _start() -> subprocess.Popen[bytes]:
    words = ("-u", "-m", "app", "clock", "--beside", str(os.getpid()))
    return subprocess.Popen((sys.executable, *words))  # noqa: S603 - words of ours
