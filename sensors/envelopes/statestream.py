"""Home Assistant, statestream: ``{base}/{domain}/{entity}/state`` with the bare state: on, off, unavailable, unknown.

Subscribe to ``{base}/binary_sensor/{device}/state``. States are sent when they change, and retained: what comes from
the store has no time, and is left. Source: Home Assistant documentation, "MQTT Statestream".
"""

from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, sensor_id
from sensors.simple import tell


def read(message: Message, subscription: Subscription) -> Said | None:
    """What a state says; None for attributes, and for what was retained or is taken back."""
    if not message.topic.endswith("/state") or message.retained or not message.payload:
        return None
    levels = message.topic.split("/")
    entity = subscription.topic.device(message.topic) or (levels[-2] if len(levels) > 1 else "")
    try:
        state = message.payload.decode().strip().strip('"')
    except UnicodeDecodeError as error:
        raise NotUnderstoodError("it is not text") from error
    value = _number(state) if subscription.threshold else state
    sight = subscription.sight(value, edge=False)
    edge = message.live and subscription.edge.is_edge(state)
    return tell(message, subscription, sensor_id(entity), sight, at=None, edge=edge)


def _number(state: str) -> object:
    try:
        return float(state)
    except ValueError:
        return state
