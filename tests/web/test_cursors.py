"""Pages of violations while new ones come in."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.clauses import Kind
from enforcement.violations import State
from ledger.database import Ledger, insert
from ledger.queries.cursors import Cursor
from ledger.queries.violations import ViolationFilter, page
from models import ViolationRow
from tests.conftest import NOON, minutes
from tests.support.town import Town

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def ledger(ledger: Ledger) -> Ledger:
    Town(ledger, NOON)
    return ledger


def add(ledger: Ledger, name: str, at: datetime, state: State = State.SETTLED) -> None:
    row = {
        "public_id": str(uuid.uuid4()), "key": name, "bay": "ca*nsc*harbour/H1", "station": "ca*nsc*harbour",
        "network": "ca*nsc", "kind": Kind.IDLE, "state": state, "reason": "final", "policy": "town@1",
        "clock_started_at": at, "billable_s": 60, "fee_minor": 40, "tax_minor": 6, "currency": "CAD",
        "explanation": "{}", "synthetic": False, "updated_at": at,
    }  # fmt: skip
    with ledger.write(at) as tx:
        tx.conn.execute(insert(tx.conn, ViolationRow).values(row))


def starts(ledger: Ledger, after: Cursor | None = None, limit: int = 3) -> tuple[list[float], Cursor | None]:
    with ledger.read() as conn:
        found = page(conn, ViolationFilter(), after, limit)
    return [(each.clock_started_at - NOON) / timedelta(minutes=1) for each in found.violations], found.after


def test_rows_that_come_between_pages_neither_repeat_nor_hide_any(ledger: Ledger) -> None:
    for minute in range(7):
        add(ledger, f"v{minute}", minutes(minute))
    first, after = starts(ledger)
    assert first == [6, 5, 4] and after is not None
    add(ledger, "new", minutes(60))
    add(ledger, "late", minutes(2.5))
    second, after = starts(ledger, after)
    assert second == [3, 2.5, 2], "a late one further on is met on its way"
    assert after is not None
    third, after = starts(ledger, after)
    assert third == [1, 0] and after is None


def test_equal_times_are_told_apart(ledger: Ledger) -> None:
    for index in range(5):
        add(ledger, f"v{index}", NOON)
    seen, after = [], None
    for _ in range(5):
        with ledger.read() as conn:
            found = page(conn, ViolationFilter(), after, 1)
        seen.append(found.violations[0].id)
        after = found.after
    assert after is None and seen == sorted(seen, reverse=True) and len(set(seen)) == 5


def test_a_full_last_page_is_the_end(ledger: Ledger) -> None:
    for minute in range(3):
        add(ledger, f"v{minute}", minutes(minute))
    assert starts(ledger) == ([2, 1, 0], None)


def test_what_is_not_yet_a_violation_is_listed_only_if_asked_for(ledger: Ledger) -> None:
    for index, state in enumerate(State):
        add(ledger, f"v{index}", minutes(index), state)
    with ledger.read() as conn:
        default = {each.state for each in page(conn, ViolationFilter(), None, 50).violations}
        watched = page(conn, ViolationFilter(states=[State.WATCHED]), None, 50).violations
    assert default == set(State) - {State.WATCHED, State.WARNED, State.CLEARED}
    assert [each.state for each in watched] == [State.WATCHED]


@given(st.datetimes(timezones=st.just(UTC)), st.integers(1, 2**63 - 1))
def test_cursors_come_back_as_they_were(at: datetime, row_id: int) -> None:
    cursor = Cursor(at, row_id)
    assert Cursor.decode(cursor.encode()) == cursor


@given(st.one_of(st.text(max_size=40), st.binary(max_size=40).map(lambda raw: raw.hex())))
def test_anything_else_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.decode(text)
