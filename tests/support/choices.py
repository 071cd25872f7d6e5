"""Strategies to draw from within others, each made once.

Hypothesis checks a strategy when it is first drawn from: for one that is made anew with each example, that takes longer
than to draw from it.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

EITHER = st.booleans()


@lru_cache(maxsize=1000, typed=True)
def among(*choices: Hashable) -> st.SearchStrategy[Any]:
    """One of them."""
    return st.sampled_from(choices)


@lru_cache(maxsize=1000)
def between(least: int, most: int) -> st.SearchStrategy[int]:
    """A whole number from one to the other, both among them."""
    return st.integers(least, most)
