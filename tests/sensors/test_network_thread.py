"""paho's network thread dies silently of an exception: the process notices, ends, and its runner starts it again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commands.supervising import Program, write_config
from ledger.database import Ledger
from models import FactRow
from tests.sensors.conftest import rows
from tests.support.brokers import RunningBroker, TestPublisher, wait_for

# The sensors process, whose network thread dies of the first message on a topic of ours: as a bug of ours would kill it.
MORTAL = """
import runpy, sys
from pathlib import Path
from sensors.connection import Connection
with Path(__file__).with_name("starts").open("a") as starts:
    starts.write("started\\n")
alive = Connection._take
def mortal(self, topic, *more):
    if topic == "x/bays/poison":
        raise RuntimeError("a bug")
    alive(self, topic, *more)
Connection._take = mortal
runpy.run_module("tests.support.sensors_process", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("broker", "database_url"), [pytest.param("mosquitto", "sqlite", marks=pytest.mark.mosquitto)], indirect=True
)
def test_a_dead_network_thread_ends_the_process_and_the_runner_starts_it_again(
    ledger: Ledger, broker: RunningBroker, database_url: str, tmp_path: Path
) -> None:
    script, starts = tmp_path / "mortal.py", tmp_path / "starts"
    script.write_text(MORTAL)
    config = write_config(tmp_path / "supervisord.conf", [Program("sensors")])
    line = next(each for each in config.read_text().splitlines() if each.startswith("command="))
    command = f'command="{sys.executable}" -u "{script}" "{broker.url}" "{database_url}"'
    config.write_text(config.read_text().replace(line, command))
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"}, text=True,
    ) as runner:  # fmt: skip
        try:
            with TestPublisher(broker) as publisher:

                def is_heard(sensor: str) -> bool:
                    publisher.send(f"x/bays/{sensor}", {"occupied": True, "at": "2026-03-02T17:00:00Z"})
                    return any(row.subject == f"sensor:{sensor}" for row in rows(ledger, FactRow))

                wait_for(lambda: is_heard("before"), "the process listens")
                assert starts.read_text() == "started\n"
                # With QoS 0, so that it is not delivered again and kills the next one, too.
                publisher.send("x/bays/poison", b"{}", qos=0)
                wait_for(lambda: is_heard("after"), "the process is back")
            assert starts.read_text() == "started\nstarted\n"
        finally:
            runner.send_signal(signal.SIGTERM)
            runner.wait(20)
