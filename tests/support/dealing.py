"""In which order tests run where several processes run them.

pytest-xdist's worksteal gives each process an equal share of them in a row, and whoever has done theirs takes half of what
another has left. So what takes long comes first in the shares, or all others would wait for it in the end; and not in
all of them, for it mostly waits for processes that it started, and leaves the processor to others.
"""

from collections.abc import Sequence
from itertools import groupby

import pytest


def dealt(tests: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The modules marked ``long`` dealt to the beginnings of all shares but the last; the others keep their order."""
    piles: list[list[pytest.Item]] = [[] for _ in range(processes)]
    modules = groupby((test for test in tests if _is_long(test)), lambda test: test.path)
    for number, (_, module) in enumerate(modules):
        piles[number % max(1, processes - 1)] += module
    quick = [test for test in tests if not _is_long(test)]
    out: list[pytest.Item] = []
    for number, pile in enumerate(piles):
        share = (len(tests) - len(out)) // (processes - number)  # as worksteal cuts them
        missing = max(0, share - len(pile))
        out += pile + quick[:missing]
        del quick[:missing]
    return out


def _is_long(test: pytest.Item) -> bool:
    return test.get_closest_marker("long") is not None
