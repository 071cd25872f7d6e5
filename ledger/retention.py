"""What was kept long enough goes, kind by kind, a batch in a transaction. Twice is once; evidence never needed it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from enforcement.privacy import HELD
from enforcement.retention import Retention
from ledger.database import Ledger, Tx, table
from ledger.forgetting import forget
from ledger.leaving import OPEN
from ledger.mine import erase
from ledger.pushes import WEBHOOK
from models import (
    AccessLog,
    Act,
    Dispute,
    Driver,
    DriverToken,
    Message,
    OcpiObject,
    PhoneCode,
    Plate,
    Push,
    Reject,
    RemovedObject,
    StayClaim,
    StayRow,
    Token,
    ViolationRow,
)

_BATCH = 500
_driver, _tie, _claim, _message = table(Driver).c, table(DriverToken).c, table(StayClaim).c, table(Message).c
_token, _stay, _violation, _dispute = table(Token).c, table(StayRow).c, table(ViolationRow).c, table(Dispute).c
_object, _code, _plate, _push = table(OcpiObject).c, table(PhoneCode).c, table(Plate).c, table(Push).c


def purge(ledger: Ledger, clock: Callable[[], datetime], keep: Retention) -> Iterator[tuple[str, int]]:
    """Remove what is over. Yields each kind and how many rows of it went."""
    for kind, before in keep.limits(clock()).items():
        if kind == "facts":
            yield kind, forget(ledger, clock, before)
            continue
        count = 0
        while True:
            with ledger.write(clock()) as tx:
                gone = _PURGES[kind](tx, before)
            count += gone
            if gone < _BATCH:
                break
        yield kind, count


def _phones(tx: Tx, before: datetime) -> int:
    """Who has tokens is known because they, or their network, want it; who only claimed stays is forgotten."""
    later = (
        exists().where(_claim.driver == _driver.id, _claim.at >= before),
        exists().where(_message.driver == _driver.id, _message.created_at >= before),
        exists().where(_tie.driver == _driver.id),
        exists().where(_dispute.driver == _driver.id, _dispute.answered_at.is_(None)),
    )
    # At random, so that those who are held for now never stand before all others.
    query = select(_driver.id).where(_driver.phone != "", _driver.created_at < before, *(~each for each in later))
    found = tx.conn.execute(query.order_by(func.random()).limit(_BATCH - 1)).scalars()
    return sum(not erase(tx, driver, by="retention", why="kept long enough") for driver in list(found))


def _tokens(tx: Tx, before: datetime) -> int:
    recent = or_(_stay.left_at.is_(None), _stay.left_at >= before)
    kept = and_(_token.created_at < before, _token.document != "")
    used = exists().where(_stay.token == _token.key, recent)
    held = exists().where(_violation.token == _token.key, _violation.state.in_(HELD))
    some = select(_token.key).where(kept, ~used, ~held).limit(_BATCH)
    # The row stays: that two pseudonyms are of one contract was part of what fees were made with.
    return int(tx.conn.execute(update(table(Token)).where(_token.key.in_(some)).values(document="")).rowcount)


def _disputes(tx: Tx, before: datetime) -> int:
    return _blank(tx, Dispute, {"text": "", "photo": None, "answer": None}, _dispute.answered_at < before)


def _messages(tx: Tx, before: datetime) -> int:
    """Texts to drivers; and webhooks, which nobody asks for again once their subscriber has them, or never will."""
    over = and_(_push.kind == WEBHOOK, _push.created_at < before, _push.state.not_in(OPEN))
    gone = _delete(tx, Push, _push.id, over)
    return gone + _blank(tx, Message, {"text": "", "sealed": False}, _message.created_at < before)


def _objects(tx: Tx, before: datetime) -> int:
    over = _object.module.in_(("sessions", "cdrs")) & (_object.last_updated < before)
    # What was removed so long ago, no late word brings back.
    tx.conn.execute(delete(table(RemovedObject)).where(table(RemovedObject).c.removed_at < before))
    return _delete(tx, OcpiObject, _object.id, over)


def _rejects(tx: Tx, before: datetime) -> int:
    return _delete(tx, Reject, table(Reject).c.id, table(Reject).c.seen_at < before)


def _access_log(tx: Tx, before: datetime) -> int:
    return _delete(tx, AccessLog, table(AccessLog).c.id, table(AccessLog).c.at < before)


def _acts(tx: Tx, before: datetime) -> int:
    return _delete(tx, Act, table(Act).c.id, table(Act).c.at < before)


def _plates(tx: Tx, before: datetime) -> int:
    held = exists().where(_violation.plate == _plate.key, _violation.state.in_(HELD))
    return _delete(tx, Plate, _plate.key, and_(_plate.seen_at < before, ~held))


def _codes(tx: Tx, before: datetime) -> int:
    return _delete(tx, PhoneCode, _code.id, _code.expires_at < before)


def _delete(tx: Tx, model: Any, key: ColumnElement[Any], over: ColumnElement[bool]) -> int:
    some = select(key).where(over).limit(_BATCH)
    return int(tx.conn.execute(delete(table(model)).where(key.in_(some))).rowcount)


def _blank(tx: Tx, model: Any, values: Mapping[str, Any], over: ColumnElement[bool]) -> int:
    of = table(model)
    some = select(of.c.id).where(over, func.length(of.c.text) > 0).limit(_BATCH)
    return int(tx.conn.execute(update(of).where(of.c.id.in_(some)).values(values)).rowcount)


_PURGES: Mapping[str, Callable[[Tx, datetime], int]] = {
    "phones": _phones,
    "tokens": _tokens,
    "disputes": _disputes,
    "messages": _messages,
    "objects": _objects,
    "rejects": _rejects,
    "access_log": _access_log,
    "acts": _acts,
    "plates": _plates,
    "codes": _codes,
}
