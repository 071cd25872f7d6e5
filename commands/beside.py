"""Work beside the main thread's, which does not end unnoticed: a process that does half of its work looks well."""

import threading
from collections.abc import Callable


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
