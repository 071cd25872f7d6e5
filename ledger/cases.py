"""Bays under assessment: what is known of each, with the facts that are new, and what is written of it in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enforcement.decision import Decision
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact, order
from enforcement.folding import extend
from enforcement.pruning import prune
from ledger import kept_evidence
from ledger.changes import Changes
from ledger.database import Tx
from ledger.judged import Judged
from ledger.kept_evidence import refold
from ledger.settings_of_bays import BayContext
from models import BayState

_WRITE = Changes(BayState, "bay")


@dataclass(slots=True)
class Case:
    """One bay under assessment. ``refolded``: its evidence reaches back to the first fact that is kept.

    ``is_kept``: its evidence is what was kept of it; time alone made it due.
    """

    context: BayContext
    evidence: Evidence
    refolded: bool
    is_kept: bool = False


def case_of(tx: Tx, context: BayContext, state: Any, new: Sequence[AnyFact]) -> Case:
    """In order, new facts are added to the kept evidence; late ones, or stale evidence, fold all again."""
    evidence = None if state.stale else kept_evidence.read(state.evidence)
    if evidence is not None and all(extend(evidence, fact, context.setting) for fact in sorted(new, key=order)):
        return Case(context, evidence, refolded=False, is_kept=not new)
    return Case(context, refold(tx.conn, context), refolded=True)


def write_states(tx: Tx, judged: Sequence[Judged], cases: Mapping[str, Case]) -> None:
    """Write what each bay is now, when to look at it again, and what is known of it."""
    _WRITE.write(tx.conn, [_row(tx.now, item.decision, cases[item.bay]) for item in judged])


def _row(now: datetime, decision: Decision, case: Case) -> dict[str, Any]:
    row = {
        "bay": case.context.setting.bay,
        "due_at": decision.next_look,
        "stale": False,
        "condition": decision.now.condition,
        "reason": decision.now.reason,
        "since": decision.now.since,
        "assessed_at": now,
    }
    if decision.settled_to is not None:
        prune(case.evidence, decision.settled_to, case.context.setting)
    elif case.is_kept:
        return row
    return {**row, "evidence": kept_evidence.write(case.evidence)}
