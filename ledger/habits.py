"""How networks talk, and how fees at their stations are settled: kept as JSON with each network."""

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select, update

from enforcement.setting import NetworkHabits, SessionEnd, Settlement
from ledger.statements import Statement, among
from ledger.tables import table
from ledger.transactions import Tx, registry_changed
from models import Network

_ROWS = table(Network).c
_HABITS = Statement(lambda dialect: select(_ROWS.key, _ROWS.habits).where(among(dialect, _ROWS.key, "networks")))


class UnknownNetworkError(ValueError):
    """A network that nobody has told of."""


@lru_cache(maxsize=1_000)
def read_habits(text: str) -> NetworkHabits:
    """A network's habits from their JSON: seconds for times; what is absent has its default."""
    stated: dict[str, Any] = json.loads(text)
    values: dict[str, Any] = {
        name: timedelta(seconds=stated[name])
        for name in ("feed_watchdog", "session_watchdog", "flat_for")
        if name in stated
    }
    if "flat_updates" in stated:
        values["flat_updates"] = int(stated["flat_updates"])
    if "settlement" in stated:
        values["settlement"] = Settlement(stated["settlement"])
    meaning = stated.get("session_end") or stated.get("session_end_learnt")
    if meaning:
        values["session_end"] = SessionEnd(meaning)
    return NetworkHabits(**values)


def set_settlement(tx: Tx, network: str, mode: Settlement) -> None:
    """Say who collects the fees at a network's stations, from now on. Raises :class:`UnknownNetworkError`."""
    change_habits(tx, network, settlement=mode)


def change_habits(tx: Tx, network: str, **changes: object) -> None:
    """Change some of a network's habits, by their names in its JSON. Raises :class:`UnknownNetworkError`."""
    habits = tx.conn.execute(select(_ROWS.habits).where(_ROWS.key == network).with_for_update(key_share=True)).scalar()
    if habits is None:
        raise UnknownNetworkError(f"there is no network {network!r}")
    changed = json.dumps({**json.loads(habits), **changes})
    tx.conn.execute(update(table(Network)).where(_ROWS.key == network).values(habits=changed))
    registry_changed(tx)


def load(conn: Connection, networks: Iterable[str]) -> dict[str, NetworkHabits]:
    """The habits of those of these networks that are known."""
    rows = _HABITS.all(conn, {"networks": sorted(set(networks))})
    return {row.key: read_habits(row.habits) for row in rows}


def network_of(key: str) -> str:
    """The network of a station or an EVSE, by its key."""
    return "*".join(key.split("*")[:2])
