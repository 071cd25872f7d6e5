"""Milesight distance sensors: EM310-UDL, EM400-UDL, EM400-MUD, EM400-TLD (ultrasonic, laser) and EM410-RDL (radar).

| device | channel, type | value                                                                             |
|--------|---------------|-----------------------------------------------------------------------------------|
| all    | 01 75         | battery, percent                                                                  |
| EM310  | 03 82         | distance, mm                                                                      |
| EM310  | 04 00         | position, 1: tilted                                                               |
| EM4xx  | 03 67         | degrees Celsius x 10, signed; 83 67: the same and an alarm byte                   |
| EM4xx  | 04 82         | distance, mm, signed (a calibrated radar's); 84 82: the same and an alarm byte    |
| EM4xx  | 05 00         | position, 1: tilted                                                               |
| EM410  | 06 C7         | radar signal, dB x 100, signed                                                    |
| EM410  | 94 82         | distance, change of it, alarm byte                                                |
| EM410  | B4 82         | distance or FFFD no target, FFFF sensor fault, FFFE disabled; exception byte      |

Two-byte values have the least significant byte first. Tilted, it measures something else than its bay; below zero
is no distance. 20 CE (stored readings) and F8, F9, FE, FF (answers) are no measurements. Sources:
TheThingsNetwork/lorawan-devices, vendor/milesight-iot/em310-udl.js, em400-mud.js, em410-rdl.js (Apache-2.0).
"""

from collections.abc import Mapping
from datetime import timedelta

from sensors.decoders import WALKED_PAST, Decoded, Distance, Sight, model
from sensors.decoders._milesight import RESET, Parts, little, parts

_NO_DISTANCE = {0xFFFD: "no target", 0xFFFF: "sensor exception", 0xFFFE: "disabled"}
_DAY = timedelta(hours=26)


def _distance(value: bytes) -> Mapping[str, object]:
    return {"distance": little(value)}


def _position(value: bytes) -> Mapping[str, object]:
    return {"position": "tilt" if value[0] else "normal"}


def _exception(value: bytes) -> Mapping[str, object]:
    told = little(value)
    if told in _NO_DISTANCE:
        return {"distance_exception": _NO_DISTANCE[told]}
    return {"distance": little(value, is_signed=True)}


_EM310: Parts = {
    (0x01, 0x75): (1, lambda value: {"battery": value[0]}),
    (0x03, 0x82): (2, _distance),
    (0x04, 0x00): (1, _position),
}
_EM4XX: Parts = {
    (0x01, 0x75): (1, lambda value: {"battery": value[0]}),
    (0x03, 0x67): (2, lambda value: {"temperature": little(value, is_signed=True) / 10}),
    (0x83, 0x67): (
        3,
        lambda value: {"temperature": little(value, is_signed=True) / 10, "temperature_abnormal": value[2] != 0},
    ),
    (0x04, 0x82): (2, _exception),
    (0x84, 0x82): (3, lambda value: {**_exception(value), "distance_alarming": value[2] != 0}),
    (0x05, 0x00): (1, _position),
    (0x06, 0xC7): (2, lambda value: {"radar_signal_rssi": little(value, is_signed=True) / 100}),
    (0x94, 0x82): (5, _exception),
    (0xB4, 0x82): (3, _exception),
}


@model("milesight_em310", watchdog=_DAY, called=("milesight-iot/em310-udl", "EM310-UDL"), debounce=WALKED_PAST)
def decode_em310(port: int, data: bytes) -> Decoded:
    """Decode one uplink of an EM310-UDL. Raises NotUnderstoodError."""
    return _decode(port, data, _EM310, "EM310")


@model(
    "milesight_em400",
    watchdog=_DAY,
    debounce=WALKED_PAST,
    called=(
        "milesight-iot/em400-udl", "milesight-iot/em400-mud", "milesight-iot/em400-tld", "EM400-UDL", "EM400-MUD",
        "EM400-TLD",
    ),
)  # fmt: skip
def decode_em400(port: int, data: bytes) -> Decoded:
    """Decode one uplink of an EM400. Raises NotUnderstoodError."""
    return _decode(port, data, _EM4XX, "EM400")


@model("milesight_em410", watchdog=_DAY, called=("milesight-iot/em410-rdl", "EM410-RDL"), debounce=WALKED_PAST)
def decode_em410(port: int, data: bytes) -> Decoded:
    """Decode one uplink of an EM410-RDL. Raises NotUnderstoodError."""
    return _decode(port, data, _EM4XX, "EM410")


def _decode(port: int, data: bytes, known: Parts, device: str) -> Decoded:
    values: dict[str, object] = {}
    quality: list[str] = []
    for key, value in parts(port, data, known, device):
        if key in known:
            values |= known[key][1](value)
        elif key == RESET:
            quality.append("restarted")
    quality += ["tilt"] if values.get("position") == "tilt" else []
    quality += ["fault"] if values.get("distance_exception") == "sensor exception" else []
    battery = values.get("battery")
    quality += ["low_battery"] if isinstance(battery, int) and battery < 10 else []
    shown = None if battery is None else f"{battery} %"
    return Decoded("measurement", _sight(values), shown, values, quality=tuple(quality))


def _sight(values: Mapping[str, object]) -> Sight | None:
    if "distance_exception" in values:
        return Distance(None)
    distance = values.get("distance")
    return Distance(distance if distance >= 0 else None) if isinstance(distance, int) else None
