"""What the end of sessions means at each network: as a person said, else as bays with sensors taught."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from enforcement.folding import fold
from enforcement.session_ends import AfterSession, Learnt, observe
from enforcement.setting import SessionEnd
from ledger import facts as fact_rows
from ledger import traits
from ledger.database import Ledger, Tx, table
from ledger.habits import change_habits
from ledger.settings_of_bays import load
from models import BayEvse, BaySensor, Network

# Bays of a network that are looked at: far more than it takes to tell.
_BAYS = 100


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a network's session end means, who says so (``person``, ``learnt``, ``assumed``), and what was observed."""

    end: SessionEnd
    said_by: str
    learnt: Learnt


def meaning_of(habits: str) -> Meaning:
    """The meaning from a network's habits (JSON)."""
    stated: Mapping[str, Any] = json.loads(habits)
    learnt = Learnt(*stated.get("session_ends", (0, 0)))
    for name, said_by in (("session_end", "person"), ("session_end_learnt", "learnt")):
        if stated.get(name):
            return Meaning(SessionEnd(stated[name]), said_by, learnt)
    return Meaning(SessionEnd.UNPLUGGED, "assumed", learnt)


def set_session_end(tx: Tx, network: str, end: SessionEnd | None) -> None:
    """Say what a network's session end means; None: what is learnt counts. All its stays are judged again.

    Raises :class:`ledger.habits.UnknownNetworkError`.
    """
    change_habits(tx, network, session_end=end)
    traits.judge_again(tx, network)


def learn_all(ledger: Ledger, now: datetime) -> None:
    """Learn anew for every network. Whatever changed the meaning has all stays there judged again."""
    networks = table(Network)
    with ledger.read() as conn:
        known = {row.key: row.habits for row in conn.execute(select(networks.c.key, networks.c.habits))}
    for network, habits in sorted(known.items()):
        with ledger.read() as conn:
            found = learn(conn, network, now)
        if found != meaning_of(habits).learnt:
            with ledger.write(now) as tx:
                _keep(tx, network, found)


def learn(conn: Connection, network: str, now: datetime) -> Learnt:
    """What the network's bays that have sensors show, each session once."""
    seen: dict[str, AfterSession] = {}
    for bay, context in load(conn, _bays(conn, network)).items():
        facts = [fact for fact in fact_rows.load(conn, context.subjects()) if context.admits(fact)]
        for each in observe(fold(facts, context.setting), context.setting, now):
            if each.evse.startswith(f"{network}*"):
                seen[f"{bay} {each.session}"] = each
    return Learnt(len(seen), sum(each.is_long for each in seen.values()))


def _bays(conn: Connection, network: str) -> list[str]:
    ties, sensors = table(BayEvse).c, table(BaySensor).c
    query = (
        select(ties.bay)
        .distinct()
        .join(table(BaySensor), sensors.bay == ties.bay)
        .where(ties.home, sensors.until.is_(None), ties.evse.startswith(f"{network}*", autoescape=True))
        .order_by(ties.bay)
        .limit(_BAYS)
    )
    return list(conn.execute(query).scalars())


def _keep(tx: Tx, network: str, found: Learnt) -> None:
    """Keep what was learnt. Once it is known that sessions are only stopped, a person alone may say otherwise.

    So nothing that is learnt ever makes a stay dearer.
    """
    networks = table(Network)
    habits = tx.conn.execute(select(networks.c.habits).where(networks.c.key == network)).scalar_one()
    before = meaning_of(habits)
    changes: dict[str, Any] = {"session_ends": [found.seen, found.long]}
    is_new = found.meaning is not None and json.loads(habits).get("session_end_learnt") != SessionEnd.STOPPED
    change_habits(tx, network, **changes, **({"session_end_learnt": found.meaning} if is_new else {}))
    if is_new and before.said_by != "person" and found.meaning is not before.end:
        traits.judge_again(tx, network)
