"""Policies: which version holds, and documents that can't be one."""

import pytest

from enforcement.policy_document import PolicyError, read_policy
from enforcement.scopes import Scope, policy_for
from tests.conftest import minutes
from tests.support.builders import HEAD, STATION, charged, clause, told

IDLE = clause("idle")


def faults(text: str) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        read_policy(text)
    return refused.value.faults


def version(number: int, since: str, more: str = "", name: str = "test"):  # type: ignore[no-untyped-def]
    head = HEAD.replace("version = 1", f"version = {number}").replace("2020-01-01", since)
    return read_policy(head.replace('id = "test"', f'id = "{name}"') + more + IDLE)


def test_a_stay_is_under_the_version_that_was_in_effect_when_it_began() -> None:
    old, new = version(1, "2020-01-01"), version(2, "2026-03-02")
    assert policy_for([new, old], Scope(STATION, ["ca*abc"]), minutes(0)) is new
    assert policy_for([new, old], Scope(STATION, ["ca*abc"]), minutes(-2000)) is old
    assert policy_for([new], Scope(STATION, ["ca*abc"]), minutes(-2000)) is None


def test_a_station_comes_before_a_network_and_a_network_before_everywhere() -> None:
    anywhere = version(9, "2026-01-01")
    network = version(1, "2021-01-01", 'networks = ["CA*ABC"]\n', "network")
    station = version(1, "2021-01-01", f'stations = ["{STATION.upper()}"]\n', "station")
    assert policy_for([anywhere, network, station], Scope(STATION, ["ca*abc"]), minutes(0)) is station
    assert policy_for([anywhere, network, station], Scope("ca*abc*other", ["ca*abc"]), minutes(0)) is network
    assert policy_for([anywhere, network, station], Scope("us*xyz*other", ["us*xyz"]), minutes(0)) is anywhere


def test_a_version_ends_when_it_says() -> None:
    ended = version(1, "2020-01-01", "effective_to = 2026-01-01T00:00:00Z\n")
    assert policy_for([ended], Scope(STATION, []), minutes(0)) is None


def test_a_stay_before_any_policy_costs_nothing() -> None:
    assert told([charged(0, 60, 600)], 700, under=version(1, "2027-01-01")).decision.violations == ()


def test_all_faults_are_named_at_once_with_their_places() -> None:
    text = (HEAD + clause("idle", grace="ten", rate="-1") + clause("parking")).replace("CAD", "cad")
    found = faults(text)
    assert [fault.split(" = ")[0] for fault in found] == [
        "line 6: currency",
        "line 9: clause 1: grace",
        "line 10: clause 1: rate",
        "line 13: clause 2: kind",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id = ", "not TOML"),
        (HEAD, "no [[clause]]"),
        (HEAD + IDLE + IDLE, "an earlier clause for idle holds for all of these vehicles"),
        (HEAD + 'colour = "red"\n' + IDLE, "unknown field 'colour'"),
        (HEAD + clause("idle", stops="noon"), "stops"),
        (HEAD + clause("idle", stops="vacated") + clause("overstaying"), "minutes would cost twice"),
        (HEAD + clause("idle", per="0m"), "longer than zero"),
        (HEAD + clause("idle", rate="NaN"), "rate"),
        (HEAD + clause("idle", rate="1e400"), "rate"),
        (HEAD + clause("idle", grace="99999999999h"), "grace"),
        (HEAD + clause("idle").replace('"0.40"', "0.40"), "as a string"),
        (HEAD.replace("T00:00:00Z", "T00:00:00") + IDLE, "effective_from"),
        (HEAD + "effective_to = 2019-01-01T00:00:00Z\n" + IDLE, "effective_to is not after"),
        (HEAD + 'stations = "ca*abc"\n' + IDLE, "stations"),
        (HEAD + "clause = 3\n", "clause"),
        (HEAD + IDLE + '[[tax]]\nname = "GST"\n', "tax 1: percent is missing"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(text: str, fault: str) -> None:
    assert any(fault in found for found in faults(text))
