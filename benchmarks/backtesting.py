"""Sessions a second by backtest, from a file to a result file, beside only reading the file with the csv module."""

import csv
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.places import POLICY
from history.backtest import run

SESSIONS = 20_000


def measure() -> tuple[float, float]:
    """Sessions a second: by backtest, and by the floor."""
    with tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder:
        history = Path(folder) / "history.csv"
        _write(history)
        began = time.perf_counter()
        summary = run(history, POLICY, Path(folder) / "result.csv")
        took = time.perf_counter() - began
        if summary.sessions != SESSIONS:
            raise SystemExit(f"{summary.sessions} of {SESSIONS} sessions were judged")
        began = time.perf_counter()
        with history.open(newline="") as stream:
            rows = sum(1 for _ in csv.DictReader(stream))
        return SESSIONS / took, rows / (time.perf_counter() - began)


def _write(path: Path) -> None:
    """Sessions as in a city: most vehicles leave in time, a quarter stays for hours."""
    chance = random.Random(7)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["session_id", "network", "station", "evse", "plugged_in_at", "charging_ended_at", "unplugged_at"]
        )
        for number in range(SESSIONS):
            plugged = start + timedelta(minutes=20 * number)
            ended = plugged + timedelta(minutes=chance.randint(5, 300))
            idle = timedelta(seconds=chance.randint(5, 600) if chance.random() < 0.75 else chance.randint(600, 90_000))
            times = (moment.isoformat() for moment in (plugged, ended, ended + idle))
            writer.writerow([number, "us*cpt", f"Station {number % 40}", number % 2, *times])
