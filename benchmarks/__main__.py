"""``python -m benchmarks [WHAT…]``: tables of what was measured; without a word all but ``noise``.

Each line with a floor is the median of runs that alternate between service and floor. ``noise`` is another table, of
what noise makes drivers pay (:mod:`benchmarks.noise`).
"""

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import backtesting, core, curve, fleet_table, graces, million, mqtt, noise_table, ocpi
from benchmarks.node_red import FLOWS
from benchmarks.places import POLICY, databases
from enforcement import decision

_RUNS = 3
_LINE = "{:<72} {:>12} {:>12} {:>8}"


def main(words: list[str]) -> None:
    """Measure what is asked for and print."""
    unknown = [word for word in words if word not in _PARTS and word != "noise"]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}; there are {', '.join([*_PARTS, 'noise'])}")
    if "noise" in words:
        noise_table.main()
    asked = [part for word, part in _PARTS.items() if word in words or not words]
    if asked:
        print(f"The core is {'as it is written' if decision.__file__.endswith('.py') else 'compiled'}.")
        print(_LINE.format("what", "service", "floor", "ratio"))
        with databases() as urls:
            for part in asked:
                part(urls)


def _mqtt(urls: Mapping[str, str]) -> None:
    what = "MQTT publish to committed decision, facts/s"
    url = urls["SQLite"]
    service, floor = _columns([[mqtt.measure(url, name) for name in ("service", "floor")] for _ in range(_RUNS)])
    _show(f"{what}, SQLite", service, floor)
    url = urls["PostgreSQL"]
    consumers = [("service", 1), ("service", 2), ("floor", 1), *((flow, 1) for flow in FLOWS)]
    found = [[mqtt.measure(url, name, processes=count) for name, count in consumers] for _ in range(_RUNS)]
    one, two, *others = _columns(found)
    for service, how in ((one, "PostgreSQL"), (two, "PostgreSQL, two processes")):
        for floor, beside in zip(others, (what, *(f"  beside {flow}" for flow in FLOWS)), strict=True):
            _show(f"{beside}, {how}", service, floor)


def _columns(runs: Sequence[Sequence[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*runs, strict=True)]


def _ocpi(urls: Mapping[str, str]) -> None:
    """CPU milliseconds: less is better, so a ratio is how many empty views a request costs."""
    found = ocpi.compare(urls)
    floor = found.pop("empty")
    for name, measured in found.items():
        for method in ("put", "patch"):
            what = f"OCPI {method.upper()} session, CPU ms, {name}"
            _show(what, [getattr(measured, method)], [getattr(floor, method)])
    for name, url in urls.items():
        _alone(f"  and to decide, in batches, CPU ms, {name}", ocpi.deciding(url))


def _backtest(_urls: Mapping[str, str]) -> None:
    for name, policy in backtesting.POLICIES.items():
        _backtest_by(name, policy)
    _backtest_by("the core alone", POLICY, exact=True)


def _core(_urls: Mapping[str, str]) -> None:
    for name, case in core.CASES.items():
        _alone(f"core: {name}, CPU us", statistics.median(core.measure(case) for _ in range(_RUNS)))


def _graces(urls: Mapping[str, str]) -> None:
    for name, url in urls.items():
        measured = graces.measure(url)
        what = f"{graces.BAYS:,} graces that end at once, decided, durable"
        _alone(f"{what}, s, {name}", measured.seconds)
        _alone(f"{what}, CPU s, {name}", measured.cpu)
    for processes in (1, 2):
        _alone(f"  by {processes} clock processes apart, s, PostgreSQL", graces.shared(urls["PostgreSQL"], processes))


def _curve(urls: Mapping[str, str]) -> None:
    for name, url in urls.items():
        for bays in curve.BY_BAYS:
            _alone(f"a reading with {bays:,} bays known, CPU ms, {name}", curve.by_bays(url, bays))
        for count in curve.BY_UPDATES:
            _alone(f"an update after {count:,} in the same stay, CPU ms, {name}", curve.by_updates(url, count))


def _million(urls: Mapping[str, str]) -> None:
    for name, url in urls.items():
        for bays in million.BAYS:
            held = million.measure(url, bays)
            _alone(f"{bays:,} bays: to register one, CPU ms, {name}", held.imported)
            _alone(f"{bays:,} bays: a process that holds them, MiB, {name}", held.memory / 2**20)
            _alone(f"{bays:,} bays: to load one into it, CPU ms, {name}", held.kept)
            _alone(f"{bays:,} bays: a reading there, CPU ms, {name}", held.fact)


_PARTS: dict[str, Callable[[Mapping[str, str]], None]] = {
    "mqtt": _mqtt,
    "ocpi": _ocpi,
    "backtest": _backtest,
    "core": _core,
    "graces": _graces,
    "curve": _curve,
    "fleet": fleet_table.main,
    "million": _million,
}


def _backtest_by(what: str, policy: Path, *, exact: bool = False) -> None:
    both = [backtesting.measure(policy, exact=exact) for _ in range(_RUNS)]
    _show(f"backtest, sessions/s, {what}", [service for service, _ in both], [floor for _, floor in both])


def _show(what: str, services: list[float], floors: list[float]) -> None:
    service, floor = statistics.median(services), statistics.median(floors)
    print(_LINE.format(what, _number(service), _number(floor), f"{service / floor:.2f}"), flush=True)


def _alone(what: str, value: float) -> None:
    print(_LINE.format(what, _number(value), "", ""), flush=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
