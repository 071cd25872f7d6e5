"""The service as it is installed: its processes by their commands, on a database that is there."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import text

from benchmarks.places import KEY, answers, free_port, make_ledger, process, until
from migrations.standing import newest

PROCESSES = ("web", "sensors", "clock", "sender")


@contextmanager
def installed(database: str, broker: str, folder: Path) -> Iterator[tuple[dict[str, subprocess.Popen[bytes]], int]]:
    """Run all processes until the end. Yields them by name, and the port of the web."""
    _stamp(database)
    port = free_port()
    own = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "MQTT_URL": broker,
        "WEB_PORT": str(port),
        "VAULT_KEYS": KEY,
        "SESSION_SECRET": "bench" * 10,
        "LOG_LEVEL": "WARNING",
    }
    with ExitStack() as ending:
        running = {
            name: ending.enter_context(process([sys.executable, "-m", "app", name], _environment(own)))
            for name in PROCESSES
        }
        until(lambda: _is_up(running, port), "the service answers")
        yield running, port


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BAYWARDEN_")}
    return plain | {f"BAYWARDEN_{name}": value for name, value in own.items()}


def _is_up(running: Mapping[str, subprocess.Popen[bytes]], port: int) -> bool:
    for name, child in running.items():
        if child.poll() is not None:
            raise SystemExit(f"baywarden {name} ended with {child.returncode}")
    return answers(port)()


def _stamp(database: str) -> None:
    """Say that the tables are of this version: they were made from the models, not by migrations."""
    ledger = make_ledger(database)
    with ledger.engine.begin() as conn:
        conn.execute(text("DROP TABLE IF EXISTS alembic_version"))
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        conn.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest()})
    ledger.close()
