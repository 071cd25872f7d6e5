"""What of a bay's facts may be forgotten, and what is left of it then.

What is forgotten changes nothing that is not: before it goes, the kept facts are folded on what is left of the others,
and must give what all of them give.
"""

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from enforcement.decision import Decision, decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact
from enforcement.folding import fold
from enforcement.privacy import HELD
from enforcement.pruning import prune
from enforcement.settled import forgettable_to
from ledger import feeds, policies
from ledger.database import Tx, table
from ledger.pushes import CDR
from ledger.settings_of_bays import BayContext
from models import Cdr, Push, ViolationRow
from models.outbox import Delivery

_LOG = logging.getLogger(__name__)
_violation, _push = table(ViolationRow).c, table(Push).c


@dataclass(frozen=True, slots=True)
class AllKnown:
    """All that is known of a bay: the base that earlier facts left, and those that are kept, admitted ones."""

    context: BayContext
    base: Evidence | None
    facts: Sequence[AnyFact]

    def evidence(self) -> Evidence:
        """All of it, folded."""
        return fold(self.facts, self.context.setting, copy.deepcopy(self.base))


def left_of(tx: Tx, memory: AllKnown, before: datetime) -> Evidence | None:
    """What the facts that may go leave; None where none may."""
    setting, evidence = memory.context.setting, memory.evidence()
    whole = _decide(tx, memory.context, evidence)
    until = forgettable_to(whole.stays, evidence, before, _held(tx, setting.bay))
    if until is None or (memory.base is not None and memory.base.cut is not None and until <= memory.base.cut):
        return None
    old = [fact for fact in memory.facts if fact.at <= until]
    left = AllKnown(memory.context, memory.base, old).evidence()
    prune(left, until, setting)
    again = _decide(tx, memory.context, AllKnown(memory.context, left, memory.facts).evidence())
    if _said(again, until) != _said(whole, until):
        _LOG.warning("bay %s keeps its facts: what follows would not follow without the old ones", setting.bay)
        return None
    return left


def _decide(tx: Tx, context: BayContext, evidence: Evidence) -> Decision:
    heard = feeds.load(tx.conn, context.setting.networks, None) if context.setting.networks else {}
    return decide(evidence, context.setting, heard, policies.remembered(tx), tx.now)


def _said(decision: Decision, since: datetime) -> list[tuple[Any, ...]]:
    """What a decision says of stays that began after a moment."""
    return [
        (judged.stay.arrived_at, judged.stay.left_at, judged.stay.token, judged.is_final, judged.violations)
        for judged in decision.stays
        if judged.stay.arrived_at > since
    ]


def _held(tx: Tx, bay: str) -> frozenset[str]:
    """Violations of a bay that are not over for everybody, or whose charge record has not left."""
    leaves = _push.kind == CDR, _push.state.in_((Delivery.PENDING, Delivery.SENDING))
    cdrs = table(Cdr).c
    unsent = exists().where(cdrs.violation == _violation.key, cdrs.cdr_id == _push.subject, *leaves)
    query = select(_violation.key).where(_violation.bay == bay, or_(_violation.state.in_(HELD), unsent))
    return frozenset(tx.conn.execute(query).scalars())
