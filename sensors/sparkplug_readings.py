"""One Sparkplug metric as what it says of a bay."""

from typing import Any

from sensors.decoders import Distance
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, occupancy, sensor_id
from sensors.simple import tell
from sensors.sparkplug_metrics import moment_of, value_of


def reading(
    name: str, metric: Any, payload: Any, message: Message, subscription: Subscription, *, is_birth: bool
) -> Said:
    """What a metric says of the sensor ``name``. Raises NotUnderstoodError."""
    if metric.is_historical and not metric.timestamp:
        raise NotUnderstoodError("what it says is of an earlier time, and it does not tell which")
    sensor, at = sensor_id(name), moment_of(metric.timestamp or payload.timestamp, message.seen_at)
    value = value_of(metric)
    sight = None if value is None else subscription.sight(value, edge=False)
    model, watchdog = subscription.model or "sparkplug", subscription.watchdog_of(None)
    debounce = subscription.debounce_of(subscription.model)
    if isinstance(sight, Distance) and subscription.is_between(sight.mm):
        return Said(sensor, model, watchdog, None, debounce=debounce)
    occupied = None if sight is None else subscription.occupancy_of(sight).occupied
    fact = occupancy(
        kind="sparkplug",
        sensor=sensor,
        identity=f"{at.isoformat()}:{payload.seq}:{occupied}",
        occupied=occupied,
        # Data is reported by exception: what comes has changed. A birth, or what was stored, tells what is or was.
        edge=occupied is not None and not is_birth and not metric.is_historical,
        at=at,
        seen_at=message.seen_at,
        quality=() if value is not None else ("fault",),
    )
    skew = at - message.seen_at if message.live and not metric.is_historical else None
    return Said(sensor, model, watchdog, fact, skew=skew, debounce=debounce)


def unreadable(name: str, metric: Any, payload: Any, message: Message, subscription: Subscription) -> Said:
    """That nobody understands what a metric says of a sensor. Raises NotUnderstoodError if that is not clear either."""
    told = metric.timestamp or (0 if metric.is_historical else payload.timestamp)
    if not told and metric.is_historical:
        raise NotUnderstoodError("it does not tell of which time it is")
    at = moment_of(told, message.seen_at) if told else None
    return tell(message, subscription, sensor_id(name), None, at=at, quality=("fault",))
