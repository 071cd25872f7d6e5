"""Plates tie to stays: no camera, no plate; another plate is another vehicle."""

import copy
import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from enforcement.evidence import Evidence
from enforcement.facts import PlateSeen, sensor_subject
from enforcement.folding import extend, fold
from tests.conftest import minutes
from tests.support.builders import SENSOR, after_noon, arrives, bay, charged, leaves, told

WHERE = bay()


def plate(name: str, at: float, confidence: int = 95) -> PlateSeen:
    moment = minutes(at)
    return PlateSeen(
        at=moment,
        seen_at=moment,
        source="http:platerecognizer",
        source_id=f"{name}:{at}",
        subject=sensor_subject(SENSOR),
        plate=name,
        jurisdiction="ca-qc",
        confidence=confidence,
    )


def test_without_a_camera_there_is_no_plate() -> None:
    assert told([arrives(0), leaves(20)], 60).decision.stays[0].stay.plate is None


def test_a_plate_ties_to_the_stay_in_which_it_was_seen() -> None:
    found = told([arrives(0), plate("a", 1), leaves(20), arrives(30), leaves(40)], 60).decision.stays
    first = found[0].stay.plate
    assert first is not None
    assert (first.plate, first.jurisdiction, first.confidence) == ("a", "ca-qc", 95)
    assert found[1].stay.plate is None


def test_a_plate_that_the_camera_is_not_sure_of_is_none() -> None:
    assert told([arrives(0), plate("a", 1, 60), leaves(20)], 60).decision.stays[0].stay.plate is None


def test_another_plate_is_another_stay_and_the_time_between_is_nobodys() -> None:
    seen = [plate("a", 1), plate("a", 10), plate("b", 30), plate("b", 40)]
    stays = told([arrives(0), *seen, leaves(60)], 100).decision.stays
    spans = [(after_noon(s.stay.arrived_at), s.stay.left_at and after_noon(s.stay.left_at)) for s in stays]
    assert spans == [(0, 10), (30, 60)]
    assert [s.stay.plate and s.stay.plate.plate for s in stays] == ["a", "b"]


def test_a_plate_that_was_misread_once_or_comes_back_parts_nothing() -> None:
    once = [plate("a", 1), plate("a", 10), plate("b", 20), plate("a", 30)]
    assert len(told([arrives(0), *once, leaves(60)], 100).decision.stays) == 1
    back = [plate("a", 1), plate("a", 2), plate("b", 20), plate("b", 21), plate("a", 30), plate("a", 31)]
    assert len(told([arrives(0), *back, leaves(60)], 100).decision.stays) == 1


def test_a_bay_that_is_never_seen_free_may_have_had_any_number_of_vehicles() -> None:
    """A sensor that is stuck on taken, and a camera that sees one car after the other."""
    count = 1_200
    seen = [plate(f"p{car}", 1 + car + twice) for car in range(count) for twice in (0, 0.5)]
    stays = told([arrives(0), *seen], count + 10).decision.stays
    assert [judged.stay.plate and judged.stay.plate.plate for judged in stays] == [f"p{car}" for car in range(count)]


def test_each_keeps_its_sessions() -> None:
    seen = [plate("a", 1), plate("a", 35), plate("b", 50), plate("b", 60)]
    facts = [arrives(0), charged(2, 20, 30), charged(52, 70, 80, name="x2"), *seen, leaves(90)]
    stays = told(facts, 200).decision.stays
    assert [[s.session[-2:] for s in judged.stay.sessions] for judged in stays] == [["x1"], ["x2"]]


SEEN = st.tuples(st.integers(0, 60), st.sampled_from("abc"), st.sampled_from([60, 90, 99]))


@given(st.lists(SEEN, max_size=12, unique_by=lambda x: x[0]), st.randoms(use_true_random=False))
def test_the_order_of_sightings_changes_nothing(seen: list[tuple[int, str, int]], chance: random.Random) -> None:
    facts = [arrives(0), *(plate(name, at, sure) for at, name, sure in seen), leaves(61)]
    shuffled = copy.copy(facts)
    chance.shuffle(shuffled)
    grown = Evidence()
    for index, fact in enumerate(shuffled):
        if not extend(grown, fact, WHERE):
            grown = fold(shuffled[: index + 1], WHERE)
    assert grown == fold(facts, WHERE)
    stays = told(facts, 100).decision.stays
    assert all(one.stay.left_at <= other.stay.arrived_at for one, other in itertools.pairwise(stays))
