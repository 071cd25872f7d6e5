"""Two vehicles, one after the other, with no release between them that any sensor saw."""

from tests.support.builders import arrives, charged, leaves, session, told


def test_another_token_is_another_stay_and_the_time_between_is_nobodys() -> None:
    found = told([arrives(0), charged(0, 60, 70), charged(90, 120, 125, name="x2", token="ben"), leaves(125)], 200)
    first, second = found.decision.stays
    assert (first.stay.token, second.stay.token) == ("anna", "ben")
    assert found.fees == {}


def test_the_same_token_is_the_same_stay() -> None:
    again = charged(90, 120, 125, name="x2")
    found = told([arrives(0), charged(0, 60, 70), again, leaves(125)], 200)
    assert len(found.decision.stays) == 1
    assert found.fees == {"overstaying": 500}


def test_two_sessions_without_a_token_are_two_vehicles() -> None:
    anonymous = [charged(0, 60, 70, token=None), charged(90, 100, 105, name="x2", token=None)]
    assert len(told([arrives(0), anonymous, leaves(105)], 200).decision.stays) == 2


def test_each_driver_pays_what_is_theirs() -> None:
    found = told([charged(0, 60, 100), charged(100, 130, 160, name="x2", token="ben")], 300)
    assert [(v.token, v.fee.net_minor) for v in found.broken] == [("anna", 1200), ("ben", 800)]


def test_a_release_that_was_seen_ends_the_stay() -> None:
    found = told([arrives(0), charged(0, 20, 25), leaves(30), arrives(40), leaves(60)], 100)
    assert [len(judged.stay.sessions) for judged in found.decision.stays] == [1, 0]
    assert found.fees == {"unplugged": 1500}


def test_a_session_that_began_before_the_sensor_saw_the_vehicle_is_the_same_stay() -> None:
    found = told([session(0, started=0), arrives(2), charged(0, 30, 60), leaves(62)], 100)
    assert len(found.decision.stays) == 1
