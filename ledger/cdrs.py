"""Our charge records as they are offered and sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from enforcement.settlement import Bill
from ledger import tokens
from ledger.bills import read_bill
from ledger.database import table
from ledger.vault import Vault
from models import Cdr, ViolationRow

_CDRS, _VIOLATIONS = table(Cdr), table(ViolationRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: what is billed, where it was and by whose token. ``token`` is empty once it was erased.

    ``of``: the id of the record whose content it has, its own or, of a credit, the one that it takes back; ``made_at``:
    when that one was made.
    """

    cdr_id: str
    of: str
    made_at: datetime
    created_at: datetime
    party: str
    public_id: str
    bill: Bill
    place: dict[str, Any]
    token: dict[str, Any]

    @property
    def is_credit(self) -> bool:
        """Whether it takes another one back."""
        return self.cdr_id != self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which records are asked for. ``only_first``: no credits and what follows them, for who can't read them."""

    parties: Iterable[str]
    since: datetime | None = None
    until: datetime | None = None
    only_first: bool = False


def count(conn: Connection, window: Window) -> int:
    """How many records a window holds."""
    return conn.execute(select(func.count()).select_from(_CDRS).where(_within(window))).scalar_one()


def page(conn: Connection, vault: Vault, window: Window, offset: int, limit: int) -> list[Record]:
    """Some records of a window, oldest first."""
    query = _query().where(_within(window)).order_by(_CDRS.c.id).offset(offset).limit(limit)
    return [_record(conn, vault, row) for row in conn.execute(query).all()]


def find(conn: Connection, vault: Vault, cdr_id: str) -> Record | None:
    """One record."""
    row = conn.execute(_query().where(_CDRS.c.cdr_id == cdr_id)).one_or_none()
    return None if row is None else _record(conn, vault, row)


def _within(window: Window) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [_CDRS.c.party.in_(sorted(window.parties))]
    wanted += [] if window.since is None else [_CDRS.c.created_at >= window.since]
    wanted += [] if window.until is None else [_CDRS.c.created_at < window.until]
    wanted += [_CDRS.c.number == 1] if window.only_first else []
    return and_(*wanted)


def _query() -> Any:
    first = _CDRS.alias("first")
    return (
        select(_CDRS, _VIOLATIONS.c.public_id, first.c.created_at.label("made_at"))
        .join(_VIOLATIONS, _VIOLATIONS.c.key == _CDRS.c.violation)
        .join(first, first.c.cdr_id == func.coalesce(_CDRS.c.credits, _CDRS.c.cdr_id))
    )


def _record(conn: Connection, vault: Vault, row: Any) -> Record:
    bill = read_bill(row.bill)
    token = tokens.open_token(conn, vault, bill.token)
    return Record(
        cdr_id=row.cdr_id,
        of=row.credits or row.cdr_id,
        made_at=row.made_at,
        created_at=row.created_at,
        party=row.party,
        public_id=row.public_id,
        bill=bill,
        place=msgspec.json.decode(row.place),
        token={} if token is None else msgspec.json.decode(token),
    )
