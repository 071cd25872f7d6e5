"""What a process remembers of bays, loaded where it does not: what the core must know, and which a fact is about."""

from collections.abc import Iterable, Sequence

from enforcement.facts import AnyFact
from ledger.database import Tx
from ledger.settings_of_bays import BayContext, load
from ledger.ties import ties_of


def remembered(tx: Tx, bays: Iterable[str]) -> dict[str, BayContext]:
    """The contexts of these bays, loaded once while the registry stands."""
    memory = tx.memory.contexts
    wanted = list(bays)
    missing = [bay for bay in wanted if bay not in memory]
    if missing:
        memory.update(load(tx.conn, missing))
    return {bay: memory[bay] for bay in wanted if bay in memory}


def bays_of(tx: Tx, facts: Sequence[AnyFact]) -> dict[str, list[AnyFact]]:
    """Which bays these facts are about."""
    memory = tx.memory.ties
    missing = sorted({fact.subject for fact in facts if fact.subject not in memory})
    if missing:
        found = ties_of(tx.conn, missing)
        memory.update({subject: tuple(found.get(subject, ())) for subject in missing})
    out: dict[str, list[AnyFact]] = {}
    for fact in facts:
        for bay, tie in memory[fact.subject]:
            if tie is None or tie.holds(fact):
                out.setdefault(bay, []).append(fact)
    return out
