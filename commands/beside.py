"""Works that one process does beside each other, none of which ends unnoticed: half a process looks well."""

import threading
from collections.abc import Callable, Mapping


class Beside(threading.Thread):
    """A thread whose failure stops the whole process; ``failure`` is what ended it."""

    def __init__(self, name: str, work: Callable[[], None], stop: threading.Event) -> None:
        super().__init__(name=name)
        self.failure: Exception | None = None
        self._work, self._stop_asked = work, stop

    def run(self) -> None:
        """Work until it ends."""
        try:
            self._work()
        except Exception as error:  # told by whoever started it
            self.failure = error
            self._stop_asked.set()


def do_all(works: Mapping[str, Callable[[], None]], stop: threading.Event) -> None:
    """Do all these works, each in a thread of its own, until ``stop`` is set and each has ended.

    Where one can't go on, none does. Raises RuntimeError, with the name of its thread, from what ended it.
    """
    threads = [Beside(name, work, stop) for name, work in works.items()]
    for each in threads:
        each.start()
    try:
        stop.wait()
    finally:
        stop.set()
        for each in threads:
            each.join()
    failed = next((each for each in threads if each.failure is not None), None)
    if failed is not None:
        raise RuntimeError(f"the thread for {failed.name} ended") from failed.failure
