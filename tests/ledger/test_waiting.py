"""Facts that wait between record and assess: decided later and in batches, to the same result."""

import random

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from ledger import rebuild
from ledger.assess import assess_due
from ledger.batches import Rows
from ledger.database import Ledger
from ledger.record import record, record_due
from ledger.waiting import is_any_waiting
from models import Sensor
from tests.conftest import minutes
from tests.ledger.test_main_way import EXPECTED, assess_all, balances, outcome, story, town

__all__ = ["town"]


@pytest.mark.parametrize("seed", range(4))
def test_recorded_now_or_later_in_any_order_the_result_is_the_same(town: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    facts = [*story(), *story()[::3]]
    chance.shuffle(facts)
    for fact in facts:
        with town.write(minutes(180)) as tx:
            chance.choice([record, record_due])(tx, [fact])
        if chance.random() < 0.2:
            assess_due(town, minutes(180))
    assess_all(town, minutes(400))

    assert outcome(town) == EXPECTED
    assert sum(balances(town).values()) == 0
    assert list(rebuild.differences(town, minutes(400))) == []


def test_what_waits_is_safe_and_is_taken_once(town: Ledger) -> None:
    with town.write(minutes(180)) as tx:
        assert record_due(tx, story()) == len(story())
        assert record_due(tx, story()) == 0
    with town.read() as conn:
        assert is_any_waiting(conn)
    assert outcome(town) == []

    assert assess_due(town, minutes(180))
    with town.read() as conn:
        assert not is_any_waiting(conn)
    assert [row[0] for row in outcome(town)] == [row[0] for row in EXPECTED]


def test_an_assessment_that_fails_leaves_what_waits(town: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.write(minutes(180)) as tx:
        record_due(tx, story())
    with monkeypatch.context() as patch:
        patch.setattr("ledger.assess.write_judgements", _broken)
        with pytest.raises(RuntimeError):
            assess_due(town, minutes(180))
    with town.read() as conn:
        assert is_any_waiting(conn)
    assess_all(town, minutes(400))
    assert outcome(town) == EXPECTED


def _broken(*_: object) -> None:
    raise RuntimeError("on purpose")


def test_a_refused_value_is_an_error_as_sqlalchemy_raises_it(ledger: Ledger) -> None:
    rows: list[dict[str, object]] = [{"id": None if number else "s", "watchdog_s": 1} for number in range(2)]
    with pytest.raises(DBAPIError) as raised, ledger.write(minutes(0)) as tx:
        Rows(Sensor, ["id"]).write(tx.conn, rows if tx.conn.dialect.name == "sqlite" else _too_long(rows))
    assert not isinstance(raised.value, OperationalError)


def _too_long(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """PostgreSQL refuses what is too long; a cast to the column's type would cut it without a word."""
    return [row | {"id": str(row["id"]) * 100, "watchdog_s": 1} for row in rows]
