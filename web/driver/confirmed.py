"""Who has proved their phone in this browser."""

from datetime import datetime

from flask import session

from enforcement import reaching
from ledger import drivers
from web.context import current

_PHONE = "phone"


def remember_phone(driver: int, now: datetime) -> None:
    """This browser's phone was proved to be at hand."""
    session.pop(_PHONE, None)
    session.permanent = True
    session[_PHONE] = [driver, int(now.timestamp())]


def forget_phone() -> None:
    """This browser's phone is not known any more."""
    session.pop(_PHONE, None)


def confirmed_driver() -> int | None:
    """The driver whose phone this browser has proved within the last hours; None also once they are erased."""
    kept = session.get(_PHONE)
    here = current()
    if not (isinstance(kept, list) and len(kept) == 2 and all(isinstance(each, int) for each in kept)):
        return None
    if here.clock().timestamp() - kept[1] > reaching.CONFIRMED_FOR.total_seconds():
        return None
    with here.ledger.read() as conn:
        return kept[0] if drivers.exists(conn, kept[0]) else None
