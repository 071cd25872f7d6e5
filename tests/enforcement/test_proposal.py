"""What a network tells of signs becomes a document that an owner may publish; as it is, it costs nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.clauses import Kind
from enforcement.policy_document import read_policy
from enforcement.proposal import ToldOfSigns, propose
from tests.support.builders import arrives, feed, leaves, told

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def signs(
    *restrictions: str, limits: tuple[int, ...] = (), station: str = "ca*abc*l1", name: str = "Lot"
) -> ToldOfSigns:
    return ToldOfSigns(station=station, name=name, restrictions=restrictions, limits_min=limits)


def test_only_while_plugged_in_and_a_time_limit_are_clauses() -> None:
    policy = read_policy(propose(signs("PLUGGED", "EV_ONLY", limits=(60, 120)), "CAD", SINCE))
    assert [clause.kind for clause in policy.clauses] == [Kind.UNPLUGGED, Kind.OVERTIME]
    assert policy.clauses[1].start_after == timedelta(hours=2), "of several limits the longest"
    assert policy.stations == {"ca*abc*l1"}
    found = told([arrives(0), leaves(60)], 100, under=policy, feeds=feed((-10, 90)))
    assert found.fees == {}


@pytest.mark.parametrize("restrictions", [(), ("EV_ONLY",), ("CUSTOMERS", "TENANTS")])
def test_what_no_clause_can_say_is_no_proposal(restrictions: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="neither"):
        propose(signs(*restrictions), "CAD", SINCE)


@given(st.text(max_size=60), st.sampled_from(["ca*abc*l1", "ca*abc*a∗b", 'ca*abc*über \\ " x']))
def test_any_name_of_a_station_gives_a_policy(name: str, station: str) -> None:
    policy = read_policy(propose(signs("PLUGGED", name=name, station=station), "CAD", SINCE))
    assert all(tier.rate == 0 for clause in policy.clauses for tier in clause.tiers)
    assert policy.stations == {station}
