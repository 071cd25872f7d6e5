"""Decoders: exact on the published vectors, and never lost on any bytes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.facts import QUALITY
from sensors.decoders import MODELS, Decoded, Distance, Occupancy, model_named
from sensors.reading import NotUnderstoodError

DEVICES = {
    "Bosch TPS110": "bosch_tps110", "Nwave NPS405": "nwave_nps405", "Nwave NPS310SM": "nwave_nps310",
    "Tekzitel TEKZIPARK": "tekzitel_tekzipark", "Dingtek DO20": "dingtek_do20x", "Netvox R719A": "netvox_r719a",
    "Milesight EM310": "milesight_em310", "Milesight EM400": "milesight_em400", "Milesight VS121": "milesight_vs121",
    "Dragino LDDS04": "dragino_ldds04", "Dragino LDDS": "dragino_ldds", "Dragino LLDS12": "dragino_llds12",
    "PNI PlacePod": "pni_placepod", "Libelium": "libelium_parking",
}  # fmt: skip


MOKO_HEAD = "020165f0a00000050006" + "0100"


def as_published(decoded: Decoded, expected: dict[str, Any]) -> dict[str, Any]:
    """What we decoded, in the shape of the public decoders: they differ in names only."""
    ours: dict[str, Any] = {"type": decoded.kind, **decoded.values}
    if isinstance(decoded.occupancy, Occupancy):
        ours["occupied"] = decoded.occupancy.occupied
    if "message_type" in expected:
        ours |= as_older(decoded)
    ours["Frame_Counter"] = ours.get("frameCounter")
    ours["tilt"] = ours.get("position")
    return {name: ours.get(name, "absent") for name in expected}


def as_older(decoded: Decoded) -> dict[str, Any]:
    """The same in the shape of an older public decoder, whose table of reset causes is off by one."""
    assert isinstance(decoded.occupancy, Occupancy)
    shape = {
        "message_type": decoded.kind.replace(" ", "_"),
        "map_state": int(bool(decoded.occupancy.occupied)),
        "p_state": "occupied" if decoded.occupancy.occupied else "free",
    }
    return shape | ({"firmware": decoded.values["firmwareVersion"]} if "firmwareVersion" in decoded.values else {})


def test_published_vectors_are_decoded_exactly(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "sensors" / "vectors.json").read_text())
    for vector in vectors:
        name = next(ours for theirs, ours in DEVICES.items() if vector["sensor"].startswith(theirs))
        decoded = MODELS[name].decode(vector["fPort"] or 1, bytes.fromhex(vector["hex"]))
        older = {"debug", "reset_cause"} if "message_type" in vector["expected"] else set()
        expected = {key: value for key, value in vector["expected"].items() if key not in older}
        assert as_published(decoded, expected) == expected, (vector["sensor"], vector["description"])
    assert len(vectors) == 30


@pytest.mark.parametrize(
    ("name", "port", "data", "occupied", "edge"),
    [
        ("bosch_tps110", 1, "01", True, True), ("bosch_tps110", 1, "00", False, True), ("bosch_tps110", 1, "fe", False, True),
        ("bosch_tps110", 2, "01", True, False), ("bosch_tps110", 2, "00f6", False, False),
        ("bosch_tps110", 3, "00" * 16 + "01", True, False),
        ("nwave_nps405", 1, "ff", True, True), ("nwave_nps405", 1, "fe", False, True),
        ("nwave_nps405", 2, "01fa16", True, False), ("nwave_nps405", 3, "010d000200", False, False),
        ("nwave_nps405", 10, "0100000001", True, False), ("nwave_nps405", 10, "d1201f345678", True, False),
        ("nwave_nps405", 2, "00d3d800590b", False, False),
        ("nwave_nps310", 1, "01", True, True), ("nwave_nps310", 2, "00", False, False),
        ("tekzitel_tekzipark", 1, "a02d63", True, True), ("tekzitel_tekzipark", 1, "a12d63", True, False),
        ("dingtek_do20x", 3, "800003021706b4100001610010fff6fff08b2d00010081", True, True),
        ("dingtek_do20x", 3, "800003011706b4100001610010fff6fff08b2d00010081", True, False),
        ("netvox_r719a", 6, "0159012401000000000000", True, False), ("pni_placepod", 1, "156601", True, True),
        ("pni_placepod", 1, "376600", False, False), ("libelium_parking", 1, "80041E01AD109393EE00C7", True, True),
        ("libelium_parking", 1, "8114160011F35A1095F3B5", True, False), ("libelium_parking", 1, "80", True, True),
        ("moko_lw009", 1, MOKO_HEAD + "02010c320101", True, True), ("moko_lw009", 1, MOKO_HEAD + "020100320100", False, False),
    ],
)  # fmt: skip
def test_only_a_status_is_a_change_at_its_moment(name: str, port: int, data: str, occupied: bool, edge: bool) -> None:
    occupancy = MODELS[name].decode(port, bytes.fromhex(data)).occupancy
    assert isinstance(occupancy, Occupancy)
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
    assert set(decoded.quality) <= QUALITY


def test_decoders_are_found_by_what_networks_call_the_device() -> None:
    assert model_named("NWAVE/nps405FM") == "nwave_nps405"
    assert model_named("Bosch TPS110") == "bosch_tps110"
    assert model_named("Dragino LDDS75") == model_named("ldds75") == "dragino_ldds"
    assert model_named("Netvox R719A") == "netvox_r719a"
    assert model_named("Chirpstack default device profile") is None


@pytest.mark.parametrize(
    ("name", "port", "data", "words"),
    [
        ("moko_lw009", 1, MOKO_HEAD + "02010d320101", ("interference",)), ("moko_lw009", 1, MOKO_HEAD + "020110320101", ("fault",)),
        ("moko_lw009", 1, MOKO_HEAD + "020112320101", ("fault",)), ("milesight_em310", 85, "01755c03824408040001", ("tilt",)),
        ("milesight_em400", 85, "017505056701", ("low_battery",)), ("pni_placepod", 1, "010100", ("not_calibrated",)),
        ("pni_placepod", 1, "3f0101", ("restarted",)), ("nwave_nps405", 2, "02d3d8", ("fault",)),
        ("tekzitel_tekzipark", 1, "922d63", ("restarted", "obstructed", "low_battery")),
        ("libelium_parking", 1, "4303071E01921085853AC6", ("fault", "low_battery")), ("netvox_r719a", 6, "015901a401", ("low_battery",)),
        ("dragino_ldds", 2, "0e1c0b05", ("fault",)), ("milesight_em410", 85, "b482ffff01", ("fault",)),
    ],
)  # fmt: skip
def test_what_speaks_against_a_sensor_is_told_in_words(name: str, port: int, data: str, words: tuple[str, ...]) -> None:
    quality = MODELS[name].decode(port, bytes.fromhex(data)).quality
    assert set(quality) == set(words)
    assert set(words) <= QUALITY


@pytest.mark.parametrize("state", ["0d", "0f", "10", "12"])
def test_a_disturbed_or_broken_moko_does_not_know(state: str) -> None:
    assert MODELS["moko_lw009"].decode(1, bytes.fromhex(MOKO_HEAD + f"0201{state}320101")).occupancy == Occupancy(
        None, edge=False
    )


@pytest.mark.parametrize(
    ("state", "in_bay", "expected"),
    [("00", "01", Occupancy(True, edge=False)), ("0b", "00", Occupancy(False, edge=True)), ("0e", "01", Occupancy(True, edge=False)),
     ("11", "00", Occupancy(False, edge=False))],
)  # fmt: skip
def test_a_whole_message_of_a_moko(state: str, in_bay: str, expected: Occupancy) -> None:
    """All parts in the places where MOKO's decoders with fixed places look for them: battery at b22, bay at b33."""
    parts = f"0201{state}" + "2303000102" + "24015f" + "2506000100020003" + f"3201{in_bay}" + "0b0119" + "350130"
    data = bytes.fromhex("020165f0a0000005" + f"{len(parts) // 2:04x}" + "0100" + parts)
    assert (data[22], data[33], data[36], data[39]) == (0x5F, int(in_bay, 16), 0x19, 0x30)
    decoded = MODELS["moko_lw009"].decode(1, data)
    assert (decoded.occupancy, decoded.battery) == (expected, "95 %")


