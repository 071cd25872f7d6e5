"""Where a value stands in a payload, what it means, and what time it is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.fields import Path, TruthTable, moment
from sensors.reading import NotUnderstoodError
from tests.conftest import NOON

EPOCH_S = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("path", "value"),
    [("a", {"b": [10, {"c": 7}]}), ("a.b[0]", 10), ("a.b[1].c", 7), ("$.a.b[1].c", 7), ("a.b[2]", None), ("a.x", None),
     ("a[0]", None), ("a.b.c", None), ("[0]", None)],
)  # fmt: skip
def test_a_path_finds_a_value_or_nothing(path: str, value: Any) -> None:
    assert Path.parse(path).find({"a": {"b": [10, {"c": 7}]}}) == value


def test_the_empty_path_is_the_whole_payload() -> None:
    assert Path.parse("").find("on") == Path.parse("$").find("on") == "on"


@pytest.mark.parametrize("text", ["a.", ".a", "a..b", "a[x]", "a[0", "a]", "[]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        Path.parse(text)


def test_the_truth_table_tells_numbers_words_and_truths_apart() -> None:
    table = TruthTable(occupied=[1, "ON", False], free=[True, "1"], unknown=["n/a"])
    assert [table.read(value) for value in (1, 1.0, "on", " On ", False)] == [True] * 5
    assert [table.read(value) for value in (True, "1")] == [False] * 2
    assert table.read("N/A") is None


@pytest.mark.parametrize("value", [2, "maybe", None, [1], {"x": 1}, 0, "false"])
def test_a_value_without_a_meaning_is_refused(value: Any) -> None:
    with pytest.raises(NotUnderstoodError, match="none of the lists"):
        TruthTable([1], [True], []).read(value)


@pytest.mark.parametrize("lists", [([1], [1], []), (["on"], [], ["ON"]), ([[1]], [], [])])
def test_a_truth_table_that_contradicts_itself_is_refused(lists: Any) -> None:
    with pytest.raises(ValueError, match=r"two lists|compared"):
        TruthTable(*lists)


@pytest.mark.parametrize(
    "value",
    ["2026-03-02T17:00:00Z", "2026-03-02T12:00:00-05:00", EPOCH_S, float(EPOCH_S), EPOCH_S * 1000, str(EPOCH_S), f"{EPOCH_S}000",
     EPOCH_S * 10**6, EPOCH_S * 10**9, f"{EPOCH_S}000000"],
)  # fmt: skip
def test_times_in_all_shapes_are_the_same_moment(value: Any) -> None:
    assert moment(value) == NOON
    assert moment(value).tzinfo is UTC


def test_nanoseconds_are_cut_to_microseconds() -> None:
    assert moment("2026-03-02T17:00:00.123456789Z") == NOON.replace(microsecond=123456)


@pytest.mark.parametrize(
    "value",
    ["2026-03-02T17:00:00", "yesterday", "", None, True, [], 12, -1, 1e300, float("inf"), "0001-01-01T00:00:00+23:00",
     "9999-12-31T23:59:59-23:00", "1970-01-01T00:03:00Z", 0,
     "20260302170000", 20260302170000, "2026-03-02 17:00:00"],
)  # fmt: skip
def test_what_is_no_time_or_of_an_unset_clock_is_refused(value: Any) -> None:
    with pytest.raises(NotUnderstoodError):
        moment(value)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_any_value_is_a_time_or_refused(value: Any) -> None:
    try:
        assert moment(value) >= datetime(2000, 1, 1, tzinfo=UTC)
    except NotUnderstoodError as error:
        assert str(error)
