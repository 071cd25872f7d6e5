"""docs/messages.md says what the code does: its examples are composed, its tables are complete."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from enforcement.clauses import Kind
from enforcement.fees import Fee
from enforcement.money import TaxLine
from enforcement.steps import Notice, Step
from enforcement.violations import State, Violation
from ledger.composer import Place
from models.outbox import Delivery
from notifications.channels import twilio_words
from notifications.texts import compose

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "messages.md").read_text()
AT = datetime(2026, 7, 1, 18, 5, tzinfo=UTC)
TAXES = (TaxLine("GST", Fraction(1, 20), 62), TaxLine("QST", Fraction(9975, 100_000), 124))
VIOLATION = Violation(
    key="k",
    kind=Kind.IDLE,
    state=State.ENDED,
    reason="waiting_for_late_facts",
    bay="a1",
    policy="p@1",
    session=None,
    token=None,
    clock_started_at=AT - timedelta(minutes=10),
    grace_ends_at=AT,
    violated_at=AT,
    ended_at=AT + timedelta(minutes=31),
    fee=Fee(timedelta(minutes=31), 1240, TAXES, "CAD", limit=None, lines=(), by_day={}),
)
PLACES = {"en": Place("Walnut St", "A1", "America/Toronto"), "fr": Place("Rue Ontario", "3", "America/Toronto")}
PLACES["es"] = Place("Calle Mayor", "7", "America/Toronto")


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("language", PLACES)
def test_every_example_is_what_is_sent(step: Step, language: str) -> None:
    said = compose(Notice(step, AT, AT), VIOLATION, PLACES[language], language, AT)
    assert f"    {said}\n" in DOCUMENT


@pytest.mark.parametrize("code", [*Delivery, *Step])
def test_every_state_and_step_is_explained(code: str) -> None:
    assert f"| `{code}` |" in DOCUMENT


@pytest.mark.parametrize("code", [*twilio_words.OUR_SETUP, *twilio_words.TELL_OPERATOR, twilio_words.OPTED_OUT])
def test_every_error_that_is_treated_apart_is_listed(code: int) -> None:
    assert str(code) in DOCUMENT
