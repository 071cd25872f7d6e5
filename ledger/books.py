"""Whether money adds up: entries balance, and postings and charge records come to what violations cost."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from enforcement.violations import State
from ledger.database import table
from models import Cdr, Entry, Posting, ViolationRow


def unbalanced(conn: Connection) -> Iterator[str]:
    """Entries that do not sum to zero, and violations whose driver's postings do not come to their fee."""
    entries, postings, rows = table(Entry), table(Posting), table(ViolationRow)
    total = func.coalesce(func.sum(postings.c.amount_minor), 0)
    uneven = select(postings.c.entry, total.label("total")).group_by(postings.c.entry).having(total != 0)
    for row in conn.execute(uneven):
        yield f"entry {row.entry} does not balance: {row.total}"
    owed = postings.c.account.like("driver:%")
    query = (
        select(entries.c.violation, total.label("total"))
        .join(postings, postings.c.entry == entries.c.id)
        .where(owed)
        .group_by(entries.c.violation)
    )
    posted = {row.violation: int(row.total) for row in conn.execute(query)}
    ended = rows.c.state.in_((State.ENDED, State.SETTLED)) & rows.c.token.is_not(None)
    for key, net, tax in conn.execute(select(rows.c.key, rows.c.fee_minor, rows.c.tax_minor).where(ended)):
        if posted.pop(key, 0) != net + tax:
            yield f"{key}: the driver's postings do not come to {net + tax}"
    for key, amount in posted.items():
        running = conn.execute(select(rows.c.state).where(rows.c.key == key)).scalar()
        if amount != 0 and running not in (State.WAIVED, State.DISPUTED, State.REFERRED):
            yield f"{key}: {amount} is posted, but it is not over"


def misbilled(conn: Connection) -> Iterator[str]:
    """Final violations whose charge records, credits and all, do not come to what they cost."""
    cdrs, rows = table(Cdr), table(ViolationRow)
    billed = func.sum(cdrs.c.amount_minor).label("billed")
    query = (
        select(rows.c.key, rows.c.state, rows.c.fee_minor, rows.c.tax_minor, billed)
        .join(cdrs, cdrs.c.violation == rows.c.key)
        .where(rows.c.state.in_((State.SETTLED, State.CLEARED, State.WAIVED)))
        .group_by(rows.c.key, rows.c.state, rows.c.fee_minor, rows.c.tax_minor)
    )
    for row in conn.execute(query):
        owed = row.fee_minor + row.tax_minor if row.state is State.SETTLED else 0
        if int(row.billed) != owed:
            yield f"{row.key}: its charge records come to {row.billed}, not to {owed}"
