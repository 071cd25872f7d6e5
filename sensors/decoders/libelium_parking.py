"""Libelium Smart Parking, protocols v2 and v3: eleven bytes, and v1: twelve; on any port.

| bytes | meaning                                                                                               |
|-------|-------------------------------------------------------------------------------------------------------|
| b0    | bit 7: occupied; bit 6: battery must be changed; bits 3-0: frame type                                    |
| b1    | frame counter, modulo 256                                                                              |
| b2... | by type. 0 info (sent on change): b2 degrees Celsius, b3-b8 X Y Z, b10 battery; 1 keep-alive, 6 service, |
|       | 7 downlink, 8 RSSI: b2 hours, b3 minutes, b4 degrees, b5-b10 X Y Z; 2 daily update: b8 resets, b9         |
|       | configuration; 3 error: b2 bits 5-0 Sigfox, LoRaWAN, clock, X, Y, Z, b3 degrees, b4-b9 X Y Z, b10          |
|       | battery; 4 first start: b2 degrees, b3-b8 X Y Z, b9-b10 battery mV; 5 second start: b2 firmware           |

Battery in millivolts: 2800 + 4 x b10. In v1 temperatures are raw and two bytes, which moves what follows; b0, b1 and
the errors of b2 are the same, and a first start has the battery in b10-b11. Of another length only b0 is read.
Sources: ZennerIoT/element-parsers, lib/libelium_smart_parking_v3.exs (MIT); Libelium, "Smart Parking: Technical Guide"
(manual of PARKING-V1, 2017), 7.1 and 7.2.
"""

from collections.abc import Callable
from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need, signed, unsigned

_TYPES = {
    0: "info", 1: "keep_alive", 2: "daily_update", 3: "error", 4: "start1", 5: "start2",
    6: "service_frame", 7: "downlink_frame", 8: "rssi_frame",
}  # fmt: skip
_BYTES_OF_V1 = 12
_ERRORS = ("error_zaxis", "error_yaxis", "error_xaxis", "error_rtc", "error_lorawan", "error_sigfox")


@model(
    "libelium_parking",
    watchdog=timedelta(hours=26),
    called=("libelium/smart-parking", "Libelium Smart Parking", "libelium/plug-sense-smart-parking"),
)
def decode(_port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    need(data, 1, "Libelium")
    kind, is_low = data[0] & 15, bool(data[0] & 64)
    values: dict[str, object] = {
        "parking_slot_status": data[0] >> 7,
        "parking_slot_status_name": "occupied" if data[0] & 128 else "empty",
        "frame_type": kind,
        "frame_type_name": _TYPES.get(kind, "unknown"),
        "battery_state": int(is_low),
        "battery_state_name": "change" if is_low else "good",
    }
    if len(data) == 11:
        values["frame_counter"] = data[1]
        values |= _BY_TYPE.get(kind, _nothing)(data)
    elif len(data) == _BYTES_OF_V1:
        values["frame_counter"] = data[1]
        values |= _BY_TYPE_OF_V1.get(kind, _nothing)(data)
    occupancy = Occupancy(bool(data[0] & 128), edge=kind == 0)
    battery = "change" if is_low else "good"
    words = {"fault": kind == 3, "restarted": kind in (4, 5), "low_battery": is_low}
    quality = tuple(word for word, is_so in words.items() if is_so)
    return Decoded(str(values["frame_type_name"]), occupancy, battery, values, quality=quality)


def _axes(data: bytes, start: int) -> dict[str, object]:
    return {name: unsigned(data, start + 2 * index, 2) for index, name in enumerate(("x_axis", "y_axis", "z_axis"))}


def _nothing(_data: bytes) -> dict[str, object]:
    return {}


def _info(data: bytes) -> dict[str, object]:
    return {"temperature": signed(data, 2), **_axes(data, 3), "battery_level": 2800 + 4 * data[10]}


def _timed(data: bytes) -> dict[str, object]:
    return {"hours": data[2], "minutes": data[3], "temperature": signed(data, 4), **_axes(data, 5)}


def _daily(data: bytes) -> dict[str, object]:
    return {"resets": data[8], "config_id": data[9]}


def _errors(data: bytes) -> dict[str, object]:
    return {name: data[2] >> bit & 1 for bit, name in enumerate(_ERRORS)}


def _error(data: bytes) -> dict[str, object]:
    return {**_errors(data), "temperature": signed(data, 3), **_axes(data, 4), "battery_level": 2800 + 4 * data[10]}


def _first_start(data: bytes) -> dict[str, object]:
    return {"temperature": signed(data, 2), **_axes(data, 3), "battery_level": unsigned(data, 9, 2)}


def _second_start(data: bytes) -> dict[str, object]:
    return {"firmware_version": data[2]}


_BY_TYPE: dict[int, Callable[[bytes], dict[str, object]]] = {
    0: _info, 1: _timed, 2: _daily, 3: _error, 4: _first_start, 5: _second_start, 6: _timed, 7: _timed, 8: _timed,
}  # fmt: skip
_BY_TYPE_OF_V1: dict[int, Callable[[bytes], dict[str, object]]] = {
    0: lambda data: _axes(data, 4),
    3: lambda data: {**_errors(data), **_axes(data, 5)},
    4: lambda data: {**_axes(data, 4), "battery_level": unsigned(data, 10, 2)},
    5: _second_start,
}
