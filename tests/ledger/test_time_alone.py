"""Where time alone makes a bay due, what is known of it stays as it was written; what follows from it moves on."""

from typing import Any

from sqlalchemy import select

from ledger.database import Ledger, table
from ledger.rebuild import differences
from models import BayState
from tests.conftest import minutes
from tests.support.lots import build, heard, look_at_all, play, seen, stays


def state(ledger: Ledger) -> Any:
    rows = table(BayState)
    with ledger.read() as conn:
        return conn.execute(select(rows).where(rows.c.bay == "a1")).one()


def test_time_alone_leaves_the_evidence_as_it_is(ledger: Ledger) -> None:
    build(ledger)
    story = stays("a1", "S", "t" * 64, 0, 60, 180)
    play(ledger, [*story[:3], *heard(0, 130)], until=61)
    before = state(ledger)
    look_at_all(ledger, 130)
    after = state(ledger)
    assert after.evidence == before.evidence
    assert after.assessed_at == minutes(130) > before.assessed_at
    play(ledger, [*story[3:], seen("a2", 200, True)], until=300)
    assert state(ledger).evidence not in {"", before.evidence}
    assert list(differences(ledger, minutes(300))) == []
