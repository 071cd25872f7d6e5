"""Plain messages: JSON, or a bare word, on a topic that names the sensor."""

from datetime import datetime

import msgspec

from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, battery_text, occupancy, sensor_id

_WORDS = {True: "occupied", False: "free", None: "unknown"}


def read(message: Message, subscription: Subscription) -> Said:
    """What the message says. Raises NotUnderstoodError.

    A message with a time of its own is told by it: the same device, time and value is the same fact. Without one, a
    redelivery can't be told from a repetition; the second in which it came stands in, so that of a redelivery in
    another second a second, equal reading is recorded.
    """
    sensor = sensor_id(subscription.topic.device(message.topic) or "")
    body = _body(message.payload, may_be_word=not subscription.value.steps)
    value = subscription.value.find(body)
    if value is None:
        raise NotUnderstoodError(f"there is no value at `{subscription.value.text}`")
    occupied = subscription.truth.read(value)
    at = _own_time(body, subscription)
    if at is None and message.retained:
        raise NotUnderstoodError("a retained message without a time of its own does not tell when it was true")
    told = at.isoformat() if at else f"~{message.seen_at.replace(microsecond=0).isoformat()}"
    # Without a time, only a message that we heard as it was sent can tell *when* something changed.
    timely = at is not None or (message.live and subscription.time is None)
    fact = occupancy(
        kind="plain",
        sensor=sensor,
        identity=f"{told}:{_WORDS[occupied]}",
        occupied=occupied,
        edge=timely and subscription.edge.is_edge(body),
        at=at or message.seen_at,
        seen_at=message.seen_at,
    )
    battery = battery_text(subscription.battery.find(body)) if subscription.battery else None
    return Said(sensor, subscription.model or "plain", subscription.watchdog_of(None), fact, battery)


def _body(payload: bytes, *, may_be_word: bool) -> object:
    """JSON; or, where the whole payload is the value, text that is none, such as ``on``, as that word."""
    try:
        return msgspec.json.decode(payload)
    except RecursionError as error:
        raise NotUnderstoodError("the JSON is nested too deep") from error
    except msgspec.MsgspecError as error:
        if not may_be_word:
            raise NotUnderstoodError(f"it is not JSON: {error}") from error
    try:
        word = payload.decode().strip()
    except UnicodeDecodeError as error:
        raise NotUnderstoodError("it is neither JSON nor text") from error
    if not word:
        raise NotUnderstoodError("it is empty")
    return word


def _own_time(body: object, subscription: Subscription) -> datetime | None:
    value = subscription.time.find(body) if subscription.time else None
    return None if value is None else moment(value)
