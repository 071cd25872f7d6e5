"""Frigate: events of tracked objects, counts by zone, read plates, and whether it runs at all.

| topic below the prefix   | payload                                                                                  |
|--------------------------|------------------------------------------------------------------------------------------|
| events                   | {type: new, update, end; before, after: {camera, label, current_zones, frame_time, …}}    |
| tracked_object_update    | {type: "lpr", plate, score (0 to 1), camera, timestamp}                                  |
| {zone}/{label}           | how many are in the zone (``/active`` leaves parked cars out, and is not read)            |
| available                | online, offline, stopped                                                                 |
| {camera}/status/detect   | online, offline, disabled: of one camera                                                 |

Subscribe to ``frigate/#``. ``zones`` names those that are bays; each is a sensor by its name. A count tells what is, an
event when it changed; an object that is lost leaves its zone free, and the next count puts that right. Offline means
that nobody knows. Source: Frigate documentation, "MQTT".
"""

from collections.abc import Iterator, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from ledger.plates import PlateRead
from sensors.camera import plate_read
from sensors.decoders import Occupancy
from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, Told, sensor_id
from sensors.simple import json_or_word, tell

_VEHICLES = frozenset({"car", "truck", "bus", "motorcycle", "school_bus", "garbage_truck"})


class _Object(msgspec.Struct):
    id: str = ""
    camera: str = ""
    label: str = ""
    frame_time: float | None = None
    end_time: float | None = None
    current_zones: list[str] = []
    recognized_license_plate: Any = None
    recognized_license_plate_score: float | None = None


class _Event(msgspec.Struct):
    type: str
    before: _Object | None = None
    after: _Object | None = None
    plate: str = ""
    score: float | None = None
    camera: str = ""
    timestamp: float | None = None


_decode = msgspec.json.Decoder(_Event).decode


def read(message: Message, subscription: Subscription) -> Told:
    """What the message says of bays; None for all else. Raises NotUnderstoodError."""
    name = message.topic.removeprefix(subscription.topic.base)
    match name.split("/"):
        case ["events"]:
            return tuple(_event(_parsed(message), message, subscription))
        case ["tracked_object_update"]:
            return _update(_parsed(message), message, subscription)
        case ["available"]:
            return tuple(_available(subscription.zones, message, subscription))
        case [camera, "status", "detect"] if camera in subscription.cameras:
            return tuple(_available({subscription.cameras[camera]}, message, subscription))
        case [zone, label] if zone in subscription.zones and label in _VEHICLES:
            return _count(zone, message, subscription)
        case _:
            return None


def _parsed(message: Message) -> _Event:
    try:
        return _decode(message.payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not an event of Frigate: {error}") from error


def _event(event: _Event, message: Message, subscription: Subscription) -> Iterator[Said]:
    after = event.after
    if after is None or after.label not in _VEHICLES:
        return
    at = moment(after.end_time or after.frame_time)
    was = set(event.before.current_zones) if event.before and event.type != "new" else set()
    now = set() if event.type == "end" else set(after.current_zones)
    for zone in sorted((was | now) & subscription.zones):
        plates = _plates(after, zone, at, message, subscription) if zone in now else ()
        if (zone in was) != (zone in now):
            sight = Occupancy(zone in now, edge=True)
            told = tell(message, subscription, sensor_id(zone), sight, at=at, edge=True)
        else:
            told = Said(sensor_id(zone), "frigate", subscription.watchdog_of(None), None)
        if told.read is not None or plates:
            yield replace(told, plates=plates)


def _update(event: _Event, message: Message, subscription: Subscription) -> Said | None:
    if event.type != "lpr" or not event.plate or not event.camera:
        return None
    sensor = sensor_id(subscription.cameras.get(event.camera, event.camera))
    at = moment(event.timestamp)
    plate = plate_read(
        message.seen_at, "mqtt:frigate", sensor, at, event.plate, subscription.jurisdiction, 100 * (event.score or 0)
    )
    return Said(sensor, "frigate", subscription.watchdog_of(None), None, plates=(plate,))


def _available(sensors: Set[str], message: Message, subscription: Subscription) -> Iterator[Said]:
    state = json_or_word(message.payload, may_be_word=True)
    if state not in ("online", "offline", "stopped", "disabled"):
        raise NotUnderstoodError("it is either online or offline")
    if state == "online":
        return
    for sensor in sorted(sensors):
        yield tell(message, subscription, sensor_id(sensor), None, at=None, quality=("offline",))


def _count(zone: str, message: Message, subscription: Subscription) -> Said | None:
    count = json_or_word(message.payload, may_be_word=False)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise NotUnderstoodError("it is not a count of objects")
    if message.retained:
        return None  # nobody knows when it was true
    return tell(message, subscription, sensor_id(zone), Occupancy(count > 0, edge=False), at=None)


def _plates(
    seen: _Object, zone: str, at: datetime, message: Message, subscription: Subscription
) -> tuple[PlateRead, ...]:
    """Newer versions tell the plate as [text, score], older ones as a text beside its score."""
    told, score = seen.recognized_license_plate, seen.recognized_license_plate_score
    if isinstance(told, list) and len(told) == 2:
        told, score = told
    if not isinstance(told, str) or not told:
        return ()
    percent = 100 * score if isinstance(score, int | float) else 0
    sensor = sensor_id(zone)
    return (plate_read(message.seen_at, "mqtt:frigate", sensor, at, told, subscription.jurisdiction, percent),)
