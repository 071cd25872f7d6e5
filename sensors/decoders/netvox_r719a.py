"""Netvox R719A parking sensor.

| port | message       | bytes                                                                                 |
|------|---------------|---------------------------------------------------------------------------------------|
| 6    | startup       | b0: 01; b1: 59; b2: 00; b3: software x 10; b4: hardware; b5-b8: date, as digits          |
| 6    | status        | b0: 01; b1: 59; b2: 01; b3: volts x 10, bit 7: low battery; b4: 1 a car is there, 0 none |
| 7    | configuration | b0: 81 or 82: an answer; nothing about the bay                                         |

It reports at intervals and at a change, and does not tell which. Source: TheThingsNetwork/lorawan-devices,
vendor/netvox/payload/r719a.js (Apache-2.0).
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need, unsigned
from sensors.reading import NotUnderstoodError

_DEVICES = {0x59: "R719A", 0xAF: "R719B"}


@model("netvox_r719a", watchdog=timedelta(hours=26), called=("netvox/r719a", "R719A"))
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port not in (6, 7):
        raise NotUnderstoodError(f"a Netvox R719A sends nothing on port {port}")
    need(data, 5, "Netvox R719A")
    if data[1] not in _DEVICES:
        raise NotUnderstoodError(f"0x{data[1]:02x} is not the number of a Netvox R719A")
    if port == 7:
        return _configuration(data)
    if data[2] == 0:
        need(data, 9, "startup")
        values = {"Device": _DEVICES[data[1]], "SWver": data[3] / 10, "HWver": data[4], "Datecode": data[5:9].hex()}
        return Decoded("startup", values=values, quality=("restarted",))
    if data[2] != 1 or data[4] > 1:
        raise NotUnderstoodError(f"a Netvox R719A reports nothing of type {data[2]} with state {data[4]}")
    volts, is_low = (data[3] & 127) / 10, bool(data[3] & 128)
    values = {"Device": _DEVICES[data[1]], "Volt": f"{volts:g}(low battery)" if is_low else volts, "CarOnOff": data[4]}
    battery = f"{volts:.1f} V{', low' if is_low else ''}"
    quality = ("low_battery",) if is_low else ()
    return Decoded("status", Occupancy(data[4] == 1, edge=False), battery, values, quality=quality)


def _configuration(data: bytes) -> Decoded:
    values: dict[str, object] = {"Device": _DEVICES[data[1]]}
    if data[0] == 0x81:
        values |= {"Cmd": "ConfigReportRsp", "Status": "Failure" if data[2] else "Success"}
    elif data[0] == 0x82:
        need(data, 7, "configuration")
        times = {"MinTime": unsigned(data, 2, 2), "MaxTime": unsigned(data, 4, 2), "BatteryChange": data[6] / 10}
        values |= {"Cmd": "ReadConfigReportRsp", **times}
    return Decoded("configuration", values=values)
