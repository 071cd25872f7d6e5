"""``baywarden sensors try`` says what a message would become, and records nothing."""

import json
from pathlib import Path

import pytest

from app import main
from tests.support.brokers import RunningBroker, TestPublisher

_FREE = b'{"occupied": false}'
TTS = {
    "end_device_ids": {"device_id": "d-1", "dev_eui": "10AB000000000001"},
    "uplink_message": {"f_port": 1, "f_cnt": 7, "frm_payload": "lQ==", "session_key_id": "A", "received_at": "2026-03-02T16:59:58Z", "version_ids": {"brand_id": "nwave", "model_id": "nps405sm"}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAYWARDEN_DATA_DIR", str(tmp_path / "var"))


def test_one_payload_on_a_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensors", "try", "v3/app@t/devices/d-1/up", "--payload", json.dumps(TTS)]) == 0
    out = capsys.readouterr().out
    assert "v3/app@t/devices/d-1/up  (tts)" in out
    assert (
        "sensor 10ab000000000001 (nwave_nps405): taken, since 2026-03-02T16:59:58+00:00, the state before lasted 74 min"
        in out
    )


def test_a_file_of_messages_with_the_reason_of_each_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "messages.txt"
    file.write_text('x/bays/7 {"occupied": true, "at": "2026-03-02T17:00:00Z", "battery": 93}\nx/bays/8 {"occupied": "maybe"}\nelsewhere 1\n\nv3/a/devices/d/join {"end_device_ids": {}}\n')  # fmt: skip
    assert main(["sensors", "try", str(file)]) == 0
    out = capsys.readouterr().out
    assert "sensor 7 (plain): taken, as a heartbeat at 2026-03-02T17:00:00+00:00" in out
    assert "battery 93" in out
    assert "refused: the value 'maybe' is in none of the lists" in out
    assert "refused: no subscription of the mapping fits this topic" in out


def test_a_distance_in_between_says_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[[subscription]]\ntopic = "d/{device}"\nenvelope = "plain"\nvalue = "mm"\nthreshold = 1200\nhysteresis = 300\n'
    )
    monkeypatch.setenv("BAYWARDEN_MQTT_MAPPING", str(mapping))
    assert main(["sensors", "try", "d/7", "--payload", '{"mm": 1300}']) == 0
    assert "sensor 7 (plain): neither taken nor free" in capsys.readouterr().out


def test_a_clock_ahead_of_ours_is_shown_as_it_is_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"occupied": True, "at": "2126-03-02T17:00:00Z"})
    assert main(["sensors", "try", "x/bays/7", "--payload", body]) == 0
    out = capsys.readouterr().out
    assert "taken, as a heartbeat at 20" in out
    assert "(its own clock says 2126-03-02T17:00:00+00:00, which is ahead of ours)" in out


def test_a_whole_file_as_one_payload_in_hexadecimal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "payload"
    file.write_text(_FREE.hex())
    assert main(["sensors", "try", str(file), "--topic", "x/bays/7", "--hex"]) == 0
    assert "sensor 7 (plain): free" in capsys.readouterr().out


def test_a_file_of_messages_in_hexadecimal_whose_topics_have_spaces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `mosquitto_sub -F '%t %x'` writes them."""
    file = tmp_path / "messages.txt"
    file.write_text(f"lot a/bays/bay 7 {_FREE.hex()}\n")
    assert main(["sensors", "try", str(file), "--hex"]) == 0
    assert "sensor bay 7 (plain): free" in capsys.readouterr().out


def test_what_is_on_the_broker_now(
    broker: RunningBroker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAYWARDEN_MQTT_URL", broker.url)
    with TestPublisher(broker) as publisher:
        publisher.send("x/bays/7", {"occupied": True, "at": "2026-03-02T17:00:00Z"}, retain=True)
    assert main(["sensors", "try", "x/bays/+", "--seconds", "0.5"]) == 0
    assert "sensor 7 (plain): taken" in capsys.readouterr().out


def test_a_broker_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAYWARDEN_MQTT_URL", "mqtt://127.0.0.1:1")
    assert main(["sensors", "try", "x/bays/+", "--seconds", "0"]) == 1
    assert "can't be reached" in capsys.readouterr().err


def test_a_topic_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BAYWARDEN_MQTT_URL", "mqtt://127.0.0.1:1")
    assert main(["sensors", "try", "x/#/bays"]) == 1
    assert "the topic may have # only once, as its last level" in capsys.readouterr().err


def test_certificates_that_are_not_there_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAYWARDEN_MQTT_URL", "mqtts://127.0.0.1:1?ca=/nowhere/ca.pem")
    assert main(["sensors", "try", "x/bays/+"]) == 1
    assert "the certificates in /nowhere/ca.pem can't be used" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "soon"])
def test_only_so_many_seconds_are_listened(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["sensors", "try", "x/bays/+", "--seconds", seconds])
    assert "--seconds: must be from 0 to 3600" in capsys.readouterr().err


def test_nothing_heard_may_be_the_broker_that_lets_nobody_read(
    broker: RunningBroker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAYWARDEN_MQTT_URL", broker.url)
    assert main(["sensors", "try", "city/{device}/state", "--seconds", "0.1"]) == 1
    assert "Nothing came in 0.1 s. A broker may also let nobody read there" in capsys.readouterr().err


def test_the_addresses_of_cameras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[[subscription]]\ntopic = "bays/{device}"\nenvelope = "plain"\n[[webhook]]\nname = "gate"\nenvelope = "rekor"\n'
    )
    monkeypatch.setenv("BAYWARDEN_MQTT_MAPPING", str(mapping))
    assert main(["sensors", "webhooks"]) == 1
    assert "BAYWARDEN_CAMERA_SECRET is missing" in capsys.readouterr().err
    monkeypatch.setenv("BAYWARDEN_CAMERA_SECRET", "a long secret of the service, long enough")
    assert main(["sensors", "webhooks"]) == 0
    assert "gate (rekor): http://127.0.0.1:8000/hooks/cameras/gate/" in capsys.readouterr().out


def test_a_file_of_json_without_topics_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps(TTS, indent=1))
    assert main(["sensors", "try", str(file)]) == 1
    assert "is JSON, without topics: name one with --topic" in capsys.readouterr().err
    assert main(["sensors", "try", str(file), "--topic", "v3/app@t/devices/d-1/up"]) == 0
