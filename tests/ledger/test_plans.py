"""How a database plans the statements that run with every fact, even where it plans them while tables are empty."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ledger.database import Ledger
from tests.support.lots import build, heard, play, stays

# What has a handful of rows, whatever the size of the fleet.
SMALL = {"registry_version"}


@pytest.fixture
def plans(ledger: Ledger) -> Iterator[Mapping[str, str]]:
    """The plan of each statement that ran while a stay was taken in and judged."""
    build(ledger)
    driver: Any = ledger.glance().connection.driver_connection
    plans_of = _of_sqlite(driver) if ledger.has_one_writer else _of_postgresql(driver)
    next(plans_of)
    play(ledger, [*stays("a1", "S", "t" * 64, 0, 60, 180), *heard(0, 200)], until=300)
    yield next(plans_of)


def _of_sqlite(driver: Any) -> Iterator[dict[str, str]]:
    run: list[str] = []
    driver.set_trace_callback(run.append)
    yield {}
    driver.set_trace_callback(None)
    asked = {text for text in run if text.startswith("SELECT")}
    yield {text: "\n".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {text}")) for text in asked}


def _of_postgresql(driver: Any) -> Iterator[dict[str, str]]:
    prepared = "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements"
    before = set(driver.execute(prepared).fetchall())
    yield {}
    yield {
        text: "\n".join(row[0] for row in driver.execute(f"EXPLAIN EXECUTE {name}{_nothing(count)}").fetchall())
        for name, text, count in driver.execute(prepared).fetchall()
        if (name, text, count) not in before
    }


def _nothing(count: int) -> str:
    return f"({', '.join(['NULL'] * count)})" if count else ""


def test_bays_that_are_due_are_not_sorted_for_each_batch(plans: Mapping[str, str]) -> None:
    claims = [plan for text, plan in plans.items() if "ORDER BY bay_state.due_at" in text]
    assert claims
    assert not any(re.search(r"sort|temp b-tree", plan, re.IGNORECASE) for plan in claims)


def test_no_statement_of_a_fact_reads_a_table_whole(ledger: Ledger, plans: Mapping[str, str]) -> None:
    if ledger.has_one_writer:
        pytest.skip("SQLite takes an index wherever there is one")
    assert len(plans) > 15
    read_whole = {name for plan in plans.values() for name in re.findall(r"Seq Scan on (\w+)", plan)}
    assert read_whole <= SMALL
