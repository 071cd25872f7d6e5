"""Nwave NPS405 SM and FM (G4) parking sensors.

| port | message      | bytes                                                                          |
|------|--------------|--------------------------------------------------------------------------------|
| 1    | status       | b0 bit 0: occupied; bits 1-7: how long the state before lasted; sent on change |
| 2    | heartbeat    | b0 bit 0: occupied, bits 1-7: hardware health, 0 is good;                      |
|      |              | b1: 2500 + 4 x b1 mV; b2: b2 / 2 + 10 degrees Celsius, signed                  |
| 3    | startup      | b0.b1.b2: firmware; b3: reset cause; b4 bit 0: occupied                        |
| 6    | debug        | nothing about the bay                                                          |
| 10   | registration | b0 bit 0: a vehicle is there, else nothing about the bay; bits 1-7 as in       |
|      |              | status; b1: volts x 10 of the tag, b2-b5: the tag; older: b1-b4: the tag        |

The duration in minutes: below 90 as it is; 90-119 in steps of 5 from 90; 120-126 in hours from 4; 127: 11 hours or
more. Source: TheThingsNetwork/lorawan-devices, vendor/nwave/nps405.js (Apache-2.0). That decoder masks hardware health
with 0x7F, which holds the occupied bit; here it is the seven bits beside it.
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need
from sensors.reading import NotUnderstoodError

_RESET_CAUSES = {
    0: "rejoining_lorawan_network", 1: "watchdog", 2: "power_on", 3: "user_request", 6: "brownout", 7: "other",
}  # fmt: skip


@model(
    "nwave_nps405",
    watchdog=timedelta(hours=26),
    called=("nwave/nps405", "nwave/nps405sm", "nwave/nps405fm", "Nwave NPS405", "NPS405"),
)
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port == 1:
        need(data, 1, "status")
        before = _before(data[0] >> 1)
        return Decoded("parking_status", _changed(bool(data[0] & 1), before), values=before)
    if port == 2:
        return _heartbeat(data)
    if port == 3:
        need(data, 5, "startup")
        version = f"{data[0]}.{data[1]}.{data[2]}"
        values = {"firmware_version": version, "reset_cause": _RESET_CAUSES.get(data[3])}
        occupancy = Occupancy(bool(data[4] & 1), edge=False)
        return Decoded("startup", occupancy, values=values, quality=("restarted",))
    if port == 6:
        return Decoded("debug")
    if port == 10:
        return _registration(data)
    raise NotUnderstoodError(f"an Nwave NPS405 sends nothing on port {port}")


def _heartbeat(data: bytes) -> Decoded:
    need(data, 3, "heartbeat")
    millivolts, temperature = 2500 + 4 * data[1], int.from_bytes(data[2:3], signed=True) / 2 + 10
    low = 3000 if temperature >= -5 else 2900
    health = "normal" if millivolts >= low else "low" if millivolts >= low - 100 else "critical"
    values = {
        "battery_voltage": millivolts / 1000,
        "temperature": temperature,
        "battery_health": health,
        "hw_health_status": data[0] >> 1,
    }
    battery = f"{millivolts / 1000:.2f} V, {health}"
    quality = (*(("fault",) if data[0] >> 1 else ()), *(() if health == "normal" else ("low_battery",)))
    return Decoded("heartbeat", Occupancy(bool(data[0] & 1), edge=False), battery, values, quality=quality)


def _registration(data: bytes) -> Decoded:
    """A driver's tag was read. Which one is personal data and nothing that a sensor's fact may hold."""
    need(data, 5, "registration")
    if not data[0] & 1:
        return Decoded("user_registration")
    return Decoded("user_registration", Occupancy(occupied=True, edge=False), values=_before(data[0] >> 1))


def _changed(occupied: bool, before: dict[str, int | None]) -> Occupancy:
    minutes, error = before["previous_state_duration"], before["previous_state_duration_error"]
    lasted_error = None if error is None else timedelta(minutes=error)
    return Occupancy(occupied, edge=True, lasted=timedelta(minutes=minutes or 0), lasted_error=lasted_error)


def _before(code: int) -> dict[str, int | None]:
    """How long the state before lasted: minutes, by how many more it may have been, and whether it ran over."""
    if code < 90:
        minutes, error = code, 0
    elif code < 120:
        minutes, error = 90 + 5 * (code - 90), 4
    else:
        minutes, error = 240 + 60 * (code - 120), 59
    return {
        "previous_state_duration": minutes,
        "previous_state_duration_error": None if code == 127 else error,
        "previous_state_duration_overflow": code == 127,
    }
