"""Assess: for bays that are due, load what the core needs, let it decide, and write down what follows.

A new fact and a passing deadline are the same thing: a bay that is due. Each bay's row is locked while it is assessed,
so that any number of processes can do it, and all that follows is in the same transaction.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, select, update

from enforcement.decision import Decision, decide
from enforcement.evidence import Evidence, extend, fold, prune
from enforcement.facts import AnyFact
from ledger import facts as fact_rows
from ledger import feeds, policies
from ledger.database import Ledger, Tx, table
from ledger.judgements import Judged, write_judgements
from ledger.settings_of_bays import BayContext, load
from models import BayState

_LOG = logging.getLogger(__name__)
_TRY_AGAIN_AFTER = timedelta(minutes=1)
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Evidence).decode


@dataclass(slots=True)
class _Case:
    """One bay under assessment. ``refolded``: its evidence reaches back to its first fact."""

    context: BayContext
    evidence: Evidence
    refolded: bool


def assess_due(ledger: Ledger, now: datetime, limit: int = 500) -> int:
    """Claim bays whose time to look has come and assess them. Returns how many; 0 means none is due."""
    states = table(BayState)
    with ledger.write(now) as tx:
        query = select(states.c.bay).where(states.c.due_at <= now).order_by(states.c.due_at, states.c.bay).limit(limit)
        if tx.conn.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        bays = list(tx.conn.execute(query).scalars())
        assess(tx, {bay: [] for bay in bays})
    return len(bays)


def assess(tx: Tx, new_facts: Mapping[str, Sequence[AnyFact]]) -> None:
    """Assess these bays, each with the facts that were recorded in this transaction."""
    if not new_facts:
        return
    states = {row.bay: row for row in tx.conn.execute(_locked(tx, new_facts))}
    contexts = load(tx.conn, states)
    cases = {bay: _case(tx, contexts[bay], states[bay], new_facts[bay]) for bay in sorted(states) if bay in contexts}
    known = policies.published(tx.conn)
    heard = _feeds(tx, cases)
    judged: list[Judged] = []
    for bay, case in cases.items():
        try:
            decision = decide(case.evidence, case.context.setting, heard, known, tx.now)
        except Exception:  # a fault of ours in one bay must not hold up the facts of all others
            _LOG.exception("bay %s could not be judged; it is tried again", bay)
            _postpone(tx, bay)
            continue
        judged.append(Judged(case.context, decision, states[bay], since=None if case.refolded else case.evidence.cut))
    write_judgements(tx, judged)
    _write_states(tx, judged, cases)


def refold(tx: Tx, context: BayContext) -> Evidence:
    """The evidence of a bay from all its facts."""
    facts = [fact for fact in fact_rows.load(tx.conn, context.subjects()) if context.admits(fact)]
    return fold(facts, context.setting)


def _locked(tx: Tx, bays: Iterable[str]) -> Select[Any]:
    """The bays' rows, locked in one order, so that two writers never wait for each other."""
    states = table(BayState)
    query = select(states).where(states.c.bay.in_(sorted(bays))).order_by(states.c.bay)
    return query.with_for_update() if tx.conn.dialect.name == "postgresql" else query


def _case(tx: Tx, context: BayContext, state: Any, new: Sequence[AnyFact]) -> _Case:
    """In order, new facts are added to the kept evidence; late ones, or stale evidence, fold all again."""
    if state.evidence and not state.stale:
        evidence = _DECODE(state.evidence)
        if all(extend(evidence, fact, context.setting) for fact in sorted(new, key=_order)):
            return _Case(context, evidence, refolded=False)
    return _Case(context, refold(tx, context), refolded=True)


def _order(fact: AnyFact) -> tuple[datetime, str, str]:
    return fact.at, fact.source, fact.source_id


def _feeds(tx: Tx, cases: Mapping[str, _Case]) -> dict[str, Any]:
    networks = {network for case in cases.values() for network in case.context.setting.networks}
    cuts = [case.evidence.cut for case in cases.values()]
    since = None if any(cut is None for cut in cuts) else min((cut for cut in cuts if cut), default=None)
    return feeds.load(tx.conn, networks, since) if networks else {}


def _postpone(tx: Tx, bay: str) -> None:
    states = table(BayState)
    later = tx.now + _TRY_AGAIN_AFTER
    tx.conn.execute(update(states).where(states.c.bay == bay).values(stale=True, due_at=later))


def _write_states(tx: Tx, judged: Sequence[Judged], cases: Mapping[str, _Case]) -> None:
    rows = [_state_row(tx.now, item.decision, cases[item.context.setting.bay]) for item in judged]
    if rows:
        states = table(BayState)
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*rows[0],) if name != "of"}
        statement = update(states).where(states.c.bay == bindparam("of")).values(values)
        tx.conn.execute(statement, [{("of" if n == "of" else f"new_{n}"): v for n, v in row.items()} for row in rows])


def _state_row(now: datetime, decision: Decision, case: _Case) -> dict[str, Any]:
    if decision.settled_to is not None:
        prune(case.evidence, decision.settled_to)
    return {
        "of": case.context.setting.bay,
        "due_at": decision.next_look,
        "stale": False,
        "evidence": _ENCODE(case.evidence).decode(),
        "condition": decision.now.condition,
        "reason": decision.now.reason,
        "since": decision.now.since,
        "assessed_at": now,
    }
