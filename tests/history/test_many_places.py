"""A history of many stations costs as much a place as one of few."""

from time import process_time

from enforcement.policy_document import read_policy
from history.batch import Place, Places
from history.places_under import PlacesUnder
from tests.support.builders import HEAD, clause


def cost(stations: int) -> float:
    """CPU seconds until a policy knows so many places of as many stations."""
    places = Places()
    for station in range(stations):
        places.number(Place(network="ca*abc", station=f"station-{station}"))
    under = PlacesUnder(read_policy(HEAD + clause("idle")), places, "UTC")
    before = process_time()
    under.grow()
    assert [under.sites.known[number] for number in under.site[:2]] == ["ca*abc*station-0", "ca*abc*station-1"]
    return process_time() - before


def test_a_policy_knows_many_places_in_time_that_grows_with_their_number() -> None:
    assert cost(16_000) < 24 * max(cost(2_000), 0.001)  # 8 times as many; each held against each would be 64