def test_a_moko_tells_its_own_time() -> None:
    decoded = MODELS["moko_lw009"].decode(1, bytes.fromhex(MOKO_HEAD + "02010c320101"))
    assert decoded.at == datetime(2024, 3, 12, 18, 33, 36, tzinfo=UTC)
    assert MODELS["moko_lw009"].decode(1, bytes.fromhex("0201000000070005" + "00060100" + "02010c320101")).at is None


@pytest.mark.parametrize(
    ("name", "port", "data", "mm"),
    [
        ("milesight_em310", 85, "03824408", 2116), ("milesight_em400", 85, "84824106" + "01", 1601), ("dragino_ldds", 2, "0d3b0aef00000001", 2799),
        ("dragino_ldds", 2, "0d3b0aef00", 2799), ("dragino_ldds", 2, "0d3b001400", None), ("dragino_llds12", 2, "0d5c00000b1801b1001e01", 2840),
        ("milesight_em410", 85, "b482fdff01", None), ("milesight_em410", 85, "0482e803", 1000),
        ("milesight_em410", 85, "8482fdff01", None), ("milesight_em410", 85, "0482f6ff", None),
        # Too weak, too bright: what a LiDAR then gives is no distance, says its manual.
        ("dragino_llds12", 2, "0d5c00000b180064001e01", None), ("dragino_llds12", 2, "0d5c00000b18ffff001e01", None),
    ],
)  # fmt: skip
def test_distances_are_told_as_they_are(name: str, port: int, data: str, mm: float | None) -> None:
    assert MODELS[name].decode(port, bytes.fromhex(data)).occupancy == Distance(mm)


