"""Made statements on PostgreSQL go through libpq: prepared once, errors and transactions as the driver has them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import exc, func, literal, select, text

from ledger.batches import Rows
from ledger.database import Ledger, table
from ledger.failures import is_passing
from ledger.statements import Statement
from models import Sensor
from tests.conftest import NOON, empty_ledger

SENSORS = Statement(lambda _: select(table(Sensor).c.id).order_by(table(Sensor).c.id))
ONE = Statement(lambda _: select(literal(1).label("one")))
ADD = Rows(Sensor, ["id"])


@pytest.fixture
def ledger(postgres_url: str) -> Iterator[Ledger]:
    with empty_ledger(postgres_url) as ledger:
        yield ledger


def sensor(name: str | None) -> dict[str, object]:
    return {"id": name, "model": None, "occupied": None, "last_at": None, "skew_s": None}


def names(ledger: Ledger) -> list[str]:
    with ledger.write(NOON) as tx:
        return [row.id for row in SENSORS.all(tx.conn, {})]


def test_what_is_prepared_outlives_rollbacks_and_other_ways_of_asking(ledger: Ledger) -> None:
    for turn in range(20):
        with ledger.write(NOON) as tx:
            ADD.write(tx.conn, [sensor("a")])
            tx.conn.execute(text("SELECT 1"))
            tx.conn.execute(text("CREATE TEMPORARY TABLE gone (x INT)"))
            tx.conn.execute(text("DROP TABLE gone"))
        with pytest.raises(ValueError, match=str(turn)), ledger.write(NOON) as tx:
            ADD.write(tx.conn, [sensor("b")])
            raise ValueError(turn)
    assert names(ledger) == ["a"]
    with ledger.write(NOON) as tx:
        own = tx.conn.execute(
            text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%sensor%'")
        ).scalar_one()
    assert own == 2


@pytest.mark.parametrize(
    ("name", "error"), [(None, exc.IntegrityError), ("nothing\0", exc.DataError), ("x" * 10_000, exc.DataError)]
)
def test_a_value_that_is_refused_is_the_drivers_error(
    ledger: Ledger, name: str | None, error: type[exc.DBAPIError]
) -> None:
    with pytest.raises(error) as found, ledger.write(NOON) as tx:
        ADD.write(tx.conn, [sensor(name)])
    assert not is_passing(found.value)
    with ledger.write(NOON) as tx:
        ADD.write(tx.conn, [sensor("a")])
    assert names(ledger) == ["a"]


def test_a_reader_asks_within_its_transaction(ledger: Ledger) -> None:
    now = Statement(lambda _: select(func.now().label("at")))
    with ledger.read() as conn:
        first = conn.execute(text("SELECT now()")).scalar_one()
        assert now.first(conn, {}).at == first
        conn.rollback()
        later = now.first(conn, {}).at
        assert later > first
        assert conn.execute(text("SELECT now()")).scalar_one() == later


@pytest.mark.parametrize("is_idle", [True, False])
def test_a_connection_that_the_server_ends_is_made_anew(ledger: Ledger, is_idle: bool) -> None:
    with ledger.write(NOON) as tx:
        ADD.write(tx.conn, [sensor("a")])
        own = tx.conn.execute(text("SELECT pg_backend_pid()")).scalar_one()

    def end() -> None:
        with ledger.read() as other:
            assert other.execute(text(f"SELECT pg_terminate_backend({own}, 10000)")).scalar_one()

    if is_idle:
        end()
    else:
        with pytest.raises(exc.OperationalError) as found, ledger.write(NOON) as tx:
            ONE.first(tx.conn, {})
            end()
            ADD.write(tx.conn, [sensor("b")])
        assert is_passing(found.value)
    with ledger.write(NOON) as tx:
        ADD.write(tx.conn, [sensor("c")])
    assert names(ledger) == ["a", "c"]


def test_a_statement_tells_how_many_rows_it_changed(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        ADD.write(tx.conn, [sensor(name) for name in "abc"])
        gone = Statement(lambda _: table(Sensor).delete().where(table(Sensor).c.id > "a"))
        assert gone.run(tx.conn, {}) == 2
