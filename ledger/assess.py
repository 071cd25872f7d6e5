"""Assess: for bays that are due, load what the core needs, let it decide, and write down what follows.

A new fact and a passing deadline are the same thing: a bay that is due. Each bay's row is locked while it is assessed,
so that any number of processes can do it, and all that follows is in the same transaction.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from enforcement.circumstances import NONE_KNOWN
from enforcement.decision import decide
from enforcement.facts import AnyFact
from enforcement.pruning import reaches_back_to
from ledger import availability, circumstances, due, feeds, findings, policies, site_changes
from ledger.cases import Case, case_of, write_states
from ledger.database import Ledger, Tx, table
from ledger.judged import Judged
from ledger.judgements import write_judgements
from ledger.remembered_bays import remembered
from ledger.waiting import take as take_waiting
from models import BayState

_LOG = logging.getLogger(__name__)
_TRY_AGAIN_AFTER = timedelta(minutes=1)


def assess_due(ledger: Ledger, now: datetime, limit: int = 500) -> int:
    """Claim bays that facts wait for, or whose time to look has come, and assess them. Returns how many; 0: none is.

    Bays that others hold are theirs; what waits for these is taken in by the next look.
    """
    look = due.look(ledger.glance(), now)  # asked ten times a second, so outside of any transaction
    if look.is_site_changed:
        site_changes.take_up(ledger, now)
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
        bay: case_of(tx, contexts[bay], states[bay], [*waited.get(bay, ()), *new_facts[bay]])
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
    write_states(tx, judged, cases)
    availability.note(tx, [item.bay for item in judged])


def _feeds(tx: Tx, cases: Mapping[str, Case]) -> dict[str, Any]:
    """When the bays' networks were heard, as far back as any of their stays reaches.

    Silences that their habits allow are left out here, once: the core would do it for each bay.
    """
    networks = {network: habits for case in cases.values() for network, habits in case.context.setting.networks.items()}
    since = min((reaches_back_to(case.evidence) or tx.now for case in cases.values()), default=tx.now)
    heard = feeds.load(tx.conn, networks, since) if networks else {}
    return {network: feeds.joined(spans, networks[network].feed_watchdog) for network, spans in heard.items()}


def _postpone(tx: Tx, bay: str) -> None:
    later = tx.now + _TRY_AGAIN_AFTER
    states = table(BayState)
    tx.conn.execute(update(states).where(states.c.bay == bay).values(stale=True, due_at=later))
