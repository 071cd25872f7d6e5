"""Evidence against evidence: the driver has the benefit of the doubt."""

from datetime import timedelta

from tests.support.builders import arrives, bay, charged, heartbeat, leaves, told


def test_idle_while_the_sensor_sees_a_free_bay_is_unknown() -> None:
    found = told([arrives(0), leaves(70), charged(0, 60, 100)], 200)
    assert found.conditions == [("charging", 0, 60), ("idle", 60, 70), ("unknown", 70, 100)]
    assert found.fees == {}


def test_energy_that_flows_proves_presence_against_any_sensor() -> None:
    found = told([heartbeat(False, 0), heartbeat(False, 60), charged(0, 60, 65)], 100)
    assert ("charging", 0, 60) in found.conditions


def test_two_sensors_that_disagree_prove_nothing() -> None:
    two = bay(sensors={"s1": timedelta(hours=2), "s2": timedelta(hours=2)})
    facts = [arrives(0, sensor="s1"), heartbeat(False, 10, sensor="s2"), heartbeat(True, 60, sensor="s1")]
    found = told([*facts, leaves(90, sensor="s1")], 120, setting=two)
    assert found.fees == {"unplugged": 500}


def test_of_two_sensors_one_may_know_nothing() -> None:
    two = bay(sensors={"s1": timedelta(hours=2), "s2": timedelta(hours=2)})
    found = told([arrives(0, sensor="s1"), heartbeat(None, 5, sensor="s2"), leaves(20, sensor="s1")], 60, setting=two)
    assert found.fees == {"unplugged": 1500}
