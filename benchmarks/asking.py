"""A process that does what it is asked, one line of JSON for each question and one for each answer."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Asked:
    """The asking side of such a process."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.pid = child.pid
        self._child = child

    def ask(self, **question: Any) -> None:
        """Ask without waiting."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to the oldest question that has none."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise SystemExit(f"{self._child.args} ended")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def asked(module: str, *words: str) -> Iterator[Asked]:
    """Run a module of ours that answers, until the end."""
    command = [sys.executable, "-m", module, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield Asked(child)
        finally:
            child.terminate()


def answer_all(do: Callable[..., dict[str, Any]]) -> None:
    """The answering side: ``do`` is called with what each question holds."""
    for line in sys.stdin:
        print(json.dumps(do(**json.loads(line))), flush=True)
