"""Sessions a second by backtest, from a file to a result file, beside only reading the file with the csv module."""

import csv
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.places import POLICY
from history.backtest import run

SESSIONS = 200_000
# Of the shipped real policies: windows, a clock of its own for tiers, a cap; and one whose price depends on how full
# the site is.
BY_HOURS = POLICY.parent / "21-ludwigsburg-ac.toml"
BY_OCCUPANCY = POLICY.parent / "01-tesla-idle.toml"
POLICIES = {"simple": POLICY, "hours, tiers, cap": BY_HOURS, "by occupancy": BY_OCCUPANCY}
_COLUMNS = (
    *("session_id", "network", "station", "evse"),
    *("plugged_in_at", "charging_ended_at", "unplugged_at", "tariff_power_class"),
)
# The core alone is slow: fewer sessions do.
SESSIONS_BY_CORE = 10_000


@contextmanager
def history(sessions: int) -> Iterator[Path]:
    """A file with so many sessions."""
    with tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder:
        path = Path(folder) / "history.csv"
        _write(path, sessions)
        yield path


def measure(policy: Path, *, exact: bool = False, sessions: int = 0) -> tuple[float, float]:
    """Sessions a second: by backtest, and by the floor."""
    sessions = sessions or (SESSIONS_BY_CORE if exact else SESSIONS)
    with history(sessions) as path:
        began = time.perf_counter()
        summary = run(path, policy, path.with_name("result.csv"), zone="Europe/Berlin", exact=exact)
        took = time.perf_counter() - began
        if summary.sessions != sessions:
            raise SystemExit(f"{summary.sessions} of {sessions} sessions were judged")
        began = time.perf_counter()
        with path.open(newline="") as stream:
            rows = sum(1 for _ in csv.DictReader(stream))
        return sessions / took, rows / (time.perf_counter() - began)


def _write(path: Path, sessions: int) -> None:
    """Sessions as in a city: most vehicles leave in time, a quarter stays for hours."""
    chance = random.Random(7)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_COLUMNS)
        for number in range(sessions):
            plugged = start + timedelta(minutes=2 * number)
            ended = plugged + timedelta(minutes=chance.randint(5, 300))
            idle = timedelta(seconds=chance.randint(5, 600) if chance.random() < 0.75 else chance.randint(600, 90_000))
            times = (moment.isoformat() for moment in (plugged, ended, ended + idle))
            writer.writerow([number, "us*cpt", f"Station {number % 40}", number % 2, *times, "AC"])
