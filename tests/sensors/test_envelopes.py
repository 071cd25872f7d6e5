"""Envelopes of LoRaWAN networks: the published ones give what is published, and nothing that comes breaks them."""

import base64
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.rejects import Rejected
from sensors.mapping_document import parse_mapping, read_mapping
from sensors.reading import Message, Said
from sensors.translate import Outcome, translate
from tests.conftest import NOON

TTS, CHIRPSTACK = "v3/app@tenant/devices/d-1/up", "application/8a/device/10ab/event/up"
LORIOT = "loriot/app"
TOPICS = {"ThingsStackCommunity": TTS, "ChirpStack": CHIRPSTACK, "LORIOT": LORIOT}
MODELS = {
    "Netvox/R719A": "netvox_r719a",
    "Milesight/EM310-UDL": "milesight_em310",
    "Milesight/EM400-UDL": "milesight_em400",
    "Milesight/EM410-RDL": "milesight_em410",
    "Milesight/VS121": "milesight_vs121",
    "Bosch/Parking_Lot_Sensor": "bosch_tps110",
    "Nwave/G4_NPS_SM": "nwave_nps405",
    "Nwave/G4_NPS_FM": "nwave_nps405",
}


def mapping_for(model: str) -> Any:
    return parse_mapping(
        f"""
        [[subscription]]
        topic = "v3/+/devices/+/up"
        envelope = "tts"
        model = "{model}"
        [[subscription]]
        topic = "application/+/device/+/event/+"
        envelope = "chirpstack4"
        model = "{model}"
        threshold = 1700
        hysteresis = 200
        [[subscription]]
        topic = "loriot/app"
        envelope = "loriot"
        model = "{model}"
    """.replace('envelope = "tts"', 'envelope = "tts"\nthreshold = 1700\nhysteresis = 200')
    )


def came(topic: str, body: Any, seen_at: datetime = NOON, model: str = "bosch_tps110") -> Outcome:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return translate(mapping_for(model), Message(topic, payload, seen_at))


def said(topic: str, body: Any, seen_at: datetime = NOON, model: str = "bosch_tps110") -> Said:
    outcome = came(topic, body, seen_at, model)
    assert isinstance(outcome, Said), outcome
    return outcome


def refused(topic: str, body: Any, model: str = "bosch_tps110") -> str:
    outcome = came(topic, body, model=model)
    assert isinstance(outcome, Rejected), outcome
    assert outcome.place == topic
    return outcome.reason


def tts(data: bytes = b"\x01", port: int = 1, **up: Any) -> dict[str, Any]:
    return {
        "end_device_ids": {"device_id": "d-1", "dev_eui": "10AB000000000001"},
        "uplink_message": {
            "f_port": port, "f_cnt": 7, "frm_payload": base64.b64encode(data).decode(), "session_key_id": "AYfq==",
            "received_at": "2026-03-02T16:59:58.5Z", **up,
        },
    }  # fmt: skip


def chirpstack(data: bytes = b"\x01", port: int = 1, **event: Any) -> dict[str, Any]:
    return {
        "time": "2026-03-02T16:59:58.5+00:00", "deviceInfo": {"devEui": "10AB000000000001"}, "devAddr": "20000001",
        "fCnt": 7, "fPort": port, "data": base64.b64encode(data).decode(), **event,
    }  # fmt: skip


def test_published_envelopes_give_what_is_published(shared_data: Path) -> None:
    envelopes = json.loads((shared_data / "sensors" / "envelopes.json").read_text())
    checked = 0
    for envelope in envelopes:
        result = envelope["result"][0] if isinstance(envelope["result"], list) else envelope["result"]
        expected = result["telemetry"][0]
        heard = said(TOPICS[envelope["network"]], envelope["payload"], model=MODELS[envelope["sensor"]])
        assert heard.sensor == "1000000000000001"
        fact = heard.read or heard.report
        assert fact is not None
        assert int(fact.at.timestamp() * 1000) == expected["ts"]
        assert getattr(heard.read, "occupied", "no reading") == means(expected["values"]), envelope["source_path"]
        assert getattr(heard.read, "edge", False) is (expected["values"].get("type") == "parking_status")
        checked += 1
    assert checked == 20


def means(values: dict[str, Any]) -> Any:
    """What a published result says of a bay that is taken nearer than 1700 mm; a tilted sensor can't know."""
    if values.get("position") == "tilt":
        return None
    if "distance" in values:
        return values["distance"] < 1700
    return {True: True, False: False, "on": True}[values["occupied"]] if "occupied" in values else "no reading"