@pytest.mark.parametrize(
    ("name", "port", "data"),
    [
        ("milesight_em310", 85, "ff03b004"), ("milesight_em410", 85, "f8fa000102"), ("milesight_em400", 85, "fe02b004"),
        ("milesight_em410", 85, "20ce5d1a3b65e8030a010000" + "00"), ("milesight_vs121", 85, "20ce5d1a3b6500"),
        ("dragino_ldds04", 2, "0301002c00000000000002"), ("dragino_llds12", 2, "0301002c00000000000002"),
        ("dragino_ldds", 5, "28010001ff0d3b"), ("dragino_llds12", 5, "16010001ff0d3b"), ("dragino_ldds", 3, "0d3b0aef0000006060f00000"),
    ],
)  # fmt: skip
def test_answers_and_stored_readings_are_understood_and_say_nothing_of_the_bay(name: str, port: int, data: str) -> None:
    decoded = MODELS[name].decode(port, bytes.fromhex(data))
    assert (decoded.occupancy, decoded.parts, decoded.quality) == (None, {}, ())


@pytest.mark.parametrize(
    ("data", "values", "occupied", "words"),
    [
        ("156601156600", {"parking_status": 0}, False, ()), ("21001f", {"vehicle_count": 31}, None, ()),
        ("21001f210020", {"vehicle_count": 32}, None, ()), ("370005", {"vehicle_count": 5}, None, ()),
        ("0302016d026700eb156601", {"battery": 3.65, "temperature": 23.5, "parking_status": 1}, True, ()),
        ("0302016d026700eb210080", {"battery": 3.65, "temperature": 23.5, "vehicle_count": 128}, None, ()),
        ("050006060003", {"error_register": 6, "error_state": 3}, None, ("fault",)), ("050000156600", {"error_register": 0}, False, ()),
        ("0768ff156601", {"parking_status": 1}, True, ()),
    ],
)  # fmt: skip
def test_the_makers_examples_of_a_placepod(
    data: str, values: dict[str, Any], occupied: bool | None, words: tuple[str, ...]
) -> None:
    """PNI-Cloud/PlacePod-Api, test/CayenneLpp.test.js; the last one has a channel that no PlacePod is known to have."""
    decoded = MODELS["pni_placepod"].decode(1, bytes.fromhex(data))
    assert {**decoded.values, **values} == dict(decoded.values)
    assert "unparseable" not in decoded.values
    seen = decoded.occupancy.occupied if isinstance(decoded.occupancy, Occupancy) else None
    assert (seen, decoded.quality) == (occupied, words)


