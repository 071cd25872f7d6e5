"""What only the operator can mend at a provider: counted by code, shown on the outbox page until somebody did."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from ledger.database import Tx, insert, table
from models import OperatorAlert

# A fault of the set-up that has not come for so long was mended.
STANDS_FOR = timedelta(days=1)

_ALERTS = table(OperatorAlert)


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong, since when, and how often it came."""

    words: str
    first_at: datetime
    last_at: datetime
    count: int


def raise_alert(tx: Tx, code: str, words: str) -> None:
    """Note that it came once more. ``words`` holds no personal data."""
    statement = insert(tx.conn, OperatorAlert).values(
        code=code[:20], words=words[:200], first_at=tx.now, last_at=tx.now, count=1
    )
    more = {"words": words[:200], "last_at": tx.now, "count": _ALERTS.c.count + 1}
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["code"], set_=more))


def standing(conn: Connection, now: datetime) -> list[Alert]:
    """What is wrong now, the latest first."""
    words = select(_ALERTS.c.words, _ALERTS.c.first_at, _ALERTS.c.last_at, _ALERTS.c["count"])
    query = words.where(_ALERTS.c.last_at > now - STANDS_FOR).order_by(_ALERTS.c.last_at.desc())
    return [Alert(*row) for row in conn.execute(query)]
