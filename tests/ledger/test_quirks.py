"""Quirks that were noticed count, also where the transaction that was to write them is taken back."""

from contextlib import suppress

from ledger import registrations
from ledger.database import Ledger, table
from ledger.quirks import Noticed, QuirkBook, quirks
from models import Partner
from tests.conftest import minutes


class UndoneError(Exception):
    """Something else in the transaction went wrong."""


def test_what_a_transaction_took_back_is_written_by_the_next_one(ledger: Ledger) -> None:
    with ledger.write(minutes(0)) as tx:
        registrations.invite(tx, "Peer")
        partner = tx.conn.execute(table(Partner).select()).one().id
    book = QuirkBook()
    with suppress(UndoneError), ledger.write(minutes(0)) as tx:
        book.note(tx, partner, [Noticed("no_token", f"sessions {number}") for number in range(3)])
        raise UndoneError
    with ledger.write(minutes(0.1)) as tx:
        book.note(tx, partner, [Noticed("no_token", "sessions 3")])
    with ledger.write(minutes(0.2)) as tx:
        book.note(tx, partner, [Noticed("no_token", "sessions 4")])
    with ledger.read() as conn:
        (found,) = quirks(conn, partner)
    assert (found.count, found.first_at, found.last_at) == (4, minutes(0), minutes(0.1))
    assert [each["place"] for each in found.examples] == [f"sessions {number}" for number in range(4)]
    with ledger.write(minutes(2)) as tx:
        book.note(tx, partner, [])
    with ledger.read() as conn:
        assert quirks(conn, partner)[0].count == 5
