"""Decoders: exact on the published vectors, and never lost on any bytes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.decoders import MODELS, Decoded, model_named
from sensors.reading import NotUnderstoodError

DEVICES = {"Bosch TPS110": "bosch_tps110", "Nwave NPS405": "nwave_nps405"}


def as_published(decoded: Decoded) -> dict[str, Any]:
    """What we decoded, in the shape of the public decoders."""
    occupied = {"occupied": decoded.occupancy.occupied} if decoded.occupancy else {}
    return {"type": decoded.kind, **occupied, **decoded.values}


def as_older(decoded: Decoded) -> dict[str, Any]:
    """The same in the shape of the older public decoder, whose table of reset causes is off by one."""
    assert decoded.occupancy is not None
    shape = {
        "message_type": decoded.kind.replace(" ", "_"),
        "map_state": int(bool(decoded.occupancy.occupied)),
        "p_state": "occupied" if decoded.occupancy.occupied else "free",
    }
    return shape | ({"firmware": decoded.values["firmwareVersion"]} if "firmwareVersion" in decoded.values else {})


def test_published_vectors_are_decoded_exactly(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "sensors" / "vectors.json").read_text())
    checked = []
    for vector in vectors:
        name = next((ours for theirs, ours in DEVICES.items() if vector["sensor"].startswith(theirs)), None)
        if name is not None:
            decoded = MODELS[name].decode(vector["fPort"], bytes.fromhex(vector["hex"]))
            expected = {key: value for key, value in vector["expected"].items() if key not in ("debug", "reset_cause")}
            ours = as_older(decoded) if "message_type" in expected else as_published(decoded)
            assert ours == expected, vector["description"]
            checked.append((name, vector["fPort"]))
    bosch = [("bosch_tps110", port) for port in (1, 1, 2, 3, 3)]
    assert sorted(checked) == [*bosch, ("nwave_nps405", 1), ("nwave_nps405", 2)]


@pytest.mark.parametrize(
    ("name", "port", "data", "occupied", "edge"),
    [
        ("bosch_tps110", 1, "01", True, True), ("bosch_tps110", 1, "00", False, True), ("bosch_tps110", 1, "fe", False, True),
        ("bosch_tps110", 2, "01", True, False), ("bosch_tps110", 2, "00f6", False, False),
        ("bosch_tps110", 3, "00" * 16 + "01", True, False),
        ("nwave_nps405", 1, "ff", True, True), ("nwave_nps405", 1, "fe", False, True),
        ("nwave_nps405", 2, "01fa16", True, False), ("nwave_nps405", 3, "010d000200", False, False),
        ("nwave_nps405", 10, "0100000001", True, False),
    ],
)  # fmt: skip
def test_only_a_status_is_a_change_at_its_moment(name: str, port: int, data: str, occupied: bool, edge: bool) -> None:
    occupancy = MODELS[name].decode(port, bytes.fromhex(data)).occupancy
    assert occupancy is not None
    assert (occupancy.occupied, occupancy.edge) == (occupied, edge)


@pytest.mark.parametrize(("name", "port", "data"), [("bosch_tps110", 4, ""), ("bosch_tps110", 6, "00"), ("nwave_nps405", 6, "01"), ("nwave_nps405", 10, "0000000001")])  # fmt: skip
def test_messages_about_the_device_say_nothing_of_the_bay(name: str, port: int, data: str) -> None:
    assert MODELS[name].decode(port, bytes.fromhex(data)).occupancy is None


@pytest.mark.parametrize(
    ("code", "minutes", "error", "overflow"),
    [(0, 0, 0, False), (89, 89, 0, False), (90, 90, 4, False), (119, 235, 4, False), (120, 240, 59, False),
     (126, 600, 59, False), (127, 660, None, True)],
)  # fmt: skip
def test_nwave_durations_are_unpacked(code: int, minutes: int, error: int | None, overflow: bool) -> None:
    values = MODELS["nwave_nps405"].decode(1, bytes([code << 1])).values
    assert values == {
        "previous_state_duration": minutes,
        "previous_state_duration_error": error,
        "previous_state_duration_overflow": overflow,
    }


@pytest.mark.parametrize(
    ("data", "health", "battery"),
    [("00d3d8", "normal", "3.34 V, normal"), ("007c00", "low", "3.00 V, low"), ("007d00", "normal", "3.00 V, normal"),
     ("0063e2", "critical", "2.90 V, critical"), ("0064e2", "low", "2.90 V, low"), ("0063e0", "low", "2.90 V, low")],
)  # fmt: skip
def test_nwave_battery_health_depends_on_the_cold(data: str, health: str, battery: str) -> None:
    decoded = MODELS["nwave_nps405"].decode(2, bytes.fromhex(data))
    assert (decoded.values["battery_health"], decoded.battery) == (health, battery)


def test_a_drivers_tag_is_not_kept() -> None:
    decoded = MODELS["nwave_nps405"].decode(10, bytes.fromhex("01deadbeef"))
    assert "dead" not in repr(decoded).casefold()


@pytest.mark.parametrize(
    ("name", "port", "data"),
    [("bosch_tps110", 1, ""), ("bosch_tps110", 3, "00" * 16), ("bosch_tps110", 7, "01"), ("nwave_nps405", 2, "01fa"), ("nwave_nps405", 3, "01020304"), ("nwave_nps405", 99, "01")],
)  # fmt: skip
def test_a_short_message_or_a_strange_port_is_refused_with_the_reason(name: str, port: int, data: str) -> None:
    with pytest.raises(NotUnderstoodError, match=r"bytes or more|sends nothing on port"):
        MODELS[name].decode(port, bytes.fromhex(data))


@pytest.mark.parametrize("name", sorted(MODELS))
@given(port=st.integers(0, 255), data=st.binary(max_size=64))
def test_any_bytes_give_a_value_or_a_reason(name: str, port: int, data: bytes) -> None:
    try:
        decoded = MODELS[name].decode(port, data)
    except NotUnderstoodError as error:
        assert str(error)
        return
    json.dumps(dict(decoded.values))
    assert decoded.kind
    assert decoded.battery is None or len(decoded.battery) <= 20


def test_decoders_are_found_by_what_networks_call_the_device() -> None:
    assert model_named("NWAVE/nps405FM") == "nwave_nps405"
    assert model_named("Bosch TPS110") == "bosch_tps110"
    assert model_named("Chirpstack default device profile") is None
