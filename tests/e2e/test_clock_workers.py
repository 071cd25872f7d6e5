"""``baywarden clock`` on PostgreSQL decides with several processes, each of which may be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from ledger.database import Ledger, table
from migrations.upgrade import upgrade
from models import BayState
from tests.conftest import TEST_KEY, ledger_of
from tests.support.brokers import wait_for
from tests.support.databases import fresh_database
from tests.support.lots import build

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database of this test's own, up to date."""
    return fresh_database(postgres_url, "clocks")


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A lot whose bays are all due, since nothing of them was decided yet."""
    ledger = ledger_of(url)
    upgrade(ledger.engine)
    build(ledger)
    yield ledger
    ledger.close()


@contextmanager
def running(url: str, folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """``baywarden clock`` with these words; whatever is left of it is killed in the end."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BAYWARDEN_")}
    own = {"DATA_DIR": str(folder), "DATABASE_URL": url, "VAULT_KEYS": TEST_KEY, "SESSION_SECRET": "s" * 40}
    own |= {"CLOCK_WORKERS": "3"}
    env = plain | {f"BAYWARDEN_{name}": value for name, value in own.items()}
    with subprocess.Popen([sys.executable, "-m", "app", "clock", *words], cwd=ROOT, env=env) as clock:
        try:
            yield clock
        finally:
            for each in children(clock):
                each.kill()
            clock.kill()


def children(clock: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [] if clock.poll() is not None else psutil.Process(clock.pid).children()


def helpers(clock: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that decide beside it."""
    return [each for each in children(clock) if not is_gone(each) and each.cmdline()[-3:-1] == ["clock", "--beside"]]


def some(clock: subprocess.Popen[bytes]) -> list[psutil.Process]:
    wait_for(lambda: len(helpers(clock)) == 2, "two processes decide beside the clock")
    return helpers(clock)


def is_gone(each: psutil.Process) -> bool:
    return not each.is_running() or each.status() == psutil.STATUS_ZOMBIE


def is_any_due(ledger: Ledger) -> bool:
    with ledger.read() as conn:
        return conn.execute(select(table(BayState).c.bay).where(table(BayState).c.stale)).first() is not None


def test_a_helper_decides_by_itself_and_starts_none(ledger: Ledger, url: str, tmp_path: Path) -> None:
    assert is_any_due(ledger)
    with running(url, tmp_path, "--beside", str(os.getpid())) as helper:
        wait_for(lambda: not is_any_due(ledger), "all is decided")
        assert children(helper) == []
        helper.send_signal(signal.SIGTERM)
        assert helper.wait(20) == 0


def test_a_helper_that_is_killed_is_started_again_and_none_outlives_the_clock(
    ledger: Ledger, url: str, tmp_path: Path
) -> None:
    with running(url, tmp_path) as clock:
        first, second = some(clock)
        first.kill()
        wait_for(lambda: is_gone(first) and len(helpers(clock)) == 2, "it is started again")
        assert second in helpers(clock)
        last = some(clock)
        wait_for(lambda: not is_any_due(ledger), "all is decided")
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(20) == 0
        assert all(map(is_gone, last))


def test_helpers_end_with_a_clock_that_is_killed(ledger: Ledger, url: str, tmp_path: Path) -> None:
    with running(url, tmp_path) as clock:
        wait_for(lambda: not is_any_due(ledger), "all is decided")
        left = some(clock)
        clock.kill()
        wait_for(lambda: all(map(is_gone, left)), "they end")
