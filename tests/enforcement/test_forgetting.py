"""Up to when the facts of a bay may be forgotten."""

from datetime import datetime

from enforcement.folding import fold
from enforcement.settled import forgettable_to
from tests.conftest import minutes
from tests.support.builders import arrives, bay, charged, leaves, session, told

FIRST = [arrives(0), *charged(5, 60, 120), leaves(130)]
SECOND = [arrives(200), leaves(220)]


def forgettable(*facts: object) -> datetime | None:
    found = told(facts, 400)
    flat = [each for fact in facts for each in (fact if isinstance(fact, list) else [fact])]
    return forgettable_to(found.decision.stays, fold(flat, bay()), minutes(400), frozenset())


def test_all_that_is_over_may_be_forgotten() -> None:
    assert forgettable(FIRST, SECOND) == minutes(220)


def test_what_later_words_make_no_session_is_not_parted_from_them() -> None:
    """Without these words it would be one, and tell something of the sensor that says nothing of it."""
    began = session(210, name="x2")
    assert forgettable(FIRST, SECOND, began, session(215, "INVALID", name="x2")) == minutes(220)
    assert forgettable(FIRST, SECOND, began, session(300, "INVALID", name="x2")) == minutes(130)
