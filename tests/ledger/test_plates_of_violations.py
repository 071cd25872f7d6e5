"""Plates are kept for violations only."""

from datetime import timedelta

from sqlalchemy import select

from enforcement.clauses import Kind
from enforcement.retention import Retention
from enforcement.violations import State
from ledger.database import Ledger, table
from ledger.plates import PlateRead, forget_plates, see_plates
from ledger.retention import purge
from models import Plate, ViolationRow
from tests.conftest import NOON, minutes


def _see(ledger: Ledger, *texts: str) -> list[str]:
    reads = [
        PlateRead(
            at=NOON,
            seen_at=NOON,
            source="http:x",
            source_id=text,
            subject="sensor:c",
            text=text,
            jurisdiction="ca-qc",
            confidence=95,
        )
        for text in texts
    ]
    with ledger.write(NOON) as tx:
        return [fact.plate for fact in see_plates(tx, reads)]


def _break(ledger: Ledger, plate: str, state: State) -> None:
    row = ViolationRow(
        public_id=plate[:36],
        key=plate,
        bay="b",
        station="s",
        kind=Kind.IDLE,
        state=state,
        reason="final",
        policy="p@1",
        plate=plate,
        clock_started_at=NOON,
        currency="CAD",
        updated_at=NOON,
    )
    with ledger.write(NOON) as tx:
        tx.conn.execute(table(ViolationRow).insert().values(row.model_dump(exclude={"id"})))


def _kept(ledger: Ledger) -> set[str]:
    with ledger.read() as conn:
        return set(conn.execute(select(table(Plate).c.key)).scalars())


def test_a_stay_without_a_violation_leaves_no_plate(ledger: Ledger) -> None:
    innocent, cleared, broke = _see(ledger, "ABC 123", "DEF 456", "GHI 789")
    _break(ledger, cleared, State.CLEARED)
    _break(ledger, broke, State.SETTLED)
    with ledger.write(NOON) as tx:
        forget_plates(tx, {innocent, cleared, broke})
    assert _kept(ledger) == {broke}


def test_plates_go_in_the_end_but_for_those_that_are_still_needed(ledger: Ledger) -> None:
    over, disputed = _see(ledger, "ABC 123", "DEF 456")
    _break(ledger, over, State.SETTLED)
    _break(ledger, disputed, State.DISPUTED)
    later = minutes(60 * 24 * 91)
    assert dict(purge(ledger, lambda: later, Retention(plates=timedelta(days=90))))["plates"] == 1
    assert _kept(ledger) == {disputed}
