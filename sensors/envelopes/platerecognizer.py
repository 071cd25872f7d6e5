"""Plate Recognizer Stream, by HTTP: ``{"data": {camera_id, timestamp, results: [{plate, score, region: {code}}]}}``.

A plate that is seen says nothing of when the bay is free, so it is no occupancy. Source: Plate Recognizer, "Stream,
Webhooks and Outputs".
"""

from typing import Any

import msgspec

from sensors.camera import plate_read
from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, sensor_id

_MOST = 50


class _Region(msgspec.Struct):
    code: str = ""


class _Result(msgspec.Struct):
    plate: Any = ""
    score: float = 0.0
    region: _Region | None = None


class _Data(msgspec.Struct):
    camera_id: str
    timestamp: str
    results: list[_Result] = []


class _Hook(msgspec.Struct):
    data: _Data


_decode = msgspec.json.Decoder(_Hook).decode


def read(message: Message, subscription: Subscription) -> Said:
    """The plates that were read. Raises NotUnderstoodError."""
    try:
        data = _decode(message.payload).data
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not a webhook of Plate Recognizer Stream: {error}") from error
    sensor, at = sensor_id(subscription.cameras.get(data.camera_id, data.camera_id)), moment(data.timestamp)
    if len(data.results) > _MOST:
        raise NotUnderstoodError(f"it has more than {_MOST} plates")
    plates = tuple(
        plate_read(
            message.seen_at,
            "http:platerecognizer",
            sensor,
            at,
            _plate(result),
            (result.region.code if result.region else "") or subscription.jurisdiction,
            100 * result.score,
            number,
        )
        for number, result in enumerate(data.results)
    )
    return Said(sensor, "platerecognizer", subscription.watchdog_of(None), None, plates=plates)


def _plate(result: _Result) -> str:
    """Vehicles without a readable plate come with other shapes here."""
    if isinstance(result.plate, str):
        return result.plate
    raise NotUnderstoodError("a plate is not a text")
