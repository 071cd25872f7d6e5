"""Plate Recognizer Stream, by HTTP: ``{"hook": {event}, "data": {camera_id, timestamp, results: [...]}}``.

A result has a plate in one of two shapes: ``{plate, score, region: {code}}``, or, where vehicles are detected first
(``detection_mode = vehicle``), ``{plate: {props: {plate: [{value, score}], region: [{value}]}}}``, best first, and
``plate: null`` for a vehicle whose plate nobody could read. A plate that is seen says nothing of when the bay is free,
so it is no occupancy. Source: Plate Recognizer, "Stream, Webhooks and Outputs".
"""

import msgspec

from ledger.plates import PlateRead
from sensors.camera import plate_read
from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, sensor_id

_MOST = 50
_RECOGNITION = "recognition"


class _Region(msgspec.Struct):
    code: str = ""


class _Value(msgspec.Struct):
    value: str = ""
    score: float = 0.0


class _Props(msgspec.Struct):
    plate: list[_Value] = []
    region: list[_Value] = []


class _Plate(msgspec.Struct):
    props: _Props


class _Result(msgspec.Struct):
    plate: str | _Plate | None = None
    score: float | None = None
    region: _Region | None = None


class _Data(msgspec.Struct):
    camera_id: str
    timestamp: str
    results: list[_Result] = []


class _About(msgspec.Struct):
    event: str = _RECOGNITION


class _Hook(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw()
    hook: _About = msgspec.field(default_factory=_About)


_decode = msgspec.json.Decoder(_Hook).decode
_decode_data = msgspec.json.Decoder(_Data).decode


def read(message: Message, subscription: Subscription) -> Said | None:
    """The plates that were read; None for its other events (heartbeats, videos). Raises NotUnderstoodError."""
    try:
        hook = _decode(message.payload)
        if hook.hook.event != _RECOGNITION:
            return None
        data = _decode_data(hook.data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not a webhook of Plate Recognizer Stream: {error}") from error
    if len(data.results) > _MOST:
        raise NotUnderstoodError(f"it has more than {_MOST} plates")
    sensor = sensor_id(subscription.cameras.get(data.camera_id, data.camera_id))
    at = moment(data.timestamp)

    def seen(number: int, plate: _Value, region: str) -> PlateRead:
        told = region or subscription.jurisdiction
        source = "http:platerecognizer"
        return plate_read(message.seen_at, source, sensor, at, plate.value, told, 100 * plate.score, number)

    found = [(number, _best(result)) for number, result in enumerate(data.results)]
    plates = tuple(seen(number, *best) for number, best in found if best is not None)
    return Said(sensor, "platerecognizer", subscription.watchdog_of(None), None, plates=plates)


def _best(result: _Result) -> tuple[_Value, str] | None:
    """The surest plate of a vehicle and who issued it; None where nobody could read one."""
    plate = result.plate
    if isinstance(plate, str):
        return (_Value(plate, result.score or 0.0), result.region.code if result.region else "") if plate else None
    if plate is None or not plate.props.plate:
        return None
    region = plate.props.region
    return plate.props.plate[0], region[0].value if region else ""
