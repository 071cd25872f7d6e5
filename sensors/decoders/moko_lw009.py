"""MOKO LW009-IG and LW009-SM parking sensors, port 1: a head of twelve bytes, then parts of tag, length and value.

| bytes   | meaning                                                                                             |
|---------|-----------------------------------------------------------------------------------------------------|
| b0, b1  | head, protocol version                                                                              |
| b2-b5   | the device's own time, seconds since 1970                                                           |
| b6-b7   | frame count; b8-b9: length of the parts; b10: instruction; b11: encrypted, 0 no                      |
| tag 02  | state: 00 heartbeat, 0B became empty, 0C became occupied, 0D strong magnetic interference,           |
|         | 0E low battery, 0F and 10 magnetic sensor failed, 11 thermometer failed, 12 radar failed             |
| tag 03  | device type (82 IG, 85 SM): this is a message of parameters; 05 version                              |
| tag 23  | radar, three bytes                                                                                   |
| tag 24  | battery, percent; 29: millivolts; 25: magnetic X Y Z; 0B: degrees Celsius; 35: humidity               |
| tag 32  | 1: a vehicle is there                                                                               |

Source: decoders of MOKO for The Things Network, ChirpStack and TagoIO (LW009-IG, LW009-SM). Some read it by fixed
places, in which the parts are 02, 23, 24, 25, 32, 0B, 35 in this order.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sensors.decoders import Decoded, Occupancy, model, need, unsigned
from sensors.reading import NotUnderstoodError

_HEAD = 12
_STATES = {
    0x00: "heartbeat", 0x0B: "became empty", 0x0C: "became occupied", 0x0D: "strong magnetic interference",
    0x0E: "low battery", 0x0F: "magnetic sensor failed", 0x10: "magnetic sensor failed", 0x11: "thermometer failed",
    0x12: "radar failed",
}  # fmt: skip
_QUALITY = {0x0D: "interference", 0x0E: "low_battery", 0x0F: "fault", 0x10: "fault", 0x12: "fault"}
_BLIND = frozenset({0x0D, 0x0F, 0x10, 0x12})
# A clock that was never set counts from 1970.
_CLOCK_FROM = datetime(2020, 1, 1, tzinfo=UTC)


@model("moko_lw009", watchdog=timedelta(hours=26), called=("moko/lw009-ig", "moko/lw009-sm", "LW009-IG", "LW009-SM"))
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port != 1:
        raise NotUnderstoodError(f"a MOKO LW009 sends nothing on port {port}")
    need(data, _HEAD, "MOKO LW009")
    if data[11]:
        raise NotUnderstoodError("it is encrypted by the device; turn that off, LoRaWAN encrypts it anyway")
    tags = dict(_parts(data[_HEAD : _HEAD + unsigned(data, 8, 2)]))
    told = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=unsigned(data, 2, 4))
    at = told if told > _CLOCK_FROM else None
    battery = f"{_number(tags[0x24])} %" if 0x24 in tags else None
    if 0x03 in tags:
        return Decoded("parameters", battery=battery, at=at)
    if 0x02 not in tags:
        raise NotUnderstoodError("it tells neither a state nor parameters")
    state = _number(tags[0x02])
    if state not in _STATES:
        raise NotUnderstoodError(f"0x{state:02x} is no state of a MOKO LW009")
    values = {"messageType": _STATES[state], "timestamp": unsigned(data, 2, 4), "frameCount": unsigned(data, 6, 2)}
    quality = (_QUALITY[state],) if state in _QUALITY else ()
    return Decoded(_STATES[state], _occupancy(state, tags), battery, values, quality=quality, at=at)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 1 < len(data):
        size = data[place + 1]
        value = data[place + 2 : place + 2 + size]
        if len(value) < size:
            raise NotUnderstoodError(f"the part 0x{data[place]:02x} is cut off")
        yield data[place], value
        place += 2 + size


def _number(value: bytes) -> int:
    return int.from_bytes(value)


def _occupancy(state: int, tags: dict[int, bytes]) -> Occupancy | None:
    """A device that says that it is disturbed or broken does not know, whatever its last state is."""
    if state in _BLIND:
        return Occupancy(None, edge=False)
    if state in (0x0B, 0x0C):
        return Occupancy(state == 0x0C, edge=True)
    return Occupancy(_number(tags[0x32]) == 1, edge=False) if 0x32 in tags else None
