"""Codes that people type: read in any way, and no slip of one or two characters finds another bay."""

import random

from hypothesis import given
from hypothesis import strategies as st

from enforcement.bay_codes import ALPHABET, LENGTH, make, read, shown

CODES = st.integers(0, 2**32).map(lambda seed: make(random.Random(seed).choice))


@given(CODES)
def test_a_code_is_read_as_it_is_shown_and_typed(code: str) -> None:
    assert len(code) == LENGTH and set(code) <= set(ALPHABET)
    assert read(code) == read(shown(code)) == read(code.lower()) == read(f" {code[:2]}-{code[2:]} ") == code


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert read(wrong) == (code if wrong == code else None)


@given(CODES, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_that_changed_places_are_noticed(code: str, one: int, other: int) -> None:
    chars = list(code)
    chars[one], chars[other] = chars[other], chars[one]
    wrong = "".join(chars)
    assert read(wrong) == (code if wrong == code else None)


@given(st.text(max_size=40))
def test_anything_may_be_typed(typed: str) -> None:
    assert read(typed) is None or read(typed) in (read(read(typed) or ""),)


def test_look_alikes_are_not_in_the_alphabet() -> None:
    assert not set("01ILOVZ") & set(ALPHABET) and len(ALPHABET) == 29
