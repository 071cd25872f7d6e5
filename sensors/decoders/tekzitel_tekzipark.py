"""Tekzitel TEKZIPARK: magnetometer and radar.

| port | bytes                                                                                              |
|------|----------------------------------------------------------------------------------------------------|
| 1    | b0 bit 7: occupied; bit 5: battery good; bit 4: obstruction; bit 3: radar; bit 2: no beacon;         |
|      | bit 1: reset; bit 0: keep-alive (else sent on change); b1: degrees Celsius, signed; b2: parking id;  |
|      | from b3 on, if there: beacon RSSI, signed, then beacons of two bytes                                 |
| 2    | the same b0-b2; b3-b5: deflection X Y Z; b6-b8: baseline X Y Z, all signed; b9: fault code;          |
|      | b10: obstruction; b11: reflection                                                                    |

Source: TheThingsNetwork/lorawan-devices, vendor/tekzitel/tekzipark.js (Apache-2.0).
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need, signed, unsigned
from sensors.reading import NotUnderstoodError

_BITS = ("keepAlive", "reset", "No_Beacon", "Radar", "Obstruction", "Good_Battery")
_AXES = ("Deflection_X", "Deflection_Y", "Deflection_Z", "Baseline_X", "Baseline_Y", "Baseline_Z")


@model("tekzitel_tekzipark", watchdog=timedelta(hours=26), called=("tekzitel/tekzipark", "TEKZIPARK"))
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port not in (1, 2):
        raise NotUnderstoodError(f"a Tekzitel TEKZIPARK sends nothing on port {port}")
    need(data, 3 if port == 1 else 12, "status" if port == 1 else "debug")
    values: dict[str, object] = {name: data[0] >> bit & 1 for bit, name in enumerate(_BITS)}
    values |= {"Temperature": signed(data, 1), "Parking_ID": data[2]}
    values |= _beacons(data) if port == 1 else _debug(data)
    is_fault = port == 2 and data[9] != 0
    words = {"restarted": data[0] & 2, "obstructed": values["Obstruction"], "fault": is_fault}
    words["low_battery"] = not data[0] & 32
    battery = "good" if data[0] & 32 else "low"
    occupancy = Occupancy(bool(data[0] & 128), edge=port == 1 and not data[0] & 3)
    return Decoded("status", occupancy, battery, values, quality=tuple(word for word, is_so in words.items() if is_so))


def _beacons(data: bytes) -> dict[str, object]:
    if len(data) < 4:
        return {}
    beacons = [unsigned(data, start, 2) for start in range(4, len(data) - 1, 2)]
    return {"Beacon_RSSI": signed(data, 3), "Beacons": beacons}


def _debug(data: bytes) -> dict[str, object]:
    axes = {name: signed(data, index) for index, name in enumerate(_AXES, 3)}
    return {**axes, "Fault_Code": data[9], "Obstruction": data[10], "D_Reflection": data[11]}
