"""The order in which the tests themselves run."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.dealing import dealt


@dataclass(frozen=True)
class Test:
    """What is asked of one."""

    __test__ = False
    path: int
    number: int
    is_long: bool

    def get_closest_marker(self, name: str) -> object:
        return self.is_long or None if name == "long" else None


def made(modules: list[tuple[int, bool]]) -> list[Test]:
    return [Test(path, n, is_long) for path, (count, is_long) in enumerate(modules) for n in range(count)]


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans())), st.integers(1, 5))
def test_every_test_is_dealt_once(modules: list[tuple[int, bool]], processes: int) -> None:
    tests = made(modules)
    found: list[Test] = dealt(tests, processes)  # type: ignore[arg-type,assignment]
    assert sorted(found, key=lambda test: (test.path, test.number)) == tests
    assert [test for test in found if not test.is_long] == [test for test in tests if not test.is_long]


@pytest.mark.parametrize(("processes", "first"), [(1, [1]), (2, [1, 4]), (3, [1, 3, 6]), (4, [1, 3, 5, 6])])
def test_all_shares_but_the_last_begin_with_what_takes_long(processes: int, first: list[int]) -> None:
    tests = made([(10, False), (2, True), (10, False), (2, True), (20, False), (2, True), (26, False)])
    found: list[Test] = dealt(tests, processes)  # type: ignore[arg-type,assignment]
    share = len(tests) // processes
    assert [found[number * share].path for number in range(processes)] == first
