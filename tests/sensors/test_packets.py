"""Many PUBLISH packets taken out at once are what paho takes out of them one by one."""

import socket
import struct
from typing import NamedTuple

import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from benchmarks.publisher import variable_length
from sensors.client import ReadingAhead, WatchedClient
from sensors.packets import Usual, usual

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311


class Sent(NamedTuple):
    topic: str
    payload: bytes
    mid: int
    qos: int
    retained: bool
    again: bool
    described: bool


TOPICS = st.text(st.characters(codec="utf-8", exclude_characters="\0#+"), min_size=1, max_size=40)
SENT = st.builds(
    Sent, TOPICS, st.binary(max_size=300) | st.sampled_from([b"y" * 126, b"y" * 16_300, b"z" * 40_000]),
    st.integers(1, 65_535), st.sampled_from([0, 1, 1, 1]), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip


def _packet(sent: Sent, *, is_5: bool) -> bytes:
    topic = sent.topic.encode()
    body = struct.pack("!H", len(topic)) + topic + (struct.pack("!H", sent.mid) if sent.qos else b"")
    if is_5:
        body += variable_length(4) + b"\x03\x00\x01x" if sent.described else b"\x00"
    command = 0x30 | sent.qos << 1 | sent.retained | (8 if sent.again and sent.qos else 0)
    return bytes([command]) + variable_length(len(body) + len(sent.payload)) + body + sent.payload


@given(st.lists(SENT, max_size=12), st.lists(st.integers(1, 700), max_size=30), st.sampled_from([V5, V311]))
def test_however_the_bytes_are_cut_the_same_messages_come_in_the_same_order(
    sent: list[Sent], cuts: list[int], protocol: MQTTProtocolVersion
) -> None:
    read = b"".join(_packet(each, is_5=protocol is V5) for each in sent)
    came: list[tuple[str, bytes, int, bool]] = []
    here, there = socket.socketpair()
    there.setblocking(True)
    with there:
        client = WatchedClient(CallbackAPIVersion.VERSION2, protocol=protocol, manual_ack=True)
        client.on_plain = lambda *message: came.append(message)
        client.on_message = lambda _client, _data, m: came.append((m.topic, bytes(m.payload), m.mid, m.retain))
        here.setblocking(False)
        client._sock = client._ahead = ReadingAhead(here)  # type: ignore[assignment]
        for cut in [*cuts, *[30_000] * (len(read) // 30_000 + 1)]:
            there.sendall(read[:cut])
            read = read[cut:]
            assert client.loop_read() == mqtt.MQTT_ERR_SUCCESS
            while client._has_more():
                assert client.loop_read() == mqtt.MQTT_ERR_SUCCESS
        client._sock = client._ahead = None
    here.close()
    assert came == [(each.topic, each.payload, each.mid * bool(each.qos), each.retained) for each in sent]


@given(st.binary(max_size=200), st.integers(0, 5), st.booleans())
def test_any_bytes_give_messages_or_are_left(read: bytes, start: int, is_5: bool) -> None:
    found, end = usual(read, start, 50, is_5=is_5)
    assert start <= end <= max(start, len(read))
    assert bool(found) is (end > start)


def test_no_more_than_asked_for_are_taken() -> None:
    packets = [_packet(Sent(f"a/{n}", b"x", n + 1, 1, False, False, False), is_5=True) for n in range(5)]
    read = b"".join(packets)
    found, end = usual(read, 0, 3, is_5=True)
    assert [each.topic for each in found] == ["a/0", "a/1", "a/2"]
    assert end == len(b"".join(packets[:3]))
    assert usual(read, end, 9, is_5=True)[0][0] == Usual("a/3", b"x", 4, False)


@pytest.mark.parametrize("protocol", [V5, V311])
def test_a_topic_of_nothing_is_left_to_paho(protocol: MQTTProtocolVersion) -> None:
    packet = _packet(Sent("", b"x", 1, 1, False, False, False), is_5=protocol is V5)
    assert usual(packet, 0, 9, is_5=protocol is V5) == ([], 0)
