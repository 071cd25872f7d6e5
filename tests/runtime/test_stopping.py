"""How processes of ours end: told once they end well, whatever they were doing; told twice they end at once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The main thread is always about to wait or to end its wait, where a lock is held that no handler may ask for.
BUSY = "while not stop.is_set(): stop.wait(0.0)"
# A signal that comes just before a wait without end would be heard of at its end.
DEAF = """
while not stop.wait(0.1): pass
print('stopping', flush=True)
import time; time.sleep(60)
"""


@contextmanager
def process(loop: str) -> Iterator[subprocess.Popen[bytes]]:
    code = (
        f"from commands.stopping import stop_on_signals; stop = stop_on_signals(); print('ready', flush=True)\n{loop}"
    )
    running = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert running.stdout is not None
    try:
        assert running.stdout.readline() == b"ready\n"
        yield running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def test_a_busy_process_that_is_told_to_stop_ends_well() -> None:
    for _ in range(10):
        with process(BUSY) as running:
            running.terminate()
            assert running.wait(20) == 0


def test_the_second_signal_ends_a_process_that_does_not_listen() -> None:
    with process(DEAF) as running:
        assert running.stdout is not None
        running.send_signal(signal.SIGINT)
        running.send_signal(signal.SIGTERM)
        assert running.stdout.readline() == b"stopping\n", "a terminal tells all, and who started it tells it again"
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == -signal.SIGTERM
