"""Old facts go: of each bay those of stays that nobody needs any more, once their fold is kept in their place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from enforcement.facts import NetworkHeard, sensor_subject
from ledger import due, forgotten
from ledger import facts as fact_rows
from ledger.database import Ledger, Tx, table, upsert
from ledger.forgettable import AllKnown, left_of
from ledger.remembered_bays import remembered
from ledger.settings_of_bays import BayContext
from ledger.ties import ties_of
from models import Bay, BaySensor, FactRow, ForgottenFacts, WaitingFact

_BATCH = 500
# A bay that could not forget anything is not looked at again before this.
_AGAIN_AFTER = timedelta(days=1)

_fact = table(FactRow).c


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
    memory = AllKnown(context, forgotten.base_of(tx.conn, context), facts)
    found = left_of(tx, memory, before)
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
    state = due.hold_states(tx.conn, [bay]).get(bay)
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