def test_the_makers_example_of_a_libelium_of_version_1() -> None:
    """Libelium, "Smart Parking: Technical Guide", services: twelve bytes."""
    decoded = MODELS["libelium_parking"].decode(1, bytes.fromhex("0400003f34b909173f600fc2"))
    assert decoded.occupancy == Occupancy(False, edge=False)
    assert decoded.quality == ("restarted",)
    assert {name: decoded.values[name] for name in ("frame_counter", "x_axis", "y_axis", "z_axis", "battery_level")} == {
        "frame_counter": 0, "x_axis": 0x34B9, "y_axis": 0x0917, "z_axis": 0x3F60, "battery_level": 4034,
    }  # fmt: skip
    broken = MODELS["libelium_parking"].decode(1, bytes.fromhex("830907003f34b909173f60c8"))
    assert broken.quality == ("fault",)
    assert [broken.values[name] for name in ("error_xaxis", "error_rtc")] == [1, 0]


def test_a_list_of_distances_is_understood_and_says_nothing_of_the_bay_now() -> None:
    many = bytes.fromhex("1d5c" + "000000000000" + "0aef0af00aee" + "00010100")
    decoded = MODELS["dragino_ldds"].decode(2, many)
    assert (decoded.occupancy, decoded.battery) == (None, "3.42 V")


def test_an_ldds_of_another_length_is_another_device() -> None:
    """A DDS75-3-LB has its degrees where an LDDS75 has its distance."""
    with pytest.raises(NotUnderstoodError, match="has 4, 5 or 8 bytes"):
        MODELS["dragino_ldds"].decode(2, bytes.fromhex("0d3b00e10aef0aef0aef10"))


def test_regions_that_a_camera_does_not_have_are_no_sensors() -> None:
    counts = "07d5" + "0001000000000000"
    assert MODELS["milesight_vs121"].decode(85, bytes.fromhex("04c901020002" + counts)).parts.keys() == {"1", "2"}
    assert len(MODELS["milesight_vs121"].decode(85, bytes.fromhex(counts)).parts) == 8


def test_a_device_that_watches_several_bays_tells_each() -> None:
    regions = MODELS["milesight_vs121"].decode(85, bytes.fromhex("04c903030002")).parts
    assert regions == {
        "1": Occupancy(False, edge=False),
        "2": Occupancy(True, edge=False),
        "3": Occupancy(False, edge=False),
    }
    probes = MODELS["dragino_ldds04"].decode(2, bytes.fromhex("0d4a03160000031a031501")).parts
    assert probes == {"1": Distance(790), "2": Distance(None), "3": Distance(794), "4": Distance(789)}


def test_nwave_remembers_how_long_the_state_before_lasted() -> None:
    occupancy = MODELS["nwave_nps405"].decode(1, bytes([100 << 1 | 1])).occupancy
    assert occupancy == Occupancy(True, True, timedelta(minutes=140), timedelta(minutes=4))
    full = MODELS["nwave_nps405"].decode(1, b"\xff").occupancy
    assert full == Occupancy(True, True, timedelta(minutes=660), None)
