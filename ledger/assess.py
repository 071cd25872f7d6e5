"""Assess: for bays that are due, load what the core needs, let it decide, and write down what follows.

A new fact and a passing deadline are the same thing: a bay that is due. Each bay's row is locked while it is assessed,
so that any number of processes can do it, and all that follows is in the same transaction.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, select, update

from enforcement.circumstances import NONE_KNOWN
from enforcement.decision import Decision, decide
from enforcement.evidence import Evidence, extend, fold, prune
from enforcement.facts import AnyFact
from ledger import availability, circumstances, feeds, findings, policies, sites
from ledger import facts as fact_rows
from ledger.database import Ledger, Tx, table
from ledger.judgements import Judged, write_judgements
from ledger.settings_of_bays import BayContext, remembered
from models import BayState

_LOG = logging.getLogger(__name__)
_TRY_AGAIN_AFTER = timedelta(minutes=1)
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Evidence).decode

_STATES = table(BayState)
# The bays' rows, locked in one order, so that two writers never wait for each other; SQLite has one writer anyway.
_UNLOCKED = select(_STATES).where(_STATES.c.bay.in_(bindparam("bays", expanding=True))).order_by(_STATES.c.bay)
_LOCKED = _UNLOCKED.with_for_update()
_STATE_COLUMNS = ("due_at", "stale", "evidence", "condition", "reason", "since", "assessed_at")
_WRITE_STATE = (
    update(_STATES)
    .where(_STATES.c.bay == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _STATE_COLUMNS})
)


@dataclass(slots=True)
class _Case:
    """One bay under assessment. ``refolded``: its evidence reaches back to its first fact."""

    context: BayContext
    evidence: Evidence
    refolded: bool


def assess_due(ledger: Ledger, now: datetime, limit: int = 500) -> int:
    """Claim bays whose time to look has come and assess them. Returns how many; 0 means none is due."""
    states = _STATES
    sites.take_up_changes(ledger, now, policies.remembered)
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
    query = _LOCKED if tx.conn.dialect.name == "postgresql" else _UNLOCKED
    states = {row.bay: row for row in tx.conn.execute(query, {"bays": sorted(new_facts)})}
    contexts = remembered(tx, states)
    cases = {bay: _case(tx, contexts[bay], states[bay], new_facts[bay]) for bay in sorted(states) if bay in contexts}
    known = policies.remembered(tx)
    heard = _feeds(tx, cases)
    given = circumstances.load(tx, cases, known)
    judged: list[Judged] = []
    for bay, case in cases.items():
        try:
            around = given.get(bay, NONE_KNOWN)
            decision = decide(case.evidence, case.context.setting, heard, known, tx.now, around)
        except Exception:  # a fault of ours in one bay must not hold up the facts of all others
            _LOG.exception("bay %s could not be judged; it is tried again", bay)
            _postpone(tx, bay)
            continue
        judged.append(Judged(case.context, decision, states[bay], since=None if case.refolded else case.evidence.cut))
    write_judgements(tx, judged)
    for item in judged:
        if cases[item.bay].evidence.bills:
            findings.look(tx, cases[item.bay].evidence, item.decision)
    _write_states(tx, judged, cases)
    availability.note(tx, [item.bay for item in judged])


def refold(tx: Tx, context: BayContext) -> Evidence:
    """The evidence of a bay from all its facts."""
    facts = [fact for fact in fact_rows.load(tx.conn, context.subjects()) if context.admits(fact)]
    return fold(facts, context.setting)


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
    later = tx.now + _TRY_AGAIN_AFTER
    tx.conn.execute(update(_STATES).where(_STATES.c.bay == bay).values(stale=True, due_at=later))


def _write_states(tx: Tx, judged: Sequence[Judged], cases: Mapping[str, _Case]) -> None:
    rows = [_state_row(tx.now, item.decision, cases[item.bay]) for item in judged]
    if rows:
        tx.conn.execute(_WRITE_STATE, rows)


def _state_row(now: datetime, decision: Decision, case: _Case) -> dict[str, Any]:
    if decision.settled_to is not None:
        prune(case.evidence, decision.settled_to)
    return {
        "of": case.context.setting.bay,
        "new_due_at": decision.next_look,
        "new_stale": False,
        "new_evidence": _ENCODE(case.evidence).decode(),
        "new_condition": decision.now.condition,
        "new_reason": decision.now.reason,
        "new_since": decision.now.since,
        "new_assessed_at": now,
    }
