"""MQTT PUBLISH packets of the usual kind, taken out of what a socket gave, many at once.

Usual is what sensors are heard by all day: QoS 1, no properties, a topic that is UTF-8. All else is left to paho,
broken packets too. See MQTT 3.1.1 and 5.0, 2.1 (fixed header), 1.5.5 (variable byte integer) and 3.3 (PUBLISH).
"""

import struct
from typing import NamedTuple

# PUBLISH with QoS 1; whether it was sent before (DUP) and whether it was retained may be either.
_PUBLISH_QOS_1, _EITHER, _RETAIN = 0x32, 0x09, 0x01
_LAST_OF_BYTE = 127
_NUMBER = struct.Struct("!H").unpack_from


class Usual(NamedTuple):
    """What such a packet holds. ``mid``: the number by which it is acknowledged."""

    topic: str
    payload: bytes
    mid: int
    retained: bool


def usual(read: bytes, start: int, most: int, *, is_5: bool) -> tuple[list[Usual], int]:
    """The usual messages whole in ``read`` from ``start`` on, at most so many, and where the next packet begins.

    Ends before the first packet that is not one. ``is_5``: the connection speaks MQTT 5, where properties may follow.
    """
    found: list[Usual] = []
    try:
        while len(found) < most and (one := _one(read, start, is_5)) is not None:
            message, start = one
            found.append(message)
    except (IndexError, struct.error, UnicodeDecodeError):
        pass  # cut off, or broken
    return found, start


def _one(read: bytes, start: int, is_5: bool) -> tuple[Usual, int] | None:
    command, length, name = read[start], read[start + 1], start + 2
    if command & ~_EITHER != _PUBLISH_QOS_1:
        return None
    if length > _LAST_OF_BYTE:
        if read[name] > _LAST_OF_BYTE:
            return None  # 16 KiB at least
        length += (read[name] - 1) << 7
        name += 1
    end = name + length
    number = name + 2 + _NUMBER(read, name)[0]
    payload = number + 2 + is_5
    has_properties = is_5 and read[payload - 1] != 0
    if has_properties or payload > end or end > len(read) or number == name + 2:
        return None
    message = Usual(
        read[name + 2 : number].decode(), read[payload:end], _NUMBER(read, number)[0], bool(command & _RETAIN)
    )
    return message, end
