"""Processes of ours for tests that kill them, forked from one that has imported all that they need.

To import takes a second of a core, longer than most of them live. They are processes like any others: nothing is open
in the one that they are forked from, and they share nothing with the test but what they are given.
"""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(
    [f"tests.support.{kind}_process" for kind in ("clock", "ocpi_sender", "sender", "sensors")]
)
PATIENCE = 60


def fork(work: Callable[..., None], *given: object) -> ForkServerProcess:
    """Let a function of one of these modules run in a process of its own, with values that can be pickled."""
    process = _FORKING.Process(target=work, args=given)
    process.start()
    return process


def fork_ready(work: Callable[..., None], *given: object) -> ForkServerProcess:
    """The same for one that gets a connection, too, and sends something there when it is about to begin."""
    ready: Connection
    says: Connection
    ready, says = _FORKING.Pipe(duplex=False)
    with ready, says:
        process = fork(work, *given, says)
        assert ready.poll(PATIENCE), "the process is not ready"
        ready.recv()
    return process


def end(process: ForkServerProcess, *, kill: bool = False) -> int:
    """Tell a process to end, or kill it, if it has not ended; gives its exit code."""
    if process.is_alive():
        process.kill() if kill else process.terminate()
    process.join(PATIENCE)
    assert process.exitcode is not None, "the process does not end"
    return process.exitcode
