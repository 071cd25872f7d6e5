"""Node-RED's flows in the bench write every message, and differ in nothing but how they write."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import mqtt, node_red
from tests.conftest import require_tool

pytestmark = pytest.mark.long

_FOLDER = Path(node_red.__file__).parent / "nodered"


@pytest.mark.mosquitto
def test_each_flow_writes_all_messages(benched: dict[str, str]) -> None:
    require_tool("mosquitto")
    require_tool("npm")
    for flow in node_red.FLOWS:
        assert mqtt.measure(benched["PostgreSQL"], flow, 200, bays=100) > 0


def test_flows_receive_and_write_alike() -> None:
    with_its_node, by_hand = _nodes("its_node.json"), _nodes("by_hand.json")
    statement = with_its_node["postgrestor"]["query"]
    assert _received(with_its_node) == _received(by_hand)
    assert [flow.connections for flow in node_red.FLOWS.values()] == [10, 10, 1]
    assert with_its_node["postgresDB"]["max"] == "${BENCH_CONNECTIONS}"
    assert "max: Number(process.env.BENCH_CONNECTIONS)" in (_FOLDER / "settings.js").read_text()
    assert f"query('{statement}', [msg.topic, msg.payload])" in by_hand["function"]["func"]


def _nodes(file: str) -> dict[str, dict[str, Any]]:
    return {node["type"]: node for node in json.loads((_FOLDER / file).read_text())}


def _received(nodes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**nodes[kind], "wires": None} for kind in ("mqtt-broker", "mqtt in")]
