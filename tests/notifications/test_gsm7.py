"""The GSM 03.38 basic set: what fits one segment, and what a name from outside becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gsm7 import BASIC, segments, to_gsm7


def test_the_basic_set_has_what_the_standard_says() -> None:
    """3GPP TS 23.038 lists 128 codes, of which 0x1B is the escape to the extension table."""
    assert len(BASIC) == 127
    assert not set("êçœ’“”[]{}|^~\\€") & BASIC


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Walnut St", "Walnut St"),
        ("Rue de l’Église", "Rue de l'Église"),
        ("Forêt–Nord", "Foret-Nord"),
        ("Cœur de ville", "Coeur de ville"),
        ("Garçon [P2] | B", "Garcon (P2) / B"),
        ("Łódź", "Lódz".replace("ó", "o")),
        ("東京 A1", "A1"),
        ("Niveau\n\t2\x00\x1b", "Niveau 2"),
        ("№ 4 ½", "No 4 12"),
        ("🚗🔌", ""),
    ],
)
def test_names_become_the_nearest_text(name: str, expected: str) -> None:
    assert to_gsm7(name) == expected


@given(st.text())
def test_any_text_becomes_one_that_can_be_counted(text: str) -> None:
    made = to_gsm7(text)
    assert segments(made) >= 1
    assert to_gsm7(made) == made


@pytest.mark.parametrize(("length", "count"), [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3)])
def test_segments_are_counted_as_they_are_billed(length: int, count: int) -> None:
    assert segments("a" * length) == count


def test_a_character_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="ê"):
        segments("arrêt")
