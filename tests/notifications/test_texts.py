"""What drivers read: right facts, station time, one segment, a way to stop, no link."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.clauses import Kind
from enforcement.fees import Fee
from enforcement.money import TaxLine
from enforcement.steps import Notice, Step
from enforcement.violations import State, Violation
from ledger.composer import Place
from notifications import keywords, phrases
from notifications.gsm7 import BASIC, segments
from notifications.texts import compose, compose_answer

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
PLACE = Place("Complexe Desjardins", "B12", "America/Toronto")
EVERY = list(itertools.product(Step, Kind, phrases.LANGUAGES))


def fee(net: int = 1240, taxes: tuple[int, ...] = (), currency: str = "CAD") -> Fee:
    lines = tuple(TaxLine(f"tax {i}", Fraction(1, 20), amount) for i, amount in enumerate(taxes))
    return Fee(timedelta(minutes=31), net, lines, currency, limit=None, lines=(), by_day={})


def violation(kind: Kind = Kind.IDLE, state: State = State.SETTLED, cost: Fee | None = None) -> Violation:
    return Violation(
        key="ca*flo*s1/idle",
        kind=kind,
        state=state,
        reason="final",
        bay="b12",
        policy="p@1",
        session="ca*flo*s1",
        token="t",
        clock_started_at=NOW - timedelta(minutes=40),
        grace_ends_at=NOW + timedelta(minutes=5),
        violated_at=NOW - timedelta(minutes=2),
        ended_at=NOW - timedelta(minutes=1),
        fee=cost or fee(),
    )


def notice(step: Step) -> Notice:
    return Notice(step, NOW, NOW + timedelta(minutes=5))


def text(step: Step, about: Violation, language: str = "en", place: Place = PLACE, now: datetime = NOW) -> str:
    return compose(notice(step), about, place, language, now)


def test_grace_running_says_until_when_it_is_free() -> None:
    assert text(Step.GRACE_RUNNING, violation()) == (
        "Baywarden: charging has finished at Complexe Desjardins, bay B12. Please move your vehicle: free until 14:05, "
        "then a fee may apply. Reply STOP to opt out"
    )


def test_each_kind_says_what_is_wrong() -> None:
    assert "session over, still parked" in text(Step.GRACE_RUNNING, violation(Kind.OVERSTAYING))
    assert "not plugged in" in text(Step.GRACE_RUNNING, violation(Kind.UNPLUGGED))
    assert "session finie, toujours garé" in text(Step.FEE_STARTED, violation(Kind.OVERSTAYING), "fr")


def test_fee_started_says_since_when() -> None:
    assert "a fee is running at Complexe Desjardins, bay B12 since 13:58." in text(Step.FEE_STARTED, violation())


def test_fee_ended_says_the_sum_with_its_taxes() -> None:
    said = text(Step.FEE_ENDED, violation(cost=fee(1240, (62, 124))))
    assert said == (
        "Baywarden: the fee at Complexe Desjardins, bay B12 ended at 13:59: 31 min, 14.26 CAD taxes included. "
        "Reply STOP to opt out"
    )


def test_a_sum_that_may_still_change_says_so() -> None:
    assert "12.40 CAD (provisional)." in text(Step.FEE_ENDED, violation(state=State.ENDED))
    assert "12.40 CAD (provisoire)." in text(Step.FEE_ENDED, violation(state=State.ENDED), "fr")
    assert "provisional" not in text(Step.FEE_ENDED, violation(state=State.SETTLED))


def test_french_is_spoken_and_anything_else_reads_english() -> None:
    assert text(Step.GRACE_RUNNING, violation(), "fr") == (
        "Baywarden: charge terminée, Complexe Desjardins, place B12. Merci de libérer la place: gratuit jusqu'à 14:05, "
        "puis frais possibles. ARRET pour se désabonner"
    )
    assert text(Step.GRACE_RUNNING, violation(), "de") == text(Step.GRACE_RUNNING, violation(), "en")


def test_times_are_the_stations_and_another_day_comes_with_its_date() -> None:
    pacific = replace(PLACE, zone="America/Vancouver")
    assert "free until 11:05" in text(Step.GRACE_RUNNING, violation(), place=pacific)
    before_midnight = datetime(2026, 3, 3, 4, 59, tzinfo=UTC)
    late = violation()._replace(grace_ends_at=before_midnight + timedelta(minutes=5))
    assert "free until 2026-03-03 00:04" in text(Step.GRACE_RUNNING, late, now=before_midnight)


@pytest.mark.parametrize(("step", "kind", "language"), EVERY)
def test_every_template_is_one_segment_of_gsm7_and_names_sender_and_way_out(
    step: Step, kind: Kind, language: str
) -> None:
    """At its longest: dated times, a long sum with taxes that is not final, the longest names."""
    yesterday = NOW - timedelta(days=1)
    cost = fee(12_345_678, (1,))._replace(billable=timedelta(days=9))
    ended = violation(kind, State.ENDED, cost)
    worst = ended._replace(grace_ends_at=yesterday, violated_at=yesterday, ended_at=yesterday)
    said = text(
        step, worst, language, Place("Stationnement Métro Université-de-Montréal " * 5, "P2-117" * 15, PLACE.zone)
    )
    assert segments(said) == 1
    assert said.startswith("Baywarden: ")
    assert said.endswith(phrases.WAY_OUT[language])


@pytest.mark.parametrize(("step", "kind", "language"), EVERY)
def test_usual_names_are_not_cut(step: Step, kind: Kind, language: str) -> None:
    said = text(step, violation(kind, cost=fee(1240, (62,))), language, Place("1500 Pearl Garage", "A-14", PLACE.zone))
    assert "1500 Pearl Garage, " in said
    assert " A-14" in said


@pytest.mark.parametrize("words", [*keywords.ANSWERS.values(), keywords.CHOSEN])
def test_answers_to_drivers_are_one_segment_too(words: dict[str, str]) -> None:
    assert {language: segments(said) for language, said in words.items()} == {"en": 1, "fr": 1, "es": 1}


@given(st.text(), st.text(), st.sampled_from(EVERY))
def test_whatever_the_names_are_the_text_is_one_segment_without_a_link(
    station: str, bay: str, which: tuple[Step, Kind, str]
) -> None:
    step, kind, language = which
    said = text(step, violation(kind), language, Place(station, bay, PLACE.zone))
    assert set(said) <= BASIC
    assert segments(said) == 1
    assert "//" not in said


@pytest.mark.parametrize(
    "name", ["http://evil.example/pay", "pay at www.evil.example", "evil.example", "bit.ly/x", "1.2.3.4/x"]
)
def test_a_name_from_a_network_does_not_become_a_link(name: str) -> None:
    said = text(Step.GRACE_RUNNING, violation(), place=Place(name, "1", PLACE.zone))
    assert "evil.example" not in said
    assert "bit.ly" not in said
    assert "1.2.3" not in said
    assert "://" not in said


def test_names_that_leave_nothing_are_still_a_sentence() -> None:
    assert "finished at bay 7." in text(Step.GRACE_RUNNING, violation(), place=Place("東京", "7", PLACE.zone))
    assert "finished at Walnut St." in text(Step.GRACE_RUNNING, violation(), place=Place("Walnut St", "", PLACE.zone))
    assert "finished at your bay." in text(Step.GRACE_RUNNING, violation(), place=Place("東京", "", PLACE.zone))


def test_braces_in_a_name_are_only_characters() -> None:
    assert "at {until}" not in text(Step.GRACE_RUNNING, violation(), place=Place("{until}", "{0}", PLACE.zone))


def test_a_step_that_the_violation_has_not_reached_is_refused() -> None:
    with pytest.raises(ValueError, match="has not come to this step"):
        text(Step.FEE_STARTED, violation()._replace(violated_at=None))


@pytest.mark.parametrize("outcome", ["upheld", "waived"])
@pytest.mark.parametrize("language", phrases.LANGUAGES)
def test_the_answer_to_a_dispute_is_one_segment_at_its_longest(outcome: str, language: str) -> None:
    said = compose_answer(
        outcome, Place("Métro Université-de-Montréal " * 5, "P2-117" * 15, "UTC", "ABCDEFG"), language
    )
    assert segments(said) == 1 and "ABCDEFG" in said and said.endswith(phrases.WAY_OUT[language])
    assert phrases.DISPUTE_ANSWERED[outcome][language].rsplit("{place}", 1)[1] in said
