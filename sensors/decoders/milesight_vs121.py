"""Milesight VS121, a camera that counts in up to sixteen regions: each region may be a bay, named ``device/1`` on.

| channel, type | value                                                                                    |
|---------------|------------------------------------------------------------------------------------------|
| 04 C9         | count in all; number of regions; two bytes, bit n-1: region n is taken                     |
| 05 CC         | in, out; 0D CC: totals of both; 06 CD: most at a time; 0F 85: its clock                    |
| 07 D5, 08 D5  | counts of regions 1-8 and 9-16, a byte each                                                |
| 09-0C DA, 0E E4, 10 F7 | flows, dwell times, a line's in and out: nothing about a bay                      |

The Things Network's decoder takes a region for taken where its number is below the bits (``region > index``); so does
``values``, after its name, and ``parts`` reads the bits, as ThingsBoard's does. Sources: TheThingsNetwork/
lorawan-devices, vendor/milesight-iot/vs121.js; thingsboard/data-converters, VENDORS/Milesight/VS121 (Apache-2.0).
"""

from datetime import timedelta

from sensors.decoders import DRIVEN_PAST, Decoded, Occupancy, Sight, model
from sensors.decoders._milesight import Parts, parts

_MOST_REGIONS = 16


def _regions(value: bytes) -> dict[str, object]:
    bits, count = int.from_bytes(value[2:4]), min(value[1], _MOST_REGIONS)
    regions = [{"index": index, "count": int(bits > index) & 1} for index in range(count)]
    taken = {str(index + 1): bits >> index & 1 for index in range(count)}
    return {"people_counter_all": value[0], "region_count": value[1], "regions": regions, "taken": taken}


def _counts(value: bytes, first: int) -> dict[str, object]:
    return {f"counts_{first}": {str(first + index): count for index, count in enumerate(value)}}


_TAKEN = (0x04, 0xC9)
_KNOWN: Parts = {
    _TAKEN: (4, _regions),
    (0x05, 0xCC): (4, lambda _: {}),
    (0x0D, 0xCC): (4, lambda _: {}),
    (0x06, 0xCD): (1, lambda _: {}),
    (0x07, 0xD5): (8, lambda value: _counts(value, 1)),
    (0x08, 0xD5): (8, lambda value: _counts(value, 9)),
    (0x09, 0xDA): (8, lambda _: {}),
    (0x0A, 0xDA): (8, lambda _: {}),
    (0x0B, 0xDA): (8, lambda _: {}),
    (0x0C, 0xDA): (8, lambda _: {}),
    (0x0E, 0xE4): (5, lambda _: {}),
    (0x0F, 0x85): (4, lambda _: {}),
    (0x10, 0xF7): (4, lambda _: {}),
}


@model("milesight_vs121", watchdog=timedelta(hours=2), called=("milesight-iot/vs121", "VS121"), debounce=DRIVEN_PAST)
def decode(port: int, data: bytes) -> Decoded:
    """Decode one uplink. Raises NotUnderstoodError."""
    values: dict[str, object] = {}
    regions = _MOST_REGIONS
    for key, value in parts(port, data, _KNOWN, "VS121"):
        values |= _KNOWN[key][1](value) if key in _KNOWN else {}
        regions = value[1] if key == _TAKEN else regions
    counts: dict[str, int] = {}
    for name in ("taken", "counts_1", "counts_9"):
        found = values.pop(name, {})
        counts |= found if isinstance(found, dict) else {}
    sights: dict[str, Sight] = {
        region: Occupancy(count > 0, edge=False) for region, count in counts.items() if int(region) <= regions
    }
    return Decoded("regions", values=values, parts=sights)
