"""``python -m benchmarks noise``: wrongly billed and missed minutes by kind of noise, as a table for the documents."""

from benchmarks.boulder import SEED, ports
from benchmarks.kinds_of_noise import KINDS
from benchmarks.noise import score


def main() -> None:
    """Judge the two weeks under each kind of noise and print."""
    places = ports()
    print(f"{len(places)} bays, {sum(len(place.visits) for place in places)} sessions, seed {SEED}\n")
    print("| noise | minutes due | wrongly billed | missed | missed, % |")
    print("|---|---|---|---|---|")
    for name, noise in KINDS.items():
        found = score(noise, places)
        missed = f"{found.missed:,.0f} | {100 * found.missed / found.due:.1f}"
        print(f"| {name} | {found.due:,.0f} | {found.wrong:,.0f} | {missed} |", flush=True)
