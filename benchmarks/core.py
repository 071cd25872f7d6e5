"""What one decision of the pure core costs: CPU microseconds, no rows, no files, one process.

Each case decides for many bays that differ, so that nothing which a process remembers of one bay helps it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.fleet_of_bays import evse_of, minutes, reads, updates
from benchmarks.places import NETWORK, POLICY
from enforcement.decision import Decision, decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact
from enforcement.folding import extend, fold
from enforcement.intervals import Span
from enforcement.policy_document import read_policy
from enforcement.pruning import prune
from enforcement.setting import BaySetting, NetworkHabits
from enforcement.violations import State

# As many as are decided in one transaction.
BAYS = 500
_START = datetime(2026, 3, 2, 8, tzinfo=UTC)
_POLICIES = [read_policy(POLICY.read_text(encoding="utf-8"))]
_HABITS = {NETWORK: NetworkHabits()}
# What a bay is, and the state of its last violation.
Shown = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Bay:
    """A bay with its evidence, and the facts that are new when it is decided about at ``now``."""

    setting: BaySetting
    evidence: Evidence
    new: Sequence[AnyFact]
    feeds: dict[str, list[Span]]
    now: datetime
    expects: Shown


def measure(case: Callable[[int], Bay], count: int = BAYS) -> float:
    """CPU microseconds to take in what is new and to decide, a bay."""
    bays = [case(number) for number in range(count)]
    found: list[Shown] = []
    cpu = -time.process_time()
    for bay in bays:
        for fact in bay.new:
            extend(bay.evidence, fact, bay.setting)
        found.append(_shown(decide(bay.evidence, bay.setting, bay.feeds, _POLICIES, bay.now)))
    cpu += time.process_time()
    wrong = [shown for bay, shown in zip(bays, found, strict=True) if shown != bay.expects]
    if wrong:
        raise SystemExit(f"a bay is not {bays[0].expects}, but {wrong[0]}")
    return 1_000_000 * cpu / len(bays)


def reading(number: int) -> Bay:
    """A vehicle came and went twice; now the third one comes."""
    words = [(0, False), (20, True), (65, False), (90, True), (140, False)]
    known = [fact for at, taken in words for fact in reads([number], _at(number, at), occupied=taken)]
    came = _at(number, 150)
    return _bay(number, known, list(reads([number], came, occupied=True)), came, ("unplugged", None))


def grace(number: int) -> Bay:
    """A session is done charging, and its grace of ten minutes ends; there is no new fact."""
    done = _at(number, 60)
    known = [*reads([number], _at(number, 0), occupied=True), *updates([number], _at(number, 1), done, 20_000, [done])]
    return _bay(number, known, [], done + minutes(10), ("idle", State.RUNNING))


def stay(number: int) -> Bay:
    """A session with thirty updates is over, the vehicle leaves an hour after it was done, and is seen to go."""
    began, done, gone = _at(number, 1), _at(number, 31), _at(number, 91)
    known: list[AnyFact] = [*reads([number], _at(number, 0), occupied=True)]
    for turn in range(1, 30):
        known += updates([number], began, began + minutes(turn), 500 * turn)
    known += updates([number], began, done, 15_000, [done])
    known += updates([number], began, gone, 15_000, [done], is_over=True)
    return _bay(number, known, list(reads([number], gone, occupied=False)), gone, ("free", State.ENDED))


CASES: dict[str, Callable[[int], Bay]] = {
    "a reading that changes its bay": reading,
    "a grace that ends": grace,
    "a finished stay with 30 updates": stay,
}


def _bay(number: int, known: Sequence[AnyFact], new: Sequence[AnyFact], now: datetime, expects: Shown) -> Bay:
    """A bay as the ledger keeps it: what is settled was pruned with the last fact."""
    setting = BaySetting(
        bay=f"bay-{number}",
        station=evse_of(number).rpartition("*")[0],
        zone="America/Toronto",
        sensors={f"s{number}": timedelta(hours=25)},
        evses=(evse_of(number),),
        networks=_HABITS,
    )
    feeds = {NETWORK: [(_START - minutes(60), now)]}
    evidence, last = fold(known, setting), known[-1].at
    settled_to = decide(evidence, setting, feeds, _POLICIES, last).settled_to
    if settled_to is not None:
        prune(evidence, settled_to, setting)
    return Bay(setting, evidence, new, feeds, now, expects)


def _at(number: int, minute: float) -> datetime:
    """Every bay has its own seconds."""
    return _START + minutes(minute) + timedelta(seconds=number)


def _shown(decision: Decision) -> Shown:
    return decision.now.condition, decision.violations[-1].state if decision.violations else None
