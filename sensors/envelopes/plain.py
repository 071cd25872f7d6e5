"""Plain messages: JSON, or a bare word, on a topic that names the sensor; or JSON that tells of many bays at once."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from sensors.mapping import Subscription
from sensors.reading import MOST_BAYS, Message, NotUnderstoodError, Said, Told, sensor_id
from sensors.simple import json_or_word, own_time, tell


def read(message: Message, subscription: Subscription) -> Told:
    """What the message says. Raises NotUnderstoodError."""
    device = subscription.topic.device(message.topic) or ""
    may_be_word = subscription.each is None and not subscription.value.steps
    body = json_or_word(message.payload, may_be_word=may_be_word)
    if subscription.each is None:
        return _of_one(message, subscription, sensor_id(device), body, body)
    found = _elements(body, subscription)
    if found and not any(name for name, _ in found):
        raise NotUnderstoodError(f"nothing that stands at `{subscription.each.text}` has a name")
    # Where one stands there twice, the last counts.
    bays = {f"{device}/{name}" if device else name: element for name, element in found if name}
    return tuple(_of_many(message, subscription, bays, body))


def _elements(body: object, subscription: Subscription) -> list[tuple[str, object]]:
    """What is said of each bay, by its name; "" where it has none."""
    each, name = subscription.each, subscription.name
    found = each.find(body) if each else None
    if not isinstance(found, list | dict):
        raise NotUnderstoodError(f"what stands at `{each.text if each else ''}` is neither a list nor an object")
    if len(found) > MOST_BAYS:
        raise NotUnderstoodError(f"it has more than {MOST_BAYS} bays")
    if name is not None:
        return [
            (_text(name.find(element)), element) for element in (found.values() if isinstance(found, dict) else found)
        ]
    if isinstance(found, list):
        raise NotUnderstoodError("in a list bays have names only where the mapping's `name` says where they stand")
    return list(found.items())


def _text(name: object) -> str:
    return str(name) if isinstance(name, int | str) and not isinstance(name, bool) else ""


def _of_many(message: Message, subscription: Subscription, bays: dict[str, object], body: object) -> Iterator[Said]:
    """What one bay says and nobody understands holds up no other: of it nothing is known. Raises NotUnderstoodError."""
    why: NotUnderstoodError | None = None
    has_told = False
    for name, element in bays.items():
        try:
            yield _of_one(message, subscription, sensor_id(name), element, body)
            has_told = True
        except NotUnderstoodError as error:
            why = error
            if len(bays) > 1:
                with suppress(NotUnderstoodError):  # nor what it is called, or when it was
                    at = _timed(own_time(body, subscription), message)
                    yield tell(message, subscription, sensor_id(name), None, at=at, quality=("fault",))
                    has_told = True
    if why is not None and not has_told:
        raise why


def _of_one(message: Message, subscription: Subscription, sensor: str, part: object, body: object) -> Said:
    """What ``part`` of the message says of a sensor; its time may stand around it, and whether it is a change."""
    value = subscription.value.find(part)
    if value is None:
        raise NotUnderstoodError(f"there is no value at `{subscription.value.text}`")
    sight = subscription.sight(value, edge=False)
    at = _timed(own_time(part, subscription) or own_time(body, subscription), message)
    # Without a time, only a message that we heard as it was sent can tell *when* something changed.
    timely = at is not None or (message.live and subscription.time is None)
    battery = subscription.battery.find(part) if subscription.battery else None
    edge = timely and (subscription.edge.is_edge(part) or subscription.edge.is_edge(body))
    return tell(message, subscription, sensor, sight, at=at, edge=edge, battery=battery)


def _timed(at: datetime | None, message: Message) -> datetime | None:
    if at is None and message.retained:
        raise NotUnderstoodError("a retained message without a time of its own does not tell when it was true")
    return at
