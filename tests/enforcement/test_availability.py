"""What an EVSE is, from its network's word and the bays before it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.availability import BayView, evse_status

E, OTHER = "ca*abc*l1*e1", "ca*abc*l1*e2"
CONDITIONS = ["free", "charging", "idle", "overstaying", "unplugged", "unusable", "unknown"]
SAID = ["AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN"]
BAYS = st.lists(
    st.builds(BayView, st.sampled_from(CONDITIONS), st.sampled_from([frozenset(), frozenset({E}), frozenset({OTHER})])),
    max_size=4,
)


@pytest.mark.parametrize(
    ("said", "bays", "status"),
    [
        ("AVAILABLE", [BayView("unplugged")], "BLOCKED"),
        ("AVAILABLE", [BayView("overstaying")], "BLOCKED"),
        ("AVAILABLE", [BayView("unplugged"), BayView("free")], "AVAILABLE"),
        ("AVAILABLE", [BayView("unplugged"), BayView("charging", frozenset({OTHER}))], "BLOCKED"),
        ("AVAILABLE", [BayView("charging", frozenset({E}))], "CHARGING"),
        ("AVAILABLE", [BayView("unplugged"), BayView("unknown")], "AVAILABLE"),
        ("BLOCKED", [BayView("free")], "AVAILABLE"),
        ("UNKNOWN", [BayView("free")], "UNKNOWN"),
        ("UNKNOWN", [BayView("unplugged")], "BLOCKED"),
        ("NONSENSE", [], "UNKNOWN"),
        ("AVAILABLE", [BayView("unknown", reason="feed_silent")], "BLOCKED"),
        ("AVAILABLE", [BayView("unknown", reason="no_charger")], "BLOCKED"),
        ("AVAILABLE", [BayView("unknown", reason="no_sensor_word")], "AVAILABLE"),
        ("AVAILABLE", [], "AVAILABLE"),
        ("OUTOFORDER", [BayView("unplugged")], "OUTOFORDER"),
        ("CHARGING", [BayView("idle", frozenset({E}))], "CHARGING"),
    ],
)
def test_examples(said: str, bays: list[BayView], status: str) -> None:
    assert evse_status(E, said, bays) == status


@given(st.sampled_from(SAID), BAYS, st.randoms())
def test_laws(said: str, bays: list[BayView], dice: random.Random) -> None:
    status = evse_status(E, said, bays)
    mixed = list(bays)
    dice.shuffle(mixed)
    assert evse_status(E, said, mixed) == status
    # Told by somebody who republishes us, it is the same again: no loop of partners can lock it.
    if status == "BLOCKED":
        assert evse_status(E, "BLOCKED", bays) == "BLOCKED"
    if said in ("OUTOFORDER", "INOPERATIVE", "PLANNED", "REMOVED", "RESERVED", "CHARGING"):
        assert status == said
    taken = bays and all(bay.condition in ("unplugged", "charging", "idle", "overstaying") for bay in bays)
    if status == "AVAILABLE":
        assert not taken
    if status == "BLOCKED" and said != "BLOCKED":
        assert taken
    assert status in SAID
