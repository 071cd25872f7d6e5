"""Nwave NPS310SM parking sensor, the generation before the NPS405.

| port | message   | bytes                                                      |
|------|-----------|------------------------------------------------------------|
| 1    | status    | b0 bit 0: occupied; sent on change                         |
| 2    | heartbeat | b0 bit 0: occupied                                         |
| 3    | startup   | b0.b1.b2: firmware; b3: reset cause; b4 bit 0: occupied    |
| 6    | debug     | nothing about the bay                                      |

Source: TheThingsNetwork/lorawan-devices, vendor/nwave/nps310sm.js (Apache-2.0).
"""

from datetime import timedelta

from sensors.decoders import Decoded, Occupancy, model, need
from sensors.reading import NotUnderstoodError

_RESET_CAUSES = {1: "watchdog", 2: "power_on", 3: "user_request", 4: "brownout", 5: "other"}


@model(
    "nwave_nps310",
    watchdog=timedelta(hours=26),
    called=("nwave/nps310sm", "Nwave NPS310SM", "NPS310SM"),
)
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    if port in (1, 2):
        kind = "parking_status" if port == 1 else "heartbeat"
        need(data, 1, kind)
        return Decoded(kind, Occupancy(bool(data[0] & 1), edge=port == 1))
    if port == 3:
        need(data, 5, "startup")
        version = f"{data[0]}.{data[1]}.{data[2]}"
        values = {"firmware_version": version, "reset_cause": _RESET_CAUSES.get(data[3])}
        occupancy = Occupancy(bool(data[4] & 1), edge=False)
        return Decoded("startup", occupancy, values=values, quality=("restarted",))
    if port == 6:
        return Decoded("debug")
    raise NotUnderstoodError(f"an Nwave NPS310SM sends nothing on port {port}")
