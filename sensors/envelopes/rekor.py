"""Rekor Scout and OpenALPR, by HTTP: ``alpr_group`` with the best plate of a vehicle between two moments.

``is_parked``: it stood there in that time, which the camera saw at both ends. Other results (single frames, alerts) are
left: the group says the same once. Times are milliseconds since 1970. Source: Rekor, "Webhooks" and "JSON results".
"""

from dataclasses import replace

import msgspec

from sensors.camera import plate_read
from sensors.decoders import Occupancy
from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, Told, sensor_id
from sensors.simple import tell


class _Group(msgspec.Struct):
    data_type: str
    camera_id: int | str = ""
    epoch_start: int = 0
    epoch_end: int = 0
    best_plate_number: str = ""
    best_confidence: float = 0.0
    best_region: str = ""
    is_parked: bool = False


_decode = msgspec.json.Decoder(_Group).decode


def read(message: Message, subscription: Subscription) -> Told:
    """The plate and, for a parked vehicle, that it stood there; None for other results. Raises NotUnderstoodError."""
    try:
        group = _decode(message.payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not a result of Rekor or OpenALPR: {error}") from error
    if group.data_type != "alpr_group":
        return None
    camera = str(group.camera_id)
    sensor = sensor_id(subscription.cameras.get(camera, camera))
    moments = sorted({moment(group.epoch_start or group.epoch_end), moment(group.epoch_end or group.epoch_start)})
    region = group.best_region or subscription.jurisdiction
    plates = tuple(
        plate_read(
            message.seen_at, "http:rekor", sensor, at, group.best_plate_number, region, group.best_confidence, number
        )
        for number, at in enumerate(moments)
    )
    if not group.is_parked:
        return Said(sensor, "rekor", subscription.watchdog_of(None), None, plates=plates)
    stood = [tell(message, subscription, sensor, Occupancy(True, edge=False), at=at) for at in moments]
    return (replace(stood[0], plates=plates), *stood[1:])
