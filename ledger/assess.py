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
from sqlalchemy import update

from enforcement.circumstances import NONE_KNOWN
from enforcement.decision import Decision, decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact, order
from enforcement.folding import extend, fold
from enforcement.pruning import prune, reaches_back_to
from ledger import availability, circumstances, due, feeds, findings, policies, sites
from ledger import facts as fact_rows
from ledger.batches import Changes
from ledger.database import Ledger, Tx, table
from ledger.forgotten import base_of
from ledger.judged import Judged
from ledger.judgements import write_judgements
from ledger.settings_of_bays import BayContext, remembered
from ledger.waiting import take as take_waiting
from models import BayState

_LOG = logging.getLogger(__name__)
_TRY_AGAIN_AFTER = timedelta(minutes=1)
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Evidence).decode

_STATES = table(BayState)
_WRITE = Changes(BayState, "bay")


@dataclass(slots=True)
class _Case:
    """One bay under assessment. ``refolded``: its evidence reaches back to the first fact that is kept.

    ``is_kept``: its evidence is what was kept of it; time alone made it due.
    """

    context: BayContext
    evidence: Evidence
    refolded: bool
    is_kept: bool = False


def assess_due(ledger: Ledger, now: datetime, limit: int = 500) -> int:
    """Claim bays that facts wait for, or whose time to look has come, and assess them. Returns how many; 0: none is.

    Bays that others hold are theirs; what waits for these is taken in by the next look.
    """
    look = due.look(ledger.glance(), now)  # asked ten times a second, so outside of any transaction
    if look.is_site_changed:
        sites.take_up_changes(ledger, now, policies.remembered)
    elif not look.is_due:
        return 0
    with ledger.write(now) as tx:
        bays = due.claim(tx, limit)
        assess(tx, {bay: [] for bay in bays})
    return len(bays)


def assess(tx: Tx, new_facts: Mapping[str, Sequence[AnyFact]]) -> None:
    """Assess these bays, each with the facts that were recorded in this transaction, and with those that wait."""
    if not new_facts:
        return
    states = due.hold_states(tx.conn, new_facts)
    waited = take_waiting(tx, states)
    contexts = remembered(tx, states)
    cases = {
        bay: _case(tx, contexts[bay], states[bay], [*waited.get(bay, ()), *new_facts[bay]])
        for bay in sorted(states)
        if bay in contexts
    }
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
        judged.append(Judged(case.context, decision, since=case.evidence.cut, is_whole=case.refolded))
    write_judgements(tx, judged)
    for item in judged:
        if cases[item.bay].evidence.bills:
            findings.look(tx, cases[item.bay].evidence, item.decision)
    _write_states(tx, judged, cases)
    availability.note(tx, [item.bay for item in judged])


def refold(tx: Tx, context: BayContext) -> Evidence:
    """The evidence of a bay from all its facts, and from what is left of those that were forgotten."""
    facts = [fact for fact in fact_rows.load(tx.conn, context.subjects()) if context.admits(fact)]
    return fold(facts, context.setting, base_of(tx.conn, context))


def _case(tx: Tx, context: BayContext, state: Any, new: Sequence[AnyFact]) -> _Case:
    """In order, new facts are added to the kept evidence; late ones, or stale evidence, fold all again."""
    if state.evidence and not state.stale:
        evidence = _DECODE(state.evidence)
        if all(extend(evidence, fact, context.setting) for fact in sorted(new, key=order)):
            return _Case(context, evidence, refolded=False, is_kept=not new)
    return _Case(context, refold(tx, context), refolded=True)


def _feeds(tx: Tx, cases: Mapping[str, _Case]) -> dict[str, Any]:
    """When the bays' networks were heard, as far back as any of their stays reaches.

    Silences that their habits allow are left out here, once: the core would do it for each bay.
    """
    networks = {network: habits for case in cases.values() for network, habits in case.context.setting.networks.items()}
    since = min((reaches_back_to(case.evidence) or tx.now for case in cases.values()), default=tx.now)
    heard = feeds.load(tx.conn, networks, since) if networks else {}
    return {network: feeds.joined(spans, networks[network].feed_watchdog) for network, spans in heard.items()}


def _postpone(tx: Tx, bay: str) -> None:
    later = tx.now + _TRY_AGAIN_AFTER
    tx.conn.execute(update(_STATES).where(_STATES.c.bay == bay).values(stale=True, due_at=later))


def _write_states(tx: Tx, judged: Sequence[Judged], cases: Mapping[str, _Case]) -> None:
    _WRITE.write(tx.conn, [_state_row(tx.now, item.decision, cases[item.bay]) for item in judged])


def _state_row(now: datetime, decision: Decision, case: _Case) -> dict[str, Any]:
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
    return {**row, "evidence": _ENCODE(case.evidence).decode()}
