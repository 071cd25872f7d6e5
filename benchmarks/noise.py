"""Noise in the two weeks of Boulder: what would sensors and networks that err make drivers pay?

Each session of the history becomes what a perfect sensor and a perfect network would have said. That is the truth: all
time but charging costs, with no grace, by the second. Then one kind of noise is put in, and the core judges each bay.

A minute is *wrongly billed* if it is billed and should cost nothing in truth, *missed* if it should and is not billed.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.boulder import NETWORK, SEED, Port
from benchmarks.perfect import perfect
from enforcement.decision import decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact
from enforcement.fee_lines import Treatment
from enforcement.folding import extend, fold
from enforcement.intervals import Span, intersect, merged, subtract, total
from enforcement.policy_document import read_policy

_POLICY = read_policy(
    """
id = "strict"
version = 1
title = "No grace, every second"
effective_from = 2019-01-01T00:00:00Z
currency = "USD"
"""
    + "".join(
        f'[[clause]]\nkind = "{kind}"\ngrace = "0s"\nrate = "1"\nper = "1m"\nunit = "1s"\n'
        for kind in ("unplugged", "idle", "overstaying")
    )
)


@dataclass(frozen=True, slots=True)
class Score:
    """Minutes of all bays together."""

    due: float
    wrong: float
    missed: float


Noise = Callable[[list[AnyFact], Port, random.Random], list[AnyFact]]


def judge(port: Port, facts: Sequence[AnyFact]) -> tuple[list[Span], list[Span]]:
    """What is billed, and what should be: facts as they come, in the order of their receipt."""
    setting = port.setting
    evidence, known = Evidence(), []
    late = False
    for fact in sorted(facts, key=lambda fact: fact.seen_at):
        known.append(fact)
        late = late or not extend(evidence, fact, setting)
    if late:
        evidence = fold(known, setting)
    now = max(fact.seen_at for fact in facts) + timedelta(hours=1)
    heard: dict[str, list[Span]] = {NETWORK: [(port.visits[0].start - timedelta(days=1), now)]}
    found = decide(evidence, setting, heard, (_POLICY,), now)
    lines = [line for v in found.violations for line in v.fee.lines if line.treatment is Treatment.BILLED]
    billed = merged((line.start, line.end) for line in lines)
    return billed, port.due


def score(noise: Noise, places: Sequence[Port], seed: int = SEED) -> Score:
    """What a kind of noise does to all bays."""
    due = wrong = missed = timedelta(0)
    for port in places:
        chance = random.Random(f"{seed}:{port.key}")
        billed, truth = judge(port, noise(perfect(port), port, chance))
        due += total(truth)
        wrong += total(subtract(billed, truth))
        missed += total(truth) - total(intersect(billed, truth))
    minute = timedelta(minutes=1)
    return Score(due / minute, wrong / minute, missed / minute)
