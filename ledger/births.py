"""Sparkplug: what nodes said at birth, and the number of each one's last message, kept over restarts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from ledger.database import Tx, table, upsert
from models import SparkplugBirth, SparkplugNode


@dataclass(frozen=True, slots=True)
class Birth:
    """What a node's or device's BIRTH said. ``node``: ``group/edge`` or ``group/edge/device``, as in the topic.

    ``bd_seq`` counts a node's births: a DEATH with another number is of an earlier one. None where it was not told.
    ``aliases``: the numbers of metrics that tell of bays. ``bays``: the names of its bays; "" where it has only the
    one that is named like itself. ``metric``: by which metrics bays were looked for; "" before that was kept.
    ``is_born``: false after its death, or where no birth was heard that explains its numbers.
    """

    node: str
    bd_seq: int | None
    at: datetime
    aliases: dict[int, str]
    bays: tuple[str, ...] = ()
    metric: str = ""
    is_born: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """The last numbered message of an edge node (``group/edge``), and when it was sent."""

    node: str
    seq: int
    at: datetime


def keep(tx: Tx, births: Sequence[Birth]) -> None:
    """The last birth of each node."""
    rows = {
        birth.node: {
            "node": birth.node,
            "bd_seq": birth.bd_seq,
            "at": birth.at,
            "aliases": msgspec.json.encode(birth.aliases).decode(),
            "bays": msgspec.json.encode(birth.bays).decode(),
            "metric": birth.metric,
            "is_born": birth.is_born,
        }
        for birth in births
    }
    upsert(tx.conn, SparkplugBirth, ["node"], [rows[node] for node in sorted(rows)])


def keep_heard(tx: Tx, heard: Sequence[Heard]) -> None:
    """The last number of each edge node."""
    rows = {each.node: {"node": each.node, "seq": each.seq, "at": each.at} for each in heard}
    upsert(tx.conn, SparkplugNode, ["node"], [rows[node] for node in sorted(rows)])


def load(conn: Connection) -> list[Birth]:
    """All births that are known."""
    return [
        Birth(
            row.node,
            row.bd_seq,
            row.at,
            msgspec.json.decode(row.aliases, type=dict[int, str]),
            msgspec.json.decode(row.bays, type=tuple[str, ...]),
            row.metric,
            row.is_born,
        )
        for row in conn.execute(select(table(SparkplugBirth)))
    ]


def load_heard(conn: Connection) -> list[Heard]:
    """The last number of each edge node."""
    return [Heard(row.node, row.seq, row.at) for row in conn.execute(select(table(SparkplugNode)))]
