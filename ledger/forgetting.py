"""Old facts go: of each bay those of stays that nobody needs any more, once their fold is kept in their place.

What is forgotten changes nothing that is not: before it goes, the kept facts are folded on what is left of the others,
and must give what all of them give.
"""

import copy
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from enforcement.decision import Decision, decide, forgettable_to
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact, NetworkHeard, sensor_subject
from enforcement.folding import fold
from enforcement.privacy import HELD
from enforcement.pruning import prune
from ledger import facts as fact_rows
from ledger import feeds, forgotten, policies
from ledger.database import Ledger, Tx, table, upsert
from ledger.pushes import CDR
from ledger.settings_of_bays import BayContext, remembered
from ledger.ties import ties_of
from models import Bay, BaySensor, BayState, Cdr, FactRow, ForgottenFacts, Push, ViolationRow, WaitingFact
from models.outbox import Delivery

_LOG = logging.getLogger(__name__)
_BATCH = 500
# A bay that could not forget anything is not looked at again before this.
_AGAIN_AFTER = timedelta(days=1)

_fact, _violation, _push, _state = table(FactRow).c, table(ViolationRow).c, table(Push).c, table(BayState).c


@dataclass(frozen=True, slots=True)
class _Memory:
    """All that is known of a bay: the base that earlier facts left, and those that are kept, admitted ones."""

    context: BayContext
    base: Evidence | None
    facts: Sequence[AnyFact]

    def evidence(self) -> Evidence:
        """All of it, folded."""
        return fold(self.facts, self.context.setting, copy.deepcopy(self.base))


def forget(ledger: Ledger, clock: Callable[[], datetime], before: datetime) -> int:
    """Forget facts from before a moment, a bay in a transaction. Returns how many rows went."""
    with ledger.read() as conn:
        bays = list(conn.execute(select(table(Bay).c.id).order_by(table(Bay).c.id)).scalars())
    gone = 0
    for bay in bays:
        with ledger.write(clock()) as tx:
            gone += _forget_bay(tx, bay, before)
    while True:
        with ledger.write(clock()) as tx:
            count = _delete(tx, _is_of_no_bay(before))
        gone += count
        if count < _BATCH:
            return gone


def _forget_bay(tx: Tx, bay: str, before: datetime) -> int:
    context = remembered(tx, [bay]).get(bay)
    if context is None or _is_busy(tx, bay) or not _is_time(tx, context, before):
        return 0
    facts = [fact for fact in fact_rows.load(tx.conn, context.subjects()) if context.admits(fact)]
    memory = _Memory(context, forgotten.base_of(tx.conn, context), facts)
    found = _left_of(tx, memory, before)
    row: dict[str, Any] = {"bay": bay, "looked_at": tx.now}
    if found is None:
        standing = forgotten.horizons(tx.conn, [bay]).get(bay)
        kept = {"until": standing, "evidence": "" if memory.base is None else forgotten.encode(memory.base)}
        upsert(tx.conn, ForgottenFacts, ["bay"], [row | kept])
        return 0
    upsert(tx.conn, ForgottenFacts, ["bay"], [row | {"until": found.cut, "evidence": forgotten.encode(found)}])
    return sum(_delete_subject(tx, subject) for subject in sorted(set(context.subjects())))


def _is_busy(tx: Tx, bay: str) -> bool:
    """Whether something of a bay is not decided yet. Its row is locked from here on."""
    state = tx.conn.execute(select(table(BayState)).where(_state.bay == bay).with_for_update()).one_or_none()
    waits = exists().where(table(WaitingFact).c.bay == bay)
    return state is None or state.stale or bool(tx.conn.scalar(select(waits)))


def _is_time(tx: Tx, context: BayContext, before: datetime) -> bool:
    """Whether there are facts that may go, and it was not tried lately."""
    rows = table(ForgottenFacts).c
    looked_at = tx.conn.scalar(select(rows.looked_at).where(rows.bay == context.setting.bay))
    if looked_at is not None and tx.now - looked_at < _AGAIN_AFTER:
        return False
    old = exists().where(_fact.subject.in_(context.subjects()), _fact.at <= before)
    return bool(tx.conn.scalar(select(old)))


def _left_of(tx: Tx, memory: _Memory, before: datetime) -> Evidence | None:
    """What the facts that may go leave; None where none may."""
    setting, evidence = memory.context.setting, memory.evidence()
    whole = _decide(tx, memory.context, evidence)
    until = forgettable_to(whole, evidence, before, _held(tx, setting.bay))
    if until is None or (memory.base is not None and memory.base.cut is not None and until <= memory.base.cut):
        return None
    old = [fact for fact in memory.facts if fact.at <= until]
    left = _Memory(memory.context, memory.base, old).evidence()
    prune(left, until, setting)
    again = _decide(tx, memory.context, _Memory(memory.context, left, memory.facts).evidence())
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


def _delete_subject(tx: Tx, subject: str) -> int:
    """A fact goes when every bay that it is about has forgotten it, those too to which its charger was tied before."""
    bays = {bay for bay, _ in ties_of(tx.conn, [subject]).get(subject, ())}
    known = forgotten.horizons(tx.conn, bays)
    if not bays or bays - known.keys():
        return 0
    count = 0
    while (gone := _delete(tx, and_(_fact.subject == subject, _fact.at <= min(known.values())))) == _BATCH:
        count += gone
    return count + gone


def _is_of_no_bay(before: datetime) -> ColumnElement[bool]:
    """That a network was heard, which is kept as spans; the words of a sensor that nobody tied to a bay."""
    sensor = table(BaySensor).c.sensor
    prefix = sensor_subject("")
    untied = and_(
        _fact.subject.startswith(prefix, autoescape=True),
        ~exists().where(sensor == func.substr(_fact.subject, len(prefix) + 1)),
    )
    return and_(_fact.at <= before, or_(_fact.kind == NetworkHeard.__name__, untied))


def _delete(tx: Tx, which: ColumnElement[bool]) -> int:
    some = select(_fact.id).where(which).limit(_BATCH)
    return int(tx.conn.execute(delete(table(FactRow)).where(_fact.id.in_(some))).rowcount)