@pytest.mark.parametrize(("topic", "body", "source"), [(TTS, tts(), "mqtt:tts"), (CHIRPSTACK, chirpstack(), "mqtt:chirpstack4")])  # fmt: skip
def test_an_uplink_becomes_a_fact(topic: str, body: Any, source: str) -> None:
    heard = said(topic, body)
    assert heard.read is not None
    assert heard.sensor == "10ab000000000001"
    assert heard.model == "bosch_tps110"
    assert heard.watchdog > timedelta(hours=48)
    assert (heard.read.source, heard.read.subject) == (source, "sensor:10ab000000000001")
    assert (heard.read.at, heard.read.seen_at) == (NOON - timedelta(seconds=1.5), NOON)
    assert (heard.read.occupied, heard.read.edge) == (True, True)


@pytest.mark.parametrize(("topic", "make"), [(TTS, tts), (CHIRPSTACK, chirpstack)])
def test_a_redelivery_is_the_same_fact_and_a_later_uplink_another(topic: str, make: Any) -> None:
    counter, join = ("f_cnt", "session_key_id") if make is tts else ("fCnt", "devAddr")

    def identity(body: Any, seen_at: datetime = NOON) -> str:
        read = said(topic, body, seen_at).read
        assert read is not None
        return read.source_id

    first = identity(make())
    assert identity(make(), NOON + timedelta(hours=3)) == first
    others = [
        identity(make(**{counter: 8})), identity(make(**{join: "30000002"})), identity(make(b"\x00")),
        identity(make(b"\x01", 2)),
    ]  # fmt: skip
    assert len({first, *others}) == 5


def test_without_a_join_the_time_tells_uplinks_apart() -> None:
    """A frame counter that starts again without a new session must not make an uplink look like one of last year."""
    a = said(TTS, tts(session_key_id="", received_at="2025-03-02T16:00:00Z")).read
    b = said(TTS, tts(session_key_id="", received_at="2026-03-02T16:00:00Z")).read
    assert a is not None
    assert b is not None
    assert a.source_id != b.source_id


def test_absent_fields_of_the_things_stack_are_zero() -> None:
    body = tts()
    del body["uplink_message"]["f_cnt"]
    read = said(TTS, body).read
    assert read is not None
    assert ":0:" in read.source_id


def test_a_device_without_eui_is_known_by_its_name() -> None:
    body = tts()
    body["end_device_ids"] = {"device_id": "Bay-7"}
    assert said("v3/app/devices/bay-7/up", body).sensor == "bay-7"


def test_the_kind_of_device_comes_from_the_network_where_it_tells() -> None:
    body = tts(b"\x95", version_ids={"brand_id": "nwave", "model_id": "nps405sm"})
    assert said(TTS, body).model == "nwave_nps405"
    tagged = chirpstack(b"\x95", deviceInfo={"devEui": "10AB000000000001", "tags": {"model": "NPS405"}})
    assert said(CHIRPSTACK, tagged).model == "nwave_nps405"


@pytest.mark.parametrize(("topic", "body"), [(TTS, tts(b"", 0)), (TTS, tts(b"\x00", 4)), (CHIRPSTACK, chirpstack(b"", 0)),
                                             ("application/8a/device/10ab/event/join", b"{}"), ("v3/app/devices/d/join", {"end_device_ids": {}})])  # fmt: skip
def test_what_says_nothing_of_a_bay_is_no_fact_and_no_reject(topic: str, body: Any) -> None:
    mapping = parse_mapping('[[subscription]]\ntopic="v3/#"\nenvelope="tts"\nmodel="bosch_tps110"\n[[subscription]]\ntopic="application/#"\nenvelope="chirpstack4"')  # fmt: skip
    outcome = translate(mapping, Message(topic, body if isinstance(body, bytes) else json.dumps(body).encode(), NOON))
    assert outcome is None or (isinstance(outcome, Said) and outcome.read is None)


def test_the_networks_decoder_helps_where_ours_can_not() -> None:
    """It does not tell a change from a heartbeat, so it is no edge."""
    unknown_port = said(TTS, tts(b"\x01", 77, decoded_payload={"occupied": True}))
    no_bytes = said(CHIRPSTACK, chirpstack(b"", 1, object={"occupied": "free"}))
    no_model = translate(read_mapping(), Message(TTS, json.dumps(tts(decoded_payload={"occupied": 1})).encode(), NOON))
    assert isinstance(no_model, Said)
    assert [(heard.read.occupied, heard.read.edge) for heard in (unknown_port, no_bytes, no_model) if heard.read] == [
        (True, False), (False, False), (True, False),
    ]  # fmt: skip
    assert no_model.model == "unknown"
    assert no_model.watchdog == timedelta(hours=2)


def test_our_decoder_goes_before_the_networks() -> None:
    heard = said(TTS, tts(b"\x00", 1, decoded_payload={"occupied": True}))
    assert heard.read is not None
    assert (heard.read.occupied, heard.read.edge) == (False, True)


