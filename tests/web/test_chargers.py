"""What chargers say of themselves, in words that no standard needs to be known for."""

import pytest

from enforcement.facts import ChargerStatusSeen, evse_subject
from tests.conftest import NOON
from web.chargers import CHARGERS, charger
from web.driver.facts_said import said_to_driver


def test_each_status_of_ocpi_has_words() -> None:
    assert set(CHARGERS) == {
        "AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN",
    }  # fmt: skip
    assert charger("OUTOFORDER") == "out of order" and charger("OUTOFORDER", "fr") == "en panne"
    assert charger("FINISHING") == "finishing", "what a network adds to the standard is shown as it came"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "charger: out of order"), ("fr", "borne: en panne"), ("es", "cargador: averiado")]
)
def test_a_driver_reads_it_in_their_language(language: str, words: str) -> None:
    fact = ChargerStatusSeen(
        at=NOON, seen_at=NOON, source="ocpi", source_id="1", subject=evse_subject("ca*nsc*1"), status="OUTOFORDER"
    )
    assert said_to_driver(fact, language)[1] == words
