"""How often something is tried, counted in the database, so that any number of processes count together."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, or_, select

from enforcement.reaching import Rate
from ledger.database import Tx, insert, table
from ledger.vault import Vault
from models import Attempt

_attempt = table(Attempt).c
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def take(tx: Tx, what: str, who: str, rates: Iterable[Rate]) -> bool:
    """Count one try at ``what`` (a short word) by or at ``who``; False if that is more than a rate allows.

    ``who`` (an address, a number, a bay) is kept as a keyed hash. A try that is refused counts too.
    """
    is_within = True
    for rate in rates:
        statement = insert(tx.conn, Attempt).values(
            key=_key(tx.vault, what, who, rate), until=_until(rate, tx.now), count=1
        )
        again = statement.on_conflict_do_update(index_elements=["key", "until"], set_={"count": _attempt.count + 1})
        count = tx.conn.execute(again.returning(_attempt.count)).scalar_one()
        if count == 1:  # a new span: a good moment to forget old ones
            tx.conn.execute(delete(table(Attempt)).where(_attempt.until <= tx.now))
        is_within = is_within and count <= rate.count
    return is_within


def is_spent(conn: Connection, vault: Vault, now: datetime, what: str, who: str, rates: Iterable[Rate]) -> bool:
    """Whether another try would be too many. Counts nothing."""
    over = [
        (_attempt.key == _key(vault, what, who, rate))
        & (_attempt.until == _until(rate, now))
        & (_attempt.count >= rate.count)
        for rate in rates
    ]
    return conn.execute(select(_attempt.key).where(or_(*over)).limit(1)).first() is not None


def _key(vault: Vault, what: str, who: str, rate: Rate) -> str:
    return f"{what}:{int(rate.per.total_seconds())}:{vault.pseudonym('attempt', who)}"


def _until(rate: Rate, now: datetime) -> datetime:
    return _EPOCH + ((now - _EPOCH) // rate.per + 1) * rate.per
