"""PNI PlacePod, in-ground and surface: parts of channel, type and value, in any order, on any port.

| channel, type | value                                    |
|---------------|------------------------------------------|
| 01 01         | 1: recalibration went well               |
| 02 67         | degrees Celsius x 10, two bytes, signed  |
| 03 02         | volts x 100, two bytes                   |
| 05 00, 06 00  | error register, error state: 0 is good   |
| 05 01         | answer to a deactivation                 |
| 15 66         | status, 1: occupied; sent on change      |
| 1C 01         | answer to a deactivation                 |
| 21 00, 37 00  | vehicle count of a counter, its repeat   |
| 37 66         | keep-alive: the status again             |
| 3F 01         | reboot, 1: done                          |

Types are Cayenne's, whose sizes are known: a channel that is not is passed over. Where a status stands in it twice, the
last counts. Sources: ZennerIoT/element-parsers, lib/pni_placepods.ex (MIT), whose examples are the test vectors;
PNI-Cloud/PlacePod-Api, the maker's own, for errors, counts and the order.
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, signed, unsigned
from sensors.reading import NotUnderstoodError

_STATUS, _KEEP_ALIVE = 0x1566, 0x3766
# Of values, by Cayenne's type (Cayenne LPP 2.0).
_SIZES = {0x00: 1, 0x01: 1, 0x02: 2, 0x03: 2, 0x65: 2, 0x66: 1, 0x67: 2, 0x68: 1, 0x71: 6, 0x73: 2, 0x86: 6, 0x88: 9}
_PLAIN = {0x0101: "recalibrate_success", 0x0501: "deactivate_response", 0x1C01: "deactivate_response"}
_PLAIN |= {0x0500: "error_register", 0x0600: "error_state"}
_PLAIN |= {0x2100: "vehicle_count", 0x3700: "vehicle_count", 0x3F01: "reboot_response"}
_STATES = {0: "vacant", 1: "occupied"}


@model("pni_placepod", watchdog=timedelta(hours=26), called=("pni/placepod", "PNI PlacePod", "PlacePod"))
def decode(_port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError where nothing in it is known."""
    values: dict[str, object] = {}
    place, is_change = 0, False
    while place + 2 < len(data):
        key, size = unsigned(data, place, 2), _SIZES.get(data[place + 1])
        if size is None or place + 2 + size > len(data):
            break
        if key != _KEEP_ALIVE or not is_change:  # a status goes before a keep-alive
            values |= _value(key, data, place + 2)
        is_change |= key == _STATUS
        place += 2 + size
    if not values:
        raise NotUnderstoodError("nothing in it is of a PlacePod")
    if place < len(data):
        values["unparseable"] = data[place:].hex().upper()
    return Decoded(
        "placepod", _occupancy(values, is_change=is_change), _battery(values), values, quality=_quality(values)
    )


def _value(key: int, data: bytes, at: int) -> dict[str, object]:
    if key == 0x0267:
        return {"temperature": signed(data, at, 2) / 10}
    if key == 0x0302:
        return {"battery": unsigned(data, at, 2) / 100}
    if key in (_STATUS, _KEEP_ALIVE):
        state = {"parking_status": data[at], "parking_status_name": _STATES.get(data[at], "unknown")}
        return {"keep_alive": 1, **state} if key == _KEEP_ALIVE else state
    return {_PLAIN[key]: data[at]} if key in _PLAIN else {}


def _occupancy(values: dict[str, object], *, is_change: bool) -> Occupancy | None:
    status = values.get("parking_status")
    if not isinstance(status, int):
        return None
    return Occupancy({0: False, 1: True}.get(status), edge=is_change and status in _STATES)


def _battery(values: dict[str, object]) -> str | None:
    return f"{values['battery']} V" if "battery" in values else None


def _quality(values: dict[str, object]) -> tuple[str, ...]:
    words = {
        "not_calibrated": values.get("recalibrate_success") == 0,
        "restarted": "reboot_response" in values,
        "fault": bool(values.get("error_register") or values.get("error_state")),
    }
    return tuple(word for word, is_so in words.items() if is_so)
