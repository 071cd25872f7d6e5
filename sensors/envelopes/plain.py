"""Plain messages: JSON, or a bare word, on a topic that names the sensor."""

from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, sensor_id
from sensors.simple import json_or_word, own_time, tell


def read(message: Message, subscription: Subscription) -> Said:
    """What the message says. Raises NotUnderstoodError."""
    sensor = sensor_id(subscription.topic.device(message.topic) or "")
    body = json_or_word(message.payload, may_be_word=not subscription.value.steps)
    value = subscription.value.find(body)
    if value is None:
        raise NotUnderstoodError(f"there is no value at `{subscription.value.text}`")
    sight = subscription.sight(value, edge=False)
    at = own_time(body, subscription)
    if at is None and message.retained:
        raise NotUnderstoodError("a retained message without a time of its own does not tell when it was true")
    # Without a time, only a message that we heard as it was sent can tell *when* something changed.
    timely = at is not None or (message.live and subscription.time is None)
    battery = subscription.battery.find(body) if subscription.battery else None
    edge = timely and subscription.edge.is_edge(body)
    return tell(message, subscription, sensor, sight, at=at, edge=edge, battery=battery)
