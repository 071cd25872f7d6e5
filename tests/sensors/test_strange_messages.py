"""What networks and cameras really send beside the textbook's messages, and what the hostile send."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from ledger.rejects import Rejected
from sensors.mapping_document import parse_mapping
from sensors.reading import Message, Said
from sensors.sparkplug_wire import payload_class
from sensors.translate import Outcome, translate, translate_webhook
from tests.conftest import NOON

MAPPING = parse_mapping("""
[[subscription]]
topic = "v3/+/devices/+/up"
envelope = "tts"
model = "bosch_tps110"
[[subscription]]
topic = "application/+/device/+/event/+"
envelope = "chirpstack3"
model = "bosch_tps110"
[[subscription]]
topic = "actility/#"
envelope = "actility"
model = "nwave_nps405"
[[subscription]]
topic = "spBv1.0/#"
envelope = "sparkplug"
value = "mm"
threshold = 1200
[[subscription]]
topic = "zigbee2mqtt/#"
envelope = "zigbee2mqtt"
[[subscription]]
topic = "ha/sensor/{device}/state"
envelope = "statestream"
threshold = 1200
[[subscription]]
topic = "frigate/#"
envelope = "frigate"
zones = ["bay_1"]
[[subscription]]
topic = "distance/{device}"
envelope = "plain"
value = "mm"
threshold = 1200
[[webhook]]
name = "gate"
envelope = "platerecognizer"
jurisdiction = "ca-qc"
[[webhook]]
name = "scout"
envelope = "rekor"
""")


def came(topic: str, body: Any) -> Outcome:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return translate(MAPPING, Message(topic, payload, NOON))


def posted(name: str, body: Any) -> Outcome:
    return translate_webhook(MAPPING.webhooks[name], Message(f"webhook/{name}", json.dumps(body).encode(), NOON))


def refusal(outcome: Outcome) -> str:
    assert isinstance(outcome, Rejected), outcome
    return outcome.reason


def identity(outcome: Outcome) -> str:
    assert isinstance(outcome, Said), outcome
    assert outcome.read is not None
    return outcome.read.source_id


# The Things Stack
def uplink(**more: Any) -> dict[str, Any]:
    up = {
        "f_port": 1,
        "f_cnt": 7,
        "frm_payload": "AQ==",
        "session_key_id": "AYfq",
        "received_at": "2026-03-02T16:59:58Z",
    }
    return {"end_device_ids": {"device_id": "puck-1"}, "uplink_message": {**up, **more}}


def test_what_a_person_simulates_in_the_console_is_no_evidence() -> None:
    assert "simulated" in refusal(came("v3/app/devices/puck-1/up", {**uplink(), "simulated": True}))


def test_a_device_that_never_joins_may_count_again_from_the_beginning() -> None:
    """Activated by personalisation: the same session for ever. Copies of an uplink have its time, too."""
    first = identity(came("v3/app/devices/puck-1/up", uplink()))
    assert identity(came("v3/app/devices/puck-1/up", uplink())) == first
    assert identity(came("v3/app/devices/puck-1/up", uplink(received_at="2026-03-02T19:10:00Z"))) != first


# ChirpStack v3
@pytest.mark.parametrize(
    ("times", "at"),
    [
        (["2026-03-02T16:59:58Z", "2026-03-02T16:59:59Z"], NOON - timedelta(seconds=1)),
        (["2016-11-25T16:24:37Z", "2026-03-02T16:59:58Z"], NOON - timedelta(seconds=2)),
        (["2016-11-25T16:24:37Z"], NOON),
        (["0001-01-01T00:00:00Z"], NOON),
        (["2026-03-02T18:00:00Z"], NOON),
        ([None], NOON),
    ],
)
def test_a_gateway_with_a_wrong_clock_does_not_date_an_uplink_of_chirpstack_3(times: list[str], at: object) -> None:
    body = {
        "devEUI": "10AB000000000001",
        "fCnt": 7,
        "fPort": 1,
        "data": "AQ==",
        "rxInfo": [{"time": time} for time in times],
    }
    told = came("application/1/device/10ab000000000001/event/up", body)
    assert isinstance(told, Said)
    assert told.read is not None
    assert told.read.at == at


# Actility
def test_an_older_thingpark_writes_numbers_in_quotes() -> None:
    up = {"Time": "2026-03-02T18:59:58.654+02:00", "DevEUI": "0059AC000010020D", "FPort": "1", "FCntUp": "3", "payload_hex": "95"}  # fmt: skip
    told = came("actility/lot", {"DevEUI_uplink": up})
    assert isinstance(told, Said)
    assert told.read is not None
    assert (told.read.occupied, told.read.counter) == (True, 3)
    assert isinstance(came("actility/lot", {"DevEUI_uplink": {**up, "FPort": "one"}}), Rejected)


# Sparkplug B
def test_the_state_of_a_sparkplug_host_says_nothing_of_a_bay() -> None:
    assert came("spBv1.0/STATE/scada-1", {"online": True, "timestamp": 1772470800000}) is None


def test_a_metric_whose_name_is_not_utf_8_is_none_of_ours() -> None:
    spoilt = plug(900).replace(b"mm", b"m\xff")
    told = came("spBv1.0/lot/DDATA/edge/bay", spoilt)
    assert isinstance(told, Said)
    assert told.read is None
    assert not isinstance(came("spBv1.0/lot/DBIRTH/edge/bay", spoilt), Rejected)


def test_a_sparkplug_sensor_has_the_model_that_the_mapping_gives_it() -> None:
    text = (
        '[[subscription]]\ntopic = "spBv1.0/#"\nenvelope = "sparkplug"\nvalue = "mm"\nmodel = "loop"\nthreshold = 1200'
    )
    told = translate(parse_mapping(text), Message("spBv1.0/lot/DDATA/edge/bay", plug(900), NOON))
    assert isinstance(told, Said)
    assert told.model == "loop"


# Distances
def plug(value: float, field: str = "double_value") -> bytes:
    payload = payload_class()(timestamp=int(NOON.timestamp() * 1000), seq=1)
    payload.metrics.add(name="mm", **{field: value})
    return bytes(payload.SerializeToString())


@pytest.mark.parametrize("text", [b"nan", b"inf", b"-inf", b"-1", b"1e400"])
def test_what_can_not_be_a_distance_is_none(text: bytes) -> None:
    """A distance of -1 is an error code of many sensors, not a vehicle; NaN is not far away."""
    assert "is not a distance" in refusal(came("ha/sensor/bay/state", text))
    assert "is not a distance" in refusal(came("spBv1.0/lot/DDATA/edge/bay", plug(float(text))))


@pytest.mark.parametrize(("field", "value"), [("int_value", 2**32 - 1), ("long_value", 2**64 - 1)])
def test_sparkplug_sends_negative_numbers_as_large_ones(field: str, value: int) -> None:
    assert refusal(came("spBv1.0/lot/DDATA/edge/bay", plug(value, field))) == "-1 is not a distance"
    assert isinstance(came("spBv1.0/lot/DDATA/edge/bay", plug(900, field)), Said)


def test_a_negative_distance_in_json_is_none() -> None:
    assert "is not a distance" in refusal(came("distance/bay", {"mm": -1}))
    assert isinstance(came("distance/bay", {"mm": 0}), Said)


def test_text_that_is_not_utf_8_is_refused_and_no_fault_of_ours() -> None:
    assert refusal(came("distance/bay", b'{"mm": "\xff"}')).startswith("it is not JSON")
    assert refusal(came("zigbee2mqtt/bay", b'{"occupancy": "\xff"}')).startswith("it is not JSON")


@pytest.mark.parametrize("topic", ["zigbee2mqtt/bay", "zigbee2mqtt/bay/availability", "ha/sensor/bay/state"])
def test_an_empty_message_takes_back_what_was_retained_and_says_nothing(topic: str) -> None:
    assert came(topic, b"") is None


# What is long
@pytest.mark.parametrize("topic", ["zigbee2mqtt/bridge/devices", "frigate/north/car/snapshot"])
def test_what_is_long_and_not_of_a_bay_is_no_reject(topic: str) -> None:
    """A bridge's list of its devices, a camera's picture: both lie below the topics that we must listen to."""
    assert came(topic, bytes(70_000)) is None


def test_what_is_long_and_of_a_bay_is_refused() -> None:
    assert "larger than 65536 bytes" in refusal(came("distance/bay", b'{"mm": 5}' + b" " * 70_000))
    assert "larger than 1048576 bytes" in refusal(came("spBv1.0/lot/DBIRTH/edge/bay", plug(5) * 50_000))


# Cameras
def plate(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"data": {"camera_id": "bay_1", "timestamp": "2026-03-02T17:00:00Z", "results": [result]}, **more}


def best(value: str, score: float, region: str) -> dict[str, Any]:
    props = {
        "plate": [{"value": value, "score": score}, {"value": "zzz", "score": 0.1}],
        "region": [{"value": region, "score": 0.9}],
    }
    return {"plate": {"type": "Plate", "score": 0.9, "props": props}, "vehicle": {"type": "Sedan", "score": 0.8}}


def test_plates_of_a_stream_that_detects_vehicles_first() -> None:
    told = posted("gate", plate(best("nhk552", 0.91, "us-ny"), hook={"event": "recognition", "id": "bay_1"}))
    assert isinstance(told, Said)
    assert [(each.text, each.confidence, each.jurisdiction) for each in told.plates] == [("NHK552", 91, "us-ny")]


def test_a_vehicle_whose_plate_nobody_could_read_hides_no_other() -> None:
    body = plate(best("abc123", 0.9, "ca-qc"))
    body["data"]["results"] = [{"plate": None, "vehicle": {}}, *body["data"]["results"], {"plate": ""}]
    told = posted("gate", body)
    assert isinstance(told, Said)
    assert [each.text for each in told.plates] == ["ABC123"]


def test_what_a_stream_tells_beside_plates_says_nothing() -> None:
    assert posted("gate", {"hook": {"event": "heartbeat"}, "data": {"version": "1.52"}}) is None


def test_a_picture_within_a_result_of_rekor_does_not_make_it_too_long() -> None:
    picture = base64.b64encode(bytes(200_000)).decode()
    group = {"data_type": "alpr_group", "camera_id": 7, "epoch_start": 1772470700000, "epoch_end": 1772470790000,
             "best_plate_number": "ABC123", "best_confidence": 92.5, "vehicle_crop_jpeg": picture}  # fmt: skip
    told = posted("scout", group)
    assert isinstance(told, Said)
    assert [each.text for each in told.plates] == ["ABC123", "ABC123"]
