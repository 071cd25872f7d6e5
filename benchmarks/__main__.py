"""``python -m benchmarks``: one table. Each line is the median of runs that alternate between service and floor.

``python -m benchmarks noise``: another one, of what noise makes drivers pay (:mod:`benchmarks.noise`).
"""

import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import backtesting, mqtt, noise_table, ocpi
from benchmarks.places import databases

_RUNS = 3
_LINE = "{:<52} {:>12} {:>12} {:>8}"


def main() -> None:
    """Measure and print."""
    print(_LINE.format("what", "service", "floor", "ratio"))
    with databases() as urls:
        for name, url in urls.items():
            _pair(
                f"MQTT publish to committed decision, facts/s, {name}",
                lambda url=url: mqtt.measure(url, "service"),
                lambda url=url: mqtt.measure(url, "floor"),
            )
        _ocpi(urls)
    for name, policy in backtesting.POLICIES.items():
        _backtest(name, policy)
    _backtest("the core alone", backtesting.POLICY, exact=True)


def _ocpi(urls: dict[str, str]) -> None:
    """CPU milliseconds: less is better, so a ratio is how many empty views a request costs."""
    floors = [ocpi.empty() for _ in range(_RUNS)]
    services = {name: [ocpi.ours(url) for _ in range(_RUNS)] for name, url in urls.items()}
    services["extrawest-ocpi, SQLite"] = [ocpi.extrawest() for _ in range(_RUNS)]
    for name, runs in services.items():
        for method in ("put", "patch"):
            what = f"OCPI {method.upper()} session, CPU ms, {name}"
            _show(what, [getattr(run, method) for run in runs], [getattr(run, method) for run in floors])
    for name in urls:
        decided = statistics.median(run.deciding for run in services[name])
        print(_LINE.format(f"  and to decide, in batches, CPU ms, {name}", f"{decided:,.2f}", "", ""))


def _pair(what: str, service: Callable[[], float], floor: Callable[[], float]) -> None:
    services, floors = [], []
    for _ in range(_RUNS):
        services.append(service())
        floors.append(floor())
    _show(what, services, floors)


def _backtest(what: str, policy: Path, *, exact: bool = False) -> None:
    both = [backtesting.measure(policy, exact=exact) for _ in range(_RUNS)]
    _show(f"backtest, sessions/s, {what}", [service for service, _ in both], [floor for _, floor in both])


def _show(what: str, services: list[float], floors: list[float]) -> None:
    service, floor = statistics.median(services), statistics.median(floors)
    print(_LINE.format(what, _number(service), _number(floor), f"{service / floor:.2f}"))
    sys.stdout.flush()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


if __name__ == "__main__":
    if sys.argv[1:] == ["noise"]:
        noise_table.main()
    else:
        main()
