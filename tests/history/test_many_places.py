"""A history of many places costs as much a place as one of few."""

from typing import ClassVar

from enforcement.policy_document import read_policy
from history.batch import Place, Places
from history.places_under import PlacesUnder
from tests.support.builders import HEAD, clause


class Counting(str):
    """A text that counts how often any is held against another."""

    compared: ClassVar[int] = 0

    def __eq__(self, other: object) -> bool:
        Counting.compared += 1
        return str.__eq__(self, str(other))

    __hash__ = str.__hash__


def test_a_policy_does_not_hold_each_place_against_all_others() -> None:
    places, count = Places(), 2_000
    for number in range(count):
        places.number(Place(network="ca*abc", station=f"station-{number}", zone=Counting(f"zone-{number}")))
    under = PlacesUnder(read_policy(HEAD + clause("idle")), places, "UTC")
    Counting.compared = 0
    under.grow()
    assert under.zones.known[1999] == "zone-1999"
    assert [under.sites.known[number] for number in under.site[:2]] == ["ca*abc*station-0", "ca*abc*station-1"]
    assert Counting.compared < 2 * count
