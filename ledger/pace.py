"""How many messages a second may leave a channel, over all senders: the rate that its provider grants us."""

from datetime import timedelta

from sqlalchemy import select, update

from ledger.database import Tx, insert, table
from models import Pace

# So much may leave at once after a pause, in seconds of the rate: senders look every second.
_BURST = timedelta(seconds=1)
# What is farther ahead is no sender's whose clock is a little ahead: a clock was wrong, and would hold up all.
_FARTHEST = timedelta(minutes=1)

_pace = table(Pace).c


def may_leave(tx: Tx, channel: str, per_second: int) -> bool:
    """Take a place for one message; False where there is none now. ``per_second`` 0: there is always one.

    The place is kept by when the next message would leave if they left evenly (GCRA), in a row that senders lock.
    """
    if per_second <= 0:
        return True
    first = insert(tx.conn, Pace).values(channel=channel, next_at=tx.now)
    tx.conn.execute(first.on_conflict_do_nothing(index_elements=["channel"]))
    query = select(_pace.next_at).where(_pace.channel == channel)
    is_locking = tx.conn.dialect.name == "postgresql"
    next_at = tx.conn.execute(query.with_for_update() if is_locking else query).scalar_one()
    next_at = max(next_at, tx.now) if next_at - tx.now < _FARTHEST else tx.now
    after = next_at + timedelta(seconds=1) / per_second
    if after - tx.now > _BURST:
        return False
    tx.conn.execute(update(table(Pace)).where(_pace.channel == channel).values(next_at=after))
    return True
