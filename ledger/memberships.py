"""Groups and permits: which tokens are in which, from when to when, and where that counts.

An owner knows a token by its party and uid, or by the contract behind it; here it is a keyed hash either way. A plate
is a third kind of holder, once there is somebody who reads plates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, select

from enforcement.circumstances import Membership
from ledger import registry_changes
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.statements import Statement, among
from models import Token, TokenMembership

HolderKind = Literal["token", "contract"]

_rows, _tokens = table(TokenMembership).c, table(Token).c
_WRITE = Rows(TokenMembership)
_OF_CONTRACTS = Statement(lambda dialect: select(_tokens.key).where(among(dialect, _tokens.contract, "contracts")))


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipFields:
    """One membership or permit. ``holder``: the keyed hash of a token, or of a contract (:func:`contract_key`)."""

    name: str
    holder: str
    holder_kind: HolderKind
    is_permit: bool = False
    place: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reference: str = ""


def put(tx: Tx, name: str, *, is_permit: bool, members: Sequence[MembershipFields]) -> set[str]:
    """Make a group, or a kind of permit, consist of these. Returns the tokens for which that may change something.

    Whoever is not among them leaves it as if never in it: to end a membership, give it an end.
    """
    registry_changes.hold(tx.conn)  # of two lists at once, the later one replaces what the earlier one wrote
    mine = (_rows.name == name) & (_rows.is_permit.is_(is_permit))
    before = {_said(row) for row in tx.conn.execute(select(table(TokenMembership)).where(mine))}
    after = {tuple(asdict(each).values()) for each in members}
    if before == after:
        return set()
    tx.conn.execute(delete(table(TokenMembership)).where(mine))
    _WRITE.write(tx.conn, [asdict(each) for each in members])
    holders = {str(said[1]) for said in before ^ after}
    return holders | {row.key for row in _OF_CONTRACTS.all(tx.conn, {"contracts": sorted(holders)})}


def of_tokens(conn: Connection, tokens: Iterable[str]) -> dict[str, tuple[Membership, ...]]:
    """The memberships of tokens, their own and those of the contracts behind them."""
    keys = sorted(set(tokens))
    query = select(_tokens.key, _tokens.contract).where(_tokens.key.in_(keys), _tokens.contract.is_not(None))
    holders: dict[tuple[str, str], list[str]] = {("token", key): [key] for key in keys}
    for row in conn.execute(query):
        holders.setdefault(("contract", row.contract), []).append(row.key)
    names = sorted({holder for _, holder in holders})
    out: dict[str, tuple[Membership, ...]] = {}
    for row in conn.execute(select(table(TokenMembership)).where(_rows.holder.in_(names)).order_by(_rows.id)):
        found = Membership(row.name, bool(row.is_permit), row.since, row.until, row.place)
        for token in holders.get((row.holder_kind, row.holder), ()):
            out[token] = (*out.get(token, ()), found)
    return out


def summary(conn: Connection) -> list[tuple[str, bool, int]]:
    """All groups and kinds of permits, with how many belong to each."""
    counts: dict[tuple[str, bool], int] = {}
    for name, is_permit in conn.execute(select(_rows.name, _rows.is_permit)):
        counts[name, bool(is_permit)] = counts.get((name, bool(is_permit)), 0) + 1
    return [(name, is_permit, count) for (name, is_permit), count in sorted(counts.items())]


def _said(row: Any) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in MembershipFields.__dataclass_fields__)
