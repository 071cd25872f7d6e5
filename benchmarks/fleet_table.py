"""The fleet as a table: what two cores carried of it, how fast it was decided, and what that took."""

from collections.abc import Mapping, Sequence

from benchmarks import fleet
from benchmarks.fleet_carried import Carried

_LINE = "  {:<34} {:>14} {:>14}"


def main(urls: Mapping[str, str]) -> None:
    """Measure and print, on each database."""
    for name, url in urls.items():
        show(f"{fleet.BAYS:,} bays, {name}", fleet.measure(url))


def show(what: str, found: Sequence[Carried]) -> None:
    """Print trials, and the last as what was measured."""
    print(f"fleet, {what}")
    for trial in found[:-1]:
        _tried(trial)
    _carried(found[-1])


def _tried(trial: Carried) -> None:
    late = ", ".join(f"{kind} p99 {each.p99:.2f} s" for kind, each in trial.latency.items())
    kept = ", ".join(f"{trial.kept[kind]:,.0f} of {rate:,.0f} {kind}/s" for kind, rate in trial.offered.items())
    print(f"  share {trial.share:g} for {trial.seconds:.0f} s: {kept}; {late}{'' if trial.holds else ': too much'}")


def _carried(found: Carried) -> None:
    kinds = list(found.offered)
    print(_LINE.format(f"share {found.share:g} for {found.seconds:.0f} s", *kinds))
    print(_LINE.format("offered a second", *(f"{found.offered[kind]:,.0f}" for kind in kinds)))
    print(_LINE.format("decided a second", *(f"{found.kept[kind]:,.0f}" for kind in kinds)))
    print(_LINE.format("not decided at the end", *(f"{found.left[kind]:,}" for kind in kinds)))
    for name in ("p50", "p99"):
        values = (f"{getattr(found.latency[kind], name):.2f} s" for kind in kinds)
        print(_LINE.format(f"sent until decided, {name}", *values))
    if found.refused:
        print(f"  {found.refused} updates were refused")
    used = sum(found.cpu.values())
    print(f"  CPU s/s: {_each({name: f'{value:.2f}' for name, value in found.cpu.items()})}; in all {used:.2f}")
    print(f"  CPU s/s of who sends: {found.load_cpu:.2f}; by CPU two cores carry a share of {_by_cpu(found, used):.2f}")
    memory = {name: f"{value / 2**20:.0f}" for name, value in found.memory.items()}
    print(f"  MiB: {_each(memory)}; in all {sum(found.memory.values()) / 2**20:.0f}", flush=True)


def _by_cpu(found: Carried, used: float) -> float:
    """What share would use two cores whole, by what each unit of it took; more than can be had in practice."""
    kept = min(found.kept[kind] / rate for kind, rate in found.offered.items())
    return 2 * found.share * kept / used if used else float("inf")


def _each(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
