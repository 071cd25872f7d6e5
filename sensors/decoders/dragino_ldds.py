"""Dragino distance sensors: LDDS75, LDDS45, LDDS20 (ultrasonic; the newer DDS75-LB, DDS45-LB, DDS20-LB), LDDS04 (four
probes; DDS04-LB) and LLDS12 (LiDAR). Port 2 measures; 3 has stored readings and 5 the device's own state, nothing about
the bay now.

| device          | bytes                                                                                          |
|-----------------|------------------------------------------------------------------------------------------------|
| LDDS75, 45, 20  | b0-b1 bits 13-0: millivolts; b2-b3: distance, mm: 0 no sensor, 20 invalid; b4: interrupt;         |
|                 | b5-b6: degrees Celsius x 10, signed; b7: 1, a sensor was found. Four bytes: no sensor             |
| DDS75-LB        | b0 bit 4, 14 bytes or more: b8 on many distances, taken in a row: nothing about the bay now       |
| LDDS75 older    | five bytes: b0-b3 as above, b4 interrupt                                                         |
| LDDS04          | b0 bit 7: interrupt; b0-b1 bits 13-0: millivolts; b2-b9: four distances, mm; b10: message type    |
| LLDS12          | b0-b1 bits 13-0: millivolts; b2-b3: degrees x 10, signed; b4-b5: distance, mm; b6-b7: signal;     |
|                 | b8: interrupt; b9: LiDAR's degrees, signed; b10: message type                                    |

Message type 1 is a measurement, 2 an answer to a command: its bytes are settings. A LiDAR's distance is worth something
where its signal is above 100 and not 65535, which is too bright: the maker's manual says so.

The four probes of an LDDS04 are named ``device/1`` on. Source: TheThingsNetwork/lorawan-devices,
vendor/dragino/ldds75.js, ldds20-114.js, dds45-lb.js, ldds04.js, llds12.js (Apache-2.0); the maker's own in
dragino/dragino-end-node-decoder. The decoder of five bytes
tells the battery's millivolts as the distance; here b2-b3 is read, as in all others.
"""

from datetime import timedelta

from sensors.decoders import WALKED_PAST, Decoded, Distance, Sight, model, need, signed, unsigned
from sensors.reading import NotUnderstoodError

_DAY = timedelta(hours=26)
_NO_SENSOR, _INVALID = 0, 20
_LOW_BATTERY_MV = 2600
_ANSWER = 2
_MANY, _LEAST_OF_MANY = 0x10, 14
_ABOUT_ITSELF = {3: "stored readings", 5: "device information"}
_TOO_WEAK, _TOO_BRIGHT = 100, 65_535


@model(
    "dragino_ldds",
    watchdog=_DAY,
    debounce=WALKED_PAST,
    called=(
        "dragino/ldds75", "dragino/ldds45", "dragino/ldds20", "dragino/dds75-lb", "dragino/dds45-lb",
        "dragino/dds20-lb", "LDDS75", "LDDS45", "LDDS20", "DDS75-LB", "DDS45-LB", "DDS20-LB",
    ),
)  # fmt: skip
def decode_ldds(port: int, data: bytes) -> Decoded:
    """Decode one uplink of an LDDS75, LDDS45 or LDDS20. Raises NotUnderstoodError."""
    if port in _ABOUT_ITSELF:
        return Decoded(_ABOUT_ITSELF[port])
    _check(port, data, 4)
    if len(data) >= _LEAST_OF_MANY and not len(data) % 2 and data[0] & _MANY:
        return Decoded("many distances", battery=f"{(_millivolts(data) & 0xFFF) / 1000:.2f} V")
    if len(data) not in (4, 5, 8):
        raise NotUnderstoodError(f"a distance message of a Dragino LDDS has 4, 5 or 8 bytes, this one has {len(data)}")
    if len(data) == 4:
        return _decoded(data, Distance(None), {"distance": "No Sensor"}, is_fault=True)
    distance = unsigned(data, 2, 2)
    shown = {_NO_SENSOR: "No Sensor", _INVALID: "Invalid Reading"}.get(distance, f"{distance} mm")
    values: dict[str, object] = {"Bat": _millivolts(data) / 1000, "Distance": shown, "Interrupt_flag": data[4]}
    if len(data) == 8:
        values |= {"TempC_DS18B20": f"{signed(data, 5, 2) / 10:.2f}", "Sensor_flag": data[7]}
    sight = Distance(None if distance in (_NO_SENSOR, _INVALID) else distance)
    return _decoded(data, sight, values, is_fault=distance == _NO_SENSOR)


@model(
    "dragino_ldds04",
    watchdog=_DAY,
    called=("dragino/ldds04", "dragino/dds04-lb", "LDDS04", "DDS04-LB"),
    debounce=WALKED_PAST,
)
def decode_ldds04(port: int, data: bytes) -> Decoded:
    """Decode one uplink of an LDDS04. Raises NotUnderstoodError."""
    if port in _ABOUT_ITSELF:
        return Decoded(_ABOUT_ITSELF[port])
    _check(port, data, 11)
    if data[10] == _ANSWER:
        return Decoded("configuration")
    distances = [unsigned(data, start, 2) for start in (2, 4, 6, 8)]
    values: dict[str, object] = {
        "BatV": _millivolts(data) / 1000,
        "EXTI_Trigger": "TRUE" if data[0] & 128 else "FALSE",
        **{f"distance{number}_cm": mm / 10 for number, mm in enumerate(distances, 1)},
        "mes_type": data[10],
    }
    parts: dict[str, Sight] = {str(number): Distance(mm or None) for number, mm in enumerate(distances, 1)}
    return _decoded(data, None, values, parts=parts)


@model("dragino_llds12", watchdog=_DAY, called=("dragino/llds12", "LLDS12"), debounce=WALKED_PAST)
def decode_llds12(port: int, data: bytes) -> Decoded:
    """Decode one uplink of an LLDS12. Raises NotUnderstoodError."""
    if port in _ABOUT_ITSELF:
        return Decoded(_ABOUT_ITSELF[port])
    _check(port, data, 11)
    if data[10] == _ANSWER:
        return Decoded("configuration")
    distance, signal = unsigned(data, 4, 2), unsigned(data, 6, 2)
    values: dict[str, object] = {
        "Bat": _millivolts(data) / 1000,
        "TempC_DS18B20": f"{signed(data, 2, 2) / 10:.2f}",
        "Lidar_distance": distance / 10,
        "Lidar_signal": signal,
        "Message_type": data[10],
        "Interrupt_flag": data[8],
        "Lidar_temp": signed(data, 9),
    }
    is_sure = distance > 0 and _TOO_WEAK < signal < _TOO_BRIGHT
    return _decoded(data, Distance(distance if is_sure else None), values)


def _check(port: int, data: bytes, count: int) -> None:
    if port != 2:
        raise NotUnderstoodError(f"a Dragino distance sensor sends nothing on port {port}")
    need(data, count, "distance")


def _millivolts(data: bytes) -> int:
    return unsigned(data, 0, 2) & 0x3FFF


def _decoded(
    data: bytes, sight: Sight | None, values: dict[str, object], *, is_fault: bool = False,
    parts: dict[str, Sight] | None = None,
) -> Decoded:  # fmt: skip
    millivolts = _millivolts(data)
    quality = (*(("fault",) if is_fault else ()), *(("low_battery",) if millivolts < _LOW_BATTERY_MV else ()))
    battery = f"{millivolts / 1000:.2f} V"
    return Decoded("distance", sight, battery, values, parts or {}, quality=quality)
