"""``python -m benchmarks``: one table. Each line is the median of runs that alternate between service and floor."""

import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import backtesting, mqtt, ocpi_put
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
        for name, url in urls.items():
            _pair(
                f"OCPI PUT session, requests per CPU second, {name}",
                lambda url=url: ocpi_put.measure(url),
                lambda: ocpi_put.measure(None),
            )
    for name, policy in backtesting.POLICIES.items():
        _backtest(name, policy)
    _backtest("the core alone", backtesting.POLICY, exact=True)


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
    print(_LINE.format(what, f"{service:,.0f}", f"{floor:,.0f}", f"{service / floor:.2f}"))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