def test_chirpstack_tells_the_battery_apart() -> None:
    topic = "application/8a/device/10ab/event/status"
    info = {"deviceInfo": {"devEui": "10AB000000000001"}}
    level = said(topic, {**info, "batteryLevel": 75.5})
    assert (level.read, level.battery) == (None, "75.5 %")
    assert said(topic, {**info, "externalPowerSource": True, "batteryLevel": 0}).battery == "mains"
    assert came(topic, {**info, "batteryLevelUnavailable": True, "batteryLevel": 0}) is None


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        (TTS, b"\x0a\x0b", "not a message of The Things Stack"), (TTS, b"[" * 60_000, "not a message of The Things Stack"),
        (TTS, {"end_device_ids": {"device_id": "d"}}, "no `uplink_message`"), (TTS, tts(received_at=None), "received_at"),
        (TTS, tts(received_at="2026-03-02T16:59:58"), "timezone"), (TTS, tts(received_at="1970-01-01T00:00:07Z"), "never set"),
        (TTS, tts(f_port=256), r"\$.uplink_message.f_port"), (TTS, tts(f_cnt="7"), r"\$.uplink_message.f_cnt"),
        (TTS, tts(frm_payload="%"), "base64"), (TTS, tts(session_key_id="k" * 300), "too long"),
        (TTS, tts(session_key_id="\x00"), "unreadable"), (TTS, tts(b"\x01", 77), "nothing on port 77"),
        (TTS, {**tts(), "end_device_ids": {"dev_eui": "xyz"}}, "16 hexadecimal"), (TTS, {**tts(), "end_device_ids": {}}, "name"),
        (CHIRPSTACK, b"\x0a\x24\x66", "set to JSON"), (CHIRPSTACK, chirpstack(time=None), "no `time`"),
        (CHIRPSTACK, chirpstack(deviceInfo={"devEui": "1"}), r"\$.deviceInfo.devEui"),
        (CHIRPSTACK, {**chirpstack(), "data": None}, r"\$.data"), (TTS, b"", "not a message"), ("elsewhere", b"", "no subscription"),
        (TTS, b" " * 65_537, "larger than 65536 bytes"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_reason(topic: str, body: Any, reason: str) -> None:
    import re

    assert re.search(reason, refused(topic, body))


def test_no_model_and_nothing_decoded_names_what_the_network_calls_the_device() -> None:
    body = chirpstack(deviceInfo={"devEui": "10AB000000000001", "deviceProfileName": "Acme Puck"})
    outcome = translate(read_mapping(), Message(CHIRPSTACK, json.dumps(body).encode(), NOON))
    assert isinstance(outcome, Rejected)
    assert "'Acme Puck'" in outcome.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = {
    TTS: ["f_port", "f_cnt", "frm_payload", "received_at", "session_key_id", "decoded_payload", "version_ids"],
    CHIRPSTACK: ["time", "deviceInfo", "devAddr", "fCnt", "fPort", "data", "object"],
}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    topic=st.sampled_from([TTS, CHIRPSTACK]),
    data=st.data(),
    changed=st.dictionaries(st.integers(0, 6), JSON, max_size=3),
)
def test_any_field_may_hold_anything(topic: str, data: Any, changed: dict[int, Any]) -> None:
    frame = data.draw(st.binary(max_size=20))
    fields = {FIELDS[topic][index]: value for index, value in changed.items()}
    body = (tts if topic == TTS else chirpstack)(frame, data.draw(st.integers(0, 255)))
    (body["uplink_message"] if topic == TTS else body).update(fields)
    check(came(topic, body))


@given(
    topic=st.sampled_from([TTS, CHIRPSTACK, CHIRPSTACK[:-2] + "status"]),
    payload=st.binary() | JSON.map(lambda v: json.dumps(v).encode()),
)
def test_any_payload_gives_a_fact_or_a_reason(topic: str, payload: bytes) -> None:
    check(came(topic, payload))


def check(outcome: Outcome) -> None:
    """What the database will take, and no fault of ours."""
    if isinstance(outcome, Rejected):
        assert outcome.reason
        assert "fault of Baywarden" not in outcome.reason
    elif isinstance(outcome, Said) and outcome.read is not None:
        assert len(outcome.read.source_id) <= 200
        assert outcome.read.source_id.isprintable()
        assert outcome.read.at.tzinfo is UTC


def test_a_fault_of_ours_becomes_a_reject_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("a driver's secret")

    monkeypatch.setitem(__import__("sensors.envelopes", fromlist=["ENVELOPES"]).ENVELOPES, "tts", broken)
    with caplog.at_level(logging.ERROR):
        assert "fault of Baywarden while reading it: KeyError" in refused(TTS, tts())
    assert "secret" not in caplog.text
    assert "KeyError at broken" in caplog.text
