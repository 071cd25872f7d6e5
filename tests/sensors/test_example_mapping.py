"""The example mapping has every envelope, and each of its messages becomes what it should."""

from pathlib import Path

import pytest

from app import main
from sensors.envelopes import ENVELOPES, WEBHOOKS
from sensors.mapping_document import read_mapping
from tests.conftest import NOON
from tests.sensors.test_more_envelopes import plug

FILE = Path(__file__).parents[2] / "docs" / "mapping.example.toml"
# What `baywarden sensors try` says of each message in the file, in their order.
BECOMES = [
    ["city/bay-7/state  (plain)", "sensor bay-7 (induction loop): taken, since 2026-03-02T17:00:00+00:00", "battery 93"],
    ["parks/p1/places  (plain)", "sensor p1/7 (plain): taken, as a heartbeat at 2026-03-02T17:00:00+00:00", "sensor p1/a-8 (plain): free"],
    ["gates/bay-8  (plain)", "sensor bay-8 (plain): taken, since"],
    ["(tts)", "sensor 10ab000000000001 (bosch_tps110): taken, since 2026-03-02T16:59:58+00:00"],
    ["(tts)", "sensor 10ab000000000002 (nwave_nps405): taken, since", "the state before lasted 74 min"],
    ["(chirpstack3)", "sensor 10ab000000000003 (bosch_tps110): taken, since"],  # its gateway's time is too long ago by now,
    ["(chirpstack4)", "sensor 10ab000000000004 (bosch_tps110): taken, since 2026-03-02T16:59:58.500000+00:00"],
    ["(loriot)", "sensor 10ab000000000005 (milesight_em310): taken, as a heartbeat at 2026-03-02T16:59:58+00:00"],
    ["(actility)", "sensor 10ab000000000006 (nwave_nps405): taken, since 2026-03-02T16:59:58.138000+00:00"],
    ["(zigbee2mqtt)", "sensor lot a/bay 9 (zigbee2mqtt): taken, as a heartbeat at 2026-03-02T16:59:00+00:00"],
    ["(statestream)", "sensor bay_10 (statestream): taken, since"],
    ["(frigate)", "sensor bay_11 (frigate): taken, since 2026-03-02T16:59:00+00:00"],
    ["(frigate)", "sensor bay_12 (frigate): taken, as a heartbeat"],
    ["(frigate)", "sensor bay_11 (frigate): a plate of ca-qc of 6 characters, 91 % sure"],
]  # fmt: skip
MESSAGES = [line.removeprefix("#> ") for line in FILE.read_text().splitlines() if line.startswith("#> ")]


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAYWARDEN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BAYWARDEN_MQTT_MAPPING", str(FILE))


def test_it_has_every_envelope() -> None:
    mapping = read_mapping(FILE)
    assert {item.envelope for item in mapping.subscriptions} == set(ENVELOPES)
    assert {item.envelope for item in mapping.webhooks.values()} == set(WEBHOOKS)


def test_each_message_in_it_becomes_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    messages = tmp_path / "messages.txt"
    messages.write_text("\n".join(MESSAGES))
    assert main(["sensors", "try", str(messages)]) == 0
    told = "\n" + capsys.readouterr().out
    assert told.count("refused") == 0
    for parts in BECOMES:
        missing = [part for part in parts if part not in told]
        assert not missing, told
    assert len(MESSAGES) == len(BECOMES)
    assert "ABC123" not in told and "ABC 123" not in told


def test_a_sparkplug_device_with_many_bays(capsys: pytest.CaptureFixture[str]) -> None:
    born = plug(
        {"name": "Bays/1/Occupied", "alias": 1, "boolean_value": True},
        {"name": "Bays/2/Occupied", "alias": 2, "boolean_value": False},
        {"name": "Temperature", "alias": 3, "double_value": 4.5},
        at=int(NOON.timestamp() * 1000),
    )
    assert main(["sensors", "try", "spBv1.0/lot/DBIRTH/edge/level1", "--payload", born.hex(), "--hex"]) == 0
    told = capsys.readouterr().out
    assert "sensor lot/edge/level1 (sparkplug): born, with 2 bays, numbers of 2 metrics" in told
    assert "sensor lot/edge/level1/1 (sparkplug): taken, as a heartbeat at 2026-03-02T17:00:00+00:00" in told
    assert "sensor lot/edge/level1/2 (sparkplug): free, as a heartbeat" in told
