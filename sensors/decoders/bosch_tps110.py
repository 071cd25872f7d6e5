"""Bosch TPS110 parking lot sensor, firmware 0.23 and 0.29.

| port | message   | bytes                                                                             |
|------|-----------|-----------------------------------------------------------------------------------|
| 1    | status    | b0 bit 0: occupied; sent on change                                                |
| 2    | heartbeat | b0 bit 0: occupied; b1, from firmware 0.29: temperature, degrees Celsius, signed  |
| 3    | startup   | b0-b11: three debug codes, each 12 bits, little endian, in four bytes;            |
|      |           | b12.b13.b14: firmware; b15: reset cause; b16 bit 0: occupied                      |
| 4-6  |           | device information, usage, debug: nothing about the bay                           |

One heartbeat a day. Source: TheThingsNetwork/lorawan-devices, vendor/bosch/tpl110-0292.js (Apache-2.0).
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need
from sensors.reading import NotUnderstoodError

_RESET_CAUSES = {1: "watchdog", 2: "power on", 3: "system request", 4: "other"}
_ABOUT_ITSELF = {4: "device information", 5: "device usage", 6: "debug"}


# Two heartbeats may be lost before the sensor counts as silent.
@model(
    "bosch_tps110",
    watchdog=timedelta(hours=50),
    called=("bosch/tps110", "bosch/tps110-0233", "bosch/tps110-0292", "Bosch TPS110", "TPS110"),
)
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port == 1:
        need(data, 1, "status")
        return Decoded("parking status", Occupancy(bool(data[0] & 1), edge=True))
    if port == 2:
        need(data, 1, "heartbeat")
        values = {"temperature": int.from_bytes(data[1:2], signed=True)} if len(data) > 1 else {}
        return Decoded("heartbeat", Occupancy(bool(data[0] & 1), edge=False), values=values)
    if port == 3:
        return _startup(data)
    if port in _ABOUT_ITSELF:
        return Decoded(_ABOUT_ITSELF[port])
    raise NotUnderstoodError(f"a Bosch TPS110 sends nothing on port {port}")


def _startup(data: bytes) -> Decoded:
    need(data, 17, "startup")
    codes = [int.from_bytes(data[start : start + 2], "little") & 0xFFF for start in (0, 4, 8)]
    values = {
        "debugCodes": [code for code in codes if code],
        "firmwareVersion": f"{data[12]}.{data[13]}.{data[14]}",
        "resetCause": _RESET_CAUSES.get(data[15]),
    }
    return Decoded("startup", Occupancy(bool(data[16] & 1), edge=False), values=values, quality=("restarted",))
