"""Hot statements, on both databases: what goes in comes out, batches and single rows alike, and only what changed."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ARRAY, DateTime, Text, select

from enforcement.intervals import merged
from ledger import feeds
from ledger.batches import Rows
from ledger.changes import Changes
from ledger.conversions import into, of_many, out_of
from ledger.database import Ledger, table
from ledger.statements import Statement
from models import Sensor
from tests.conftest import minutes

HARD = ['"', "\\", 'a"b\\c', "{x,y}", "NULL", "", " spaces ", "é✓\n\t'", "%(x)s ?"]
SENSORS = Statement(lambda _: select(table(Sensor)).order_by(table(Sensor).c.id))


def sensor(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "model": None, "occupied": None, "last_at": None, "skew_s": None, **more}


def test_a_batch_is_read_as_it_was_written(ledger: Ledger) -> None:
    east = timezone(timedelta(hours=5, minutes=45))
    moments = [minutes(0), datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, 1, 2, 3, 4, east), None]
    rows = [
        sensor(f"s{index}", model=text, last_at=moments[index % 4], occupied=[True, False, None][index % 3], skew_s=-index)
        for index, text in enumerate(HARD)
    ]  # fmt: skip
    with ledger.write(minutes(0)) as tx:
        Rows(Sensor, ["id"]).write(tx.conn, rows)
        found = SENSORS.all(tx.conn, {})
    assert [{name: getattr(row, name) for name in rows[0]} for row in found] == rows
    assert all(row.last_at is None or row.last_at.tzinfo is UTC for row in found)
    assert all(type(row.occupied) in (bool, type(None)) for row in found)


def test_of_a_batch_only_what_was_not_there_is_new(ledger: Ledger) -> None:
    rows = Rows(Sensor, ["id"], update=False)
    with ledger.write(minutes(0)) as tx:
        assert rows.new(tx.conn, [sensor("b")]) == [("b",)]
        assert rows.new(tx.conn, [sensor("a", model="x"), sensor("b", model="x"), sensor("c", model="x")]) == [
            ("a",),
            ("c",),
        ]
        assert rows.new(tx.conn, [sensor("a"), sensor("b"), sensor("c")]) == []
        assert [row.model for row in SENSORS.all(tx.conn, {})] == ["x", None, "x"]


def test_changes_set_what_they_name_and_nothing_else(ledger: Ledger) -> None:
    with ledger.write(minutes(0)) as tx:
        Rows(Sensor, ["id"]).write(tx.conn, [sensor(name, model=name, skew_s=1) for name in "abcd"])
        Changes(Sensor, "id").write(
            tx.conn,
            [
                {"id": "a", "model": None, "last_at": minutes(1)},
                {"id": "b", "skew_s": 7},
                {"id": "c", "model": 'x"\\', "last_at": None},
                {"id": "nobody", "skew_s": 9},
            ],
        )
        found = SENSORS.all(tx.conn, {})
    told = [(row.id, row.model, row.last_at, row.skew_s) for row in found]
    assert told == [("a", None, minutes(1), 1), ("b", "b", None, 7), ("c", 'x"\\', None, 1), ("d", "d", None, 1)]


ZONES = st.sampled_from([UTC, UTC, timezone(timedelta(hours=-4)), timezone(timedelta(hours=5, minutes=45))])
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(HARD)


@given(st.lists(st.none() | MOMENTS | MOMENTS.map(lambda moment: moment.replace(microsecond=0))))
def test_a_column_of_moments_is_what_they_are_one_by_one(moments: list[datetime | None]) -> None:
    put, take = into(DateTime(), "sqlite"), out_of(DateTime(), "sqlite")
    assert put is not None
    assert take is not None
    texts = of_many(put)(moments)
    assert texts == [None if moment is None else put(moment) for moment in moments]
    assert of_many(take)(texts) == moments == [None if text is None else take(text) for text in texts]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_moment_without_its_offset_is_refused_in_a_column_too(dialect: str) -> None:
    kind = DateTime() if dialect == "sqlite" else ARRAY(DateTime())
    put = into(kind, dialect)
    assert put is not None
    with pytest.raises(ValueError, match="without its offset"):
        (of_many(put) if dialect == "sqlite" else put)([minutes(0), datetime(2026, 3, 2)])


@given(st.lists(st.none() | TEXTS))
def test_postgresql_takes_an_array_of_texts_apart_as_it_was(texts: list[str | None]) -> None:
    put = into(ARRAY(Text()), "postgresql")
    assert put is not None
    array = put(texts)
    found = [
        None if bare else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        for quoted, bare in re.findall(r'"((?:[^"\\]|\\.)*)"|(null)', array, flags=re.DOTALL | re.IGNORECASE)
    ]
    assert (found, array[0], array[-1]) == (texts, "{", "}")


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=12).map(
    lambda found: sorted((minutes(start), minutes(start + length)) for start, length in found)
)


@given(SPANS, st.integers(0, 8).map(lambda count: timedelta(minutes=count)))
def test_silences_that_are_allowed_can_be_left_out_before_anybody_asks(
    spans: list[tuple[datetime, datetime]], gap: timedelta
) -> None:
    """The core joins spans by the network's habit itself; to give it joined ones changes nothing of what it finds."""
    joined = feeds.joined(spans, gap)
    assert merged(joined, gap=gap) == merged(spans, gap=gap)
    assert merged((lo, hi + gap) for lo, hi in joined) == merged((lo, hi + gap) for lo, hi in spans)
    assert max((hi for _, hi in joined), default=None) == max((hi for _, hi in spans), default=None)
