"""Envelopes beside The Things Stack and ChirpStack v4: what they say, what they don't, and that nothing breaks them."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.rejects import Rejected
from sensors.mapping_document import parse_mapping
from sensors.reading import Message, Said
from sensors.sparkplug_wire import payload_class
from sensors.translate import Outcome, translate, translate_webhook
from tests.conftest import NOON, minutes

TEXT = """
[[subscription]]
topic = "application/+/device/+/event/+"
envelope = "chirpstack3"
model = "bosch_tps110"
[[subscription]]
topic = "loriot/#"
envelope = "loriot"
model = "bosch_tps110"
[[subscription]]
topic = "actility/#"
envelope = "actility"
models = { "nwave/nps405" = "nwave_nps405" }
[[subscription]]
topic = "spBv1.0/#"
envelope = "sparkplug"
value = "Bay/Occupied"
[[subscription]]
topic = "zigbee2mqtt/#"
envelope = "zigbee2mqtt"
[[subscription]]
topic = "ha/binary_sensor/{device}/state"
envelope = "statestream"
edge = true
[[subscription]]
topic = "frigate/#"
envelope = "frigate"
zones = ["bay_1", "bay_2"]
cameras = { "cam" = "bay_1" }
jurisdiction = "ca-qc"
[[subscription]]
topic = "distance/{device}"
envelope = "plain"
value = "mm"
time = "at"
threshold = 1200
hysteresis = 300
[[webhook]]
name = "gate"
envelope = "platerecognizer"
cameras = { "camera-1" = "bay_1" }
[[webhook]]
name = "scout"
envelope = "rekor"
"""
MS = int(NOON.timestamp() * 1000)


def came(topic: str, body: Any, mapping: Any = None, **flags: Any) -> Outcome:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return translate(mapping or parse_mapping(TEXT), Message(topic, payload, NOON, **flags))


def said(topic: str, body: Any, **flags: Any) -> Said:
    outcome = came(topic, body, **flags)
    assert isinstance(outcome, Said), outcome
    return outcome


def state(outcome: Outcome) -> Any:
    """(sensor, occupied, edge) of what was read, one or several."""
    if isinstance(outcome, tuple):
        return [state(each) for each in outcome if each.read is not None]
    assert isinstance(outcome, Said)
    assert outcome.read is not None
    return outcome.sensor, outcome.read.occupied, outcome.read.edge


# ChirpStack v3
def chirpstack(**more: Any) -> dict[str, Any]:
    gateways = [{"time": "2026-03-02T16:59:59Z", "loRaSNR": 7}, {"time": "2026-03-02T16:59:58Z"}, {}]
    return {"devEUI": "10AB000000000001", "fCnt": 7, "fPort": 1, "data": "AQ==", "rxInfo": gateways, **more}


def test_chirpstack_3_takes_its_time_from_the_last_gateway_that_has_one() -> None:
    heard = said("application/1/device/10ab/event/up", chirpstack())
    assert state(heard) == ("10ab000000000001", True, True)
    assert heard.read is not None
    assert heard.read.at == NOON - timedelta(seconds=1)
    assert said("application/1/device/10ab/event/up", chirpstack(rxInfo=[])).read.at == NOON  # type: ignore[union-attr]


def test_chirpstack_3_with_the_protobuf_marshaler_has_its_eui_in_base64() -> None:
    eui = base64.b64encode(bytes.fromhex("10ab000000000001")).decode()
    assert said("application/1/device/x/event/up", chirpstack(devEUI=eui)).sensor == "10ab000000000001"
    assert isinstance(came("application/1/device/x/event/up", chirpstack(devEUI="nonsense")), Rejected)


def test_chirpstack_3_tells_the_battery_apart_and_other_events_nothing() -> None:
    told = said("application/1/device/10ab/event/status", {"devEUI": "10AB000000000001", "batteryLevel": 50})
    assert (told.read, told.battery) == (None, "50 %")
    assert came("application/1/device/10ab/event/join", b"{}") is None
    network = chirpstack(data="", objectJSON='{"occupied": true}')
    assert state(said("application/1/device/10ab/event/up", network)) == ("10ab000000000001", True, False)


# LORIOT
def loriot(**more: Any) -> dict[str, Any]:
    return {"cmd": "rx", "EUI": "10AB000000000001", "ts": MS, "fcnt": 2, "port": 1, "data": "01", "bat": 94, **more}


def test_both_copies_of_a_loriot_uplink_are_one_fact() -> None:
    first, second = said("loriot/app", loriot()), said("loriot/app", loriot(cmd="gw", ts=MS + 900, gws=[]))
    assert first.read is not None
    assert second.read is not None
    assert first.read.source_id == second.read.source_id
    assert state(first) == ("10ab000000000001", True, True)
    assert first.battery == "37 %"
    others = [loriot(fcnt=3), loriot(data="00"), loriot(ts=MS + 3_600_000)]
    assert all(said("loriot/app", other).read.source_id != first.read.source_id for other in others)  # type: ignore[union-attr]


def test_what_loriot_sends_besides_uplinks_says_nothing() -> None:
    assert came("loriot/app", {"cmd": "txd", "EUI": "10AB000000000001"}) is None
    assert isinstance(came("loriot/app", loriot(data="xyz")), Rejected)


# Actility
def test_an_actility_uplink() -> None:
    up = {
        "Time": "2026-03-02T16:59:58.138+00:00", "DevEUI": "70B3D57BA000156B", "FPort": 1, "FCntUp": 26, "payload_hex": "95",
        "DevAddr": "00FDA112", "Late": 0, "DriverCfg": {"mod": {"pId": "nwave", "mId": "nps405"}},
    }  # fmt: skip
    heard = said("actility/x", {"DevEUI_uplink": up})
    assert state(heard) == ("70b3d57ba000156b", True, True)
    assert heard.read is not None
    assert (heard.read.counter, heard.read.join, heard.read.lasted_s) == (26, "00FDA112", 74 * 60)
    assert came("actility/x", {"DevEUI_downlink_Sent": {}}) is None
    assert isinstance(came("actility/x", {"DevEUI_uplink": {**up, "payload_hex": "9"}}), Rejected)


# Sparkplug B
def plug(*metrics: dict[str, Any], seq: int = 1, at: int = MS) -> bytes:
    payload = payload_class()(timestamp=at, seq=seq)
    for metric in metrics:
        payload.metrics.add(**metric)
    return bytes(payload.SerializeToString())


BORN = plug(
    {"name": "Bay/Occupied", "alias": 7, "boolean_value": False, "datatype": 11}, {"name": "bdSeq", "long_value": 3}
)


def test_sparkplug_data_by_alias_needs_a_birth() -> None:
    mapping = parse_mapping(TEXT)
    data = plug({"alias": 7, "boolean_value": True, "timestamp": MS - 1000}, seq=2)
    refused = came("spBv1.0/lot/DDATA/edge/bay1", data, mapping)
    assert isinstance(refused, Rejected)
    assert "no BIRTH" in refused.reason
    assert state(came("spBv1.0/lot/DBIRTH/edge/bay1", BORN, mapping)) == [("lot/edge/bay1", False, False)]
    heard = came("spBv1.0/lot/DDATA/edge/bay1", data, mapping)
    assert state(heard) == ("lot/edge/bay1", True, True)
    assert isinstance(heard, Said)
    assert heard.read is not None
    assert heard.read.at == NOON - timedelta(seconds=1)
    other = came("spBv1.0/lot/DDATA/edge/bay1", plug({"alias": 9, "boolean_value": True}), mapping)
    assert isinstance(other, Said)
    assert other.read is None


def test_a_sparkplug_birth_is_remembered_by_another_process() -> None:
    first, second = parse_mapping(TEXT), parse_mapping(TEXT)
    told = came("spBv1.0/lot/DBIRTH/edge/bay1", BORN, first)
    assert isinstance(told, tuple)
    second.remember([birth for each in told for birth in each.births])
    assert state(came("spBv1.0/lot/DDATA/edge/bay1", plug({"alias": 7, "boolean_value": True}), second))[1] is True


def test_a_sparkplug_death_is_unknown_and_never_free() -> None:
    mapping = parse_mapping(TEXT)
    for device in ("bay1", "bay2"):
        came(f"spBv1.0/lot/DBIRTH/edge/{device}", BORN, mapping)
    came("spBv1.0/lot/NBIRTH/edge", plug({"name": "bdSeq", "long_value": 3}), mapping)
    assert state(came("spBv1.0/lot/DDEATH/edge/bay1", plug(), mapping)) == [("lot/edge/bay1", None, False)]
    dead = state(came("spBv1.0/lot/NDEATH/edge", plug({"name": "bdSeq", "long_value": 3}), mapping))
    assert dead == [("lot/edge/bay1", None, False), ("lot/edge/bay2", None, False)]
    assert came("spBv1.0/lot/NDEATH/edge", plug({"name": "bdSeq", "long_value": 2}), mapping) is None


def test_sparkplug_values_that_are_null_bad_or_old() -> None:
    named = {"name": "Bay/Occupied"}
    assert state(came("spBv1.0/lot/DDATA/e/d", plug({**named, "is_null": True})))[1] is None
    bad = {"keys": ["Quality"], "values": [{"type": 3, "int_value": 0}]}
    assert state(came("spBv1.0/lot/DDATA/e/d", plug({**named, "boolean_value": False, "properties": bad})))[1] is None
    old = {**named, "int_value": 1, "is_historical": True}
    assert state(came("spBv1.0/lot/DDATA/e/d", plug({**old, "timestamp": MS - 1000}))) == ("lot/e/d", True, False)
    assert isinstance(came("spBv1.0/lot/DDATA/e/d", plug(old)), Rejected)
    assert came("spBv1.0/lot/NCMD/e", plug()) is None
    assert isinstance(came("spBv1.0/lot/DDATA/e", plug()), Rejected)


def test_sparkplug_is_heard_by_every_process_of_a_group() -> None:
    filters = parse_mapping('share = "x"\n' + TEXT).filters()
    assert "spBv1.0/#" in filters
    assert "$share/x/zigbee2mqtt/#" in filters


# Zigbee2MQTT
def test_zigbee_names_may_have_slashes() -> None:
    heard = said(
        "zigbee2mqtt/Lot A/bay 7", {"occupancy": True, "battery": 80, "last_seen": "2026-03-02T16:59:00+00:00"}
    )
    assert state(heard) == ("lot a/bay 7", True, False)
    assert heard.battery == "80 %"
    assert heard.read is not None
    assert heard.read.at == minutes(-1)


def test_a_zigbee_device_that_is_not_available_does_not_know() -> None:
    assert state(said("zigbee2mqtt/lot/7/availability", b"offline")) == ("lot/7", None, False)
    assert state(said("zigbee2mqtt/lot/7/availability", {"state": "offline"})) == ("lot/7", None, False)
    for topic, body in (
        ("zigbee2mqtt/7/availability", {"state": "online"}), ("zigbee2mqtt/bridge/state", {"state": "online"}), ("zigbee2mqtt/7/set", {"state": "ON"}),
        ("zigbee2mqtt/lamp", {"state": "ON"}),
    ):  # fmt: skip
        assert came(topic, body) is None
    assert came("zigbee2mqtt/7", {"occupancy": True}, retained=True) is None


# Home Assistant
@pytest.mark.parametrize(("text", "occupied", "edge"), [(b"on", True, True), (b"off", False, True), (b"unavailable", None, False), (b"unknown", None, False)])  # fmt: skip
def test_statestream(text: bytes, occupied: bool | None, edge: bool) -> None:
    assert state(said("ha/binary_sensor/bay_7/state", text)) == ("bay_7", occupied, edge)


def test_what_statestream_has_retained_has_no_time_and_is_left() -> None:
    assert came("ha/binary_sensor/bay_7/state", b"on", retained=True) is None


# Frigate
def seen(kind: str, before: list[str], after: list[str], **more: Any) -> dict[str, Any]:
    common = {"id": "1", "camera": "cam", "label": "car", "frame_time": NOON.timestamp() - 60}
    return {
        "type": kind,
        "before": {**common, "current_zones": before},
        "after": {**common, "current_zones": after, **more},
    }


def test_a_vehicle_that_enters_and_leaves_a_zone() -> None:
    entered = came("frigate/events", seen("update", [], ["bay_1", "street"]))
    assert state(entered) == [("bay_1", True, True)]
    assert isinstance(entered, tuple)
    assert entered[0].read is not None
    assert entered[0].read.at == minutes(-1)
    assert state(came("frigate/events", seen("update", ["bay_1"], ["bay_2"]))) == [
        ("bay_1", False, True),
        ("bay_2", True, True),
    ]
    assert state(came("frigate/events", seen("end", ["bay_1"], ["bay_1"]))) == [("bay_1", False, True)]
    assert came("frigate/events", seen("update", ["bay_1"], ["bay_1"])) == ()
    assert came("frigate/events", seen("update", [], ["bay_1"], label="person")) == ()


def test_counts_by_zone_tell_what_is() -> None:
    assert state(came("frigate/bay_1/car", b"1")) == ("bay_1", True, False)
    assert state(came("frigate/bay_1/car", b"0")) == ("bay_1", False, False)
    for topic in ("frigate/bay_1/car/active", "frigate/street/car", "frigate/bay_1/dog", "frigate/stats"):
        assert came(topic, b"1") is None
    assert isinstance(came("frigate/bay_1/car", b"-1"), Rejected)


def test_a_camera_that_is_offline_does_not_know() -> None:
    assert state(came("frigate/cam/status/detect", b"offline")) == [("bay_1", None, False)]
    assert state(came("frigate/cam/status/detect", b"disabled")) == [("bay_1", None, False)]
    assert came("frigate/cam/status/detect", b"online") == ()
    assert came("frigate/other/status/detect", b"offline") is None


def test_without_frigate_nobody_knows() -> None:
    assert state(came("frigate/available", b"offline")) == [("bay_1", None, False), ("bay_2", None, False)]
    assert came("frigate/available", b"online") == ()


def test_plates_of_frigate() -> None:
    update = {
        "type": "lpr",
        "id": "1",
        "plate": "ab c-123",
        "score": 0.91,
        "camera": "cam",
        "timestamp": NOON.timestamp() - 5,
    }
    (plate,) = said("frigate/tracked_object_update", update).plates
    assert (plate.text, plate.confidence, plate.jurisdiction, plate.subject) == ("ABC123", 91, "ca-qc", "sensor:bay_1")
    assert "ABC123" not in repr(plate)
    assert "ABC123" not in plate.source_id
    event = came("frigate/events", seen("update", ["bay_2"], ["bay_2"], recognized_license_plate=["XYZ 9", 0.8]))
    assert isinstance(event, tuple)
    assert (event[0].read, event[0].plates[0].text, event[0].plates[0].confidence) == (None, "XYZ9", 80)
    assert came("frigate/tracked_object_update", {"type": "face", "name": "x"}) is None


# By HTTP
def posted(name: str, body: Any) -> Outcome:
    return translate_webhook(
        parse_mapping(TEXT).webhooks[name], Message(f"webhook/{name}", json.dumps(body).encode(), NOON)
    )


def test_plate_recognizer() -> None:
    result = {"plate": "sjubi1", "score": 0.781, "region": {"code": "us-ca"}, "vehicle": {"type": "Sedan"}}
    told = posted(
        "gate",
        {
            "hook": {},
            "data": {
                "camera_id": "camera-1",
                "timestamp": "2026-03-02T16:59:00.970337Z",
                "results": [result, {**result, "plate": "abc 1"}],
            },
        },
    )
    assert isinstance(told, Said)
    assert told.read is None
    assert [(plate.text, plate.confidence, plate.jurisdiction, plate.subject) for plate in told.plates] == [
        ("SJUBI1", 78, "us-ca", "sensor:bay_1"), ("ABC1", 78, "us-ca", "sensor:bay_1"),
    ]  # fmt: skip
    assert len({plate.source_id for plate in told.plates}) == 2


def test_rekor_tells_the_plate_and_that_the_vehicle_stood_there() -> None:
    group = {
        "data_type": "alpr_group", "camera_id": 1000, "epoch_start": MS - 60_000, "epoch_end": MS, "best_plate_number": "ABC123",
        "best_confidence": 94.9, "best_region": "us-ca", "is_parked": True,
    }  # fmt: skip
    told = posted("scout", group)
    assert state(told) == [("1000", True, False), ("1000", True, False)]
    assert isinstance(told, tuple)
    assert [plate.at for plate in told[0].plates] == [minutes(-1), NOON]
    assert isinstance(posted("scout", {**group, "is_parked": False}), Said)
    assert posted("scout", {"data_type": "alpr_results"}) is None


def test_what_may_hold_a_plate_is_refused_in_private() -> None:
    refused = posted("gate", {"data": {"camera_id": "camera-1", "timestamp": "yesterday", "results": []}})
    assert isinstance(refused, Rejected)
    assert refused.is_private


# Distances
@pytest.mark.parametrize(("mm", "occupied"), [(300, True), (1199, True), (1500, False), (4000, False)])
def test_a_distance_by_its_threshold(mm: float, occupied: bool) -> None:
    assert state(said("distance/7", {"mm": mm, "at": "2026-03-02T16:59:00Z"})) == ("7", occupied, False)


def test_a_distance_in_between_says_neither() -> None:
    assert said("distance/7", {"mm": 1350, "at": "2026-03-02T16:59:00Z"}).read is None


def test_a_clock_that_is_ahead_is_measured() -> None:
    assert said("distance/7", {"mm": 1, "at": "2026-03-02T17:05:00Z"}).skew == timedelta(minutes=5)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
BODIES = {
    "application/1/device/10ab/event/up": chirpstack(), "loriot/a": loriot(), "frigate/events": seen("update", [], ["bay_1"]),
    "frigate/tracked_object_update": {"type": "lpr", "plate": "A", "score": 1, "camera": "c", "timestamp": 1}, "zigbee2mqtt/a": {"occupancy": True},
    "frigate/bay_1/car": 1, "frigate/available": "offline", "ha/binary_sensor/a/state": "on", "distance/7": {"mm": 3, "at": 1},
    "spBv1.0/g/DBIRTH/e/d": BORN,
}  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(topic=st.sampled_from(sorted(BODIES)), data=st.data())
def test_any_field_may_hold_anything(topic: str, data: Any) -> None:
    body = BODIES[topic]
    if isinstance(body, dict):
        body = {
            **body,
            **{name: data.draw(JSON) for name in data.draw(st.sets(st.sampled_from(sorted(body)), max_size=3))},
        }
    check(came(topic, body))


@given(
    topic=st.sampled_from(
        [*sorted(BODIES), "spBv1.0/g/DDATA/e/d", "spBv1.0/g/NBIRTH/e", "spBv1.0/g/NDEATH/e", "actility/a"]
    ),
    payload=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()),
)
def test_any_payload_gives_something_or_a_reason(topic: str, payload: bytes) -> None:
    check(came(topic, payload))


@given(topic=st.sampled_from(sorted(BODIES)), at=st.floats(0, 1), gone=st.integers(0, 5), put=st.binary(max_size=4))
def test_a_spoilt_payload_gives_something_or_a_reason(topic: str, at: float, gone: int, put: bytes) -> None:
    """Bytes that are no UTF-8 within a text, cut numbers, names in other words."""
    body = BODIES[topic]
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    place = int(at * len(payload))
    check(came(topic, payload[:place] + put + payload[place + gone :]))


@given(name=st.sampled_from(["gate", "scout"]), body=JSON)
def test_any_webhook_gives_something_or_a_reason(name: str, body: Any) -> None:
    check(posted(name, body))


def check(outcome: Outcome) -> None:
    if isinstance(outcome, Rejected):
        assert "fault of Baywarden" not in outcome.reason
    for each in outcome if isinstance(outcome, tuple) else ():
        assert isinstance(each, Said)
