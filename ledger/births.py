"""Sparkplug births: which names the numbers in a node's later messages stand for, kept over restarts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from ledger.database import Tx, table, upsert
from models import SparkplugBirth


@dataclass(frozen=True, slots=True)
class Birth:
    """What a node's or device's BIRTH said. ``node``: ``group/edge`` or ``group/edge/device``, as in the topic.

    ``bd_seq`` counts a node's births: a DEATH with another number is of an earlier one. None where it was not told.
    ``bays``: those that the device reports one by one, where it reports several.
    """

    node: str
    bd_seq: int | None
    at: datetime
    aliases: dict[int, str]
    bays: tuple[str, ...] = ()


def keep(tx: Tx, births: Sequence[Birth]) -> None:
    """The last birth of each node."""
    rows = {
        birth.node: {
            "node": birth.node,
            "bd_seq": birth.bd_seq,
            "at": birth.at,
            "aliases": msgspec.json.encode(birth.aliases).decode(),
            "bays": msgspec.json.encode(birth.bays).decode(),
        }
        for birth in births
    }
    upsert(tx.conn, SparkplugBirth, ["node"], [rows[node] for node in sorted(rows)])


def load(conn: Connection) -> list[Birth]:
    """All births that are known."""
    return [
        Birth(
            row.node,
            row.bd_seq,
            row.at,
            msgspec.json.decode(row.aliases, type=dict[int, str]),
            msgspec.json.decode(row.bays, type=tuple[str, ...]),
        )
        for row in conn.execute(select(table(SparkplugBirth)))
    ]
