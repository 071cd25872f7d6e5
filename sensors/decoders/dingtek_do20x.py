"""Dingtek DO200 (ultrasonic and magnetic), DO201 (the same with temperature) and DO202 (magnetic).

| port | bytes                                                                                                   |
|------|---------------------------------------------------------------------------------------------------------|
| 3    | b0-b2: 80 00 and the model (02, 03: DO200, DO201 and DO202); b3: packet type, 01 data and 02 alarm: 03     |
|      | parameters; b4: length; b5-b6: level, mm; b7 high half: park alarm (a vehicle), low half: level alarm;    |
|      | b8 high half: magnet alarm, low half: battery alarm; b9-b10: volts x 100; b11-b16: magnetic X Y Z, signed;|
|      | 23 bytes (DO201, DO202): b17: degrees Celsius, signed; b18: humidity %; b19-b20: frame counter;           |
|      | 21 bytes (DO200): b17-b18: frame counter; last byte 81                                                    |

A parameters message has 16 bytes with b3 = 03. The level and
magnet alarms are what the park alarm rests on: a vehicle raises them. Source:
TheThingsNetwork/lorawan-devices, vendor/dingtek/do201.js and the examples of do200 and do202 (Apache-2.0).
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need, signed, unsigned
from sensors.reading import NotUnderstoodError


@model(
    "dingtek_do20x",
    watchdog=timedelta(hours=50),
    called=("dingtek/do200", "dingtek/do201", "dingtek/do202", "DO200", "DO201", "DO202"),
)
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port != 3:
        raise NotUnderstoodError(f"a Dingtek DO20x sends nothing on port {port}")
    need(data, 16, "Dingtek")
    if data[3] == 3:
        return Decoded("parameters", values={"firmware": f"{data[5]}.{data[6]}"})
    if len(data) not in (21, 23):
        raise NotUnderstoodError(f"a data message of a Dingtek DO20x has 21 or 23 bytes, this one has {len(data)}")
    values = _values(data)
    quality = ("low_battery",) if values["alarmBattery"] else ()
    volts = unsigned(data, 9, 2) / 100
    # Data comes at intervals, an alarm at the change.
    return Decoded(
        "data", Occupancy(data[7] >> 4 != 0, edge=data[3] == 2), f"{volts:.2f} V", values, quality=quality
    )  # fmt: skip


def _values(data: bytes) -> dict[str, object]:
    values: dict[str, object] = {
        "level": unsigned(data, 5, 2),
        "volt": unsigned(data, 9, 2) / 100,
        "alarmPark": data[7] >> 4 != 0,
        "alarmLevel": data[7] & 15 != 0,
        "alarmMagnet": data[8] >> 4 != 0,
        "alarmBattery": data[8] & 15 != 0,
        "xMagnet": signed(data, 11, 2),
        "yMagnet": signed(data, 13, 2),
        "zMagnet": signed(data, 15, 2),
    }
    if len(data) == 21:
        return {**values, "frameCounter": unsigned(data, 17, 2)}
    more = {"temperature": signed(data, 17), "humidity": data[18], "frameCounter": unsigned(data, 19, 2)}
    return {**values, **more}
