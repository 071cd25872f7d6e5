"""Claims: which driver said of which stay that it is theirs, and how the stay is found again."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from enforcement import bay_codes, reaching
from ledger import due
from ledger.database import Tx, insert, table
from ledger.statements import Statement, among
from models import BayState, Driver, StayClaim, StayRow

_claim = table(StayClaim).c
_stay = table(StayRow).c
# Asked with all violations that somebody may have to hear of.
_CLAIMANTS = Statement(
    lambda dialect: (
        select(_claim.bay, _claim.at, _claim.driver, table(Driver).c.language, _claim.code)
        .join(table(Driver), table(Driver).c.id == _claim.driver)
        .where(
            among(dialect, _claim.bay, "bays"),
            _claim.at >= bindparam("from"),
            _claim.how != "token",
            table(Driver).c.opted_out_at.is_(None),
        )
        .order_by(_claim.id)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One driver's claim of one stay. ``code`` may be in an SMS; ``link`` opens the page and never leaves by SMS."""

    id: int
    code: str
    link: str
    bay: str
    at: datetime
    driver: int


@dataclass(frozen=True, slots=True)
class Claimant:
    """Somebody who claimed the stay that a bay had ``at`` a moment, and may be written to."""

    at: datetime
    driver: int
    language: str
    code: str


def stay_at(conn: Connection, bay: str, at: datetime) -> Any:
    """The stay that a bay had at a moment (a row of ``stay``), None if it had none."""
    in_it = and_(_stay.bay == bay, _stay.arrived_at <= at, or_(_stay.left_at.is_(None), _stay.left_at > at))
    query = select(table(StayRow)).where(in_it).order_by(_stay.arrived_at.desc()).limit(1)
    return conn.execute(query).one_or_none()


def may_claim(conn: Connection, bay: str, at: datetime) -> bool:
    """Whether somebody may claim the stay that a bay has now (enforcement.reaching)."""
    states = table(BayState).c
    condition = conn.execute(select(states.condition).where(states.bay == bay)).scalar() or "unknown"
    stay = stay_at(conn, bay, at)
    if stay is None:
        return False
    count = select(func.count(_claim.driver.distinct())).where(_within(stay), _claim.how != "token")
    return reaching.may_claim(condition, conn.execute(count).scalar_one())


def claim(tx: Tx, bay: str, at: datetime, driver: int, language: str, how: str) -> Claim | None:
    """Tie a driver to the stay that the bay had at ``at``.

    Twice is once. None if the bay had no stay then, or more have claimed it than may.
    """
    due.hold(tx.conn, [bay])  # of several who claim it at once, each sees what those before wrote
    stay = stay_at(tx.conn, bay, at)
    if stay is None:
        return None
    standing = tx.conn.execute(select(table(StayClaim)).where(_within(stay), _claim.driver == driver).limit(1)).first()
    if standing is not None:
        return _read(standing)
    if how != "token" and not may_claim(tx.conn, bay, at):
        return None
    return _write(tx, bay, at, driver, language, how)


def claimants(conn: Connection, bays: Iterable[str], since: datetime) -> dict[str, list[Claimant]]:
    """Who claimed what stood in these bays since a moment, themselves, and did not opt out: first come first."""
    out: dict[str, list[Claimant]] = {}
    for bay, *claimed in _CLAIMANTS.all(conn, {"bays": list(bays), "from": since}):
        out.setdefault(bay, []).append(Claimant(*claimed))
    return out


def with_code(conn: Connection, code: str) -> Claim | None:
    """The claim of this short code."""
    return _one(conn, _claim.code == code)


def with_link(conn: Connection, link: str) -> Claim | None:
    """The claim that this link opens. Looked up by index: 128 random bits leave nothing to time."""
    return _one(conn, _claim.link == link)


def of_driver(conn: Connection, driver: int) -> list[Claim]:
    """All claims of a driver, newest first."""
    query = select(table(StayClaim)).where(_claim.driver == driver).order_by(_claim.at.desc())
    return [_read(row) for row in conn.execute(query)]


def _one(conn: Connection, which: ColumnElement[bool]) -> Claim | None:
    row = conn.execute(select(table(StayClaim)).where(which)).one_or_none()
    return None if row is None else _read(row)


def _read(row: Any) -> Claim:
    return Claim(id=row.id, code=row.code, link=row.link, bay=row.bay, at=row.at, driver=row.driver)


def _within(stay: Any) -> ColumnElement[bool]:
    return _of(stay.bay, stay.arrived_at, stay.left_at)


def _of(bay: str, arrived_at: datetime, left_at: datetime | None) -> ColumnElement[bool]:
    inside = and_(_claim.bay == bay, _claim.at >= arrived_at)
    return inside if left_at is None else and_(inside, _claim.at < left_at)


def _write(tx: Tx, bay: str, at: datetime, driver: int, language: str, how: str) -> Claim:
    """A code that is taken is drawn again."""
    while True:
        row = {
            "code": bay_codes.make(secrets.choice),
            "link": secrets.token_urlsafe(16),
            "bay": bay,
            "at": at,
            "driver": driver,
            "how": how,
            "language": language,
            "created_at": tx.now,
        }
        made = insert(tx.conn, StayClaim).values(row).on_conflict_do_nothing().returning(table(StayClaim))
        found = tx.conn.execute(made).one_or_none()
        if found is not None:
            return _read(found)
