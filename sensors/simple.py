"""Readings that say one value of one sensor, with or without a time: what most of what is no LoRaWAN has in common."""

from datetime import datetime, timedelta

import msgspec

from sensors.decoders import Distance, Sight
from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, battery_text, occupancy

_WORDS = {True: "occupied", False: "free", None: "unknown"}


def json_or_word(payload: bytes, *, may_be_word: bool) -> object:
    """JSON; or, where the whole payload is the value, text that is none, such as ``on``, as that word."""
    try:
        return msgspec.json.decode(payload)
    except RecursionError as error:
        raise NotUnderstoodError("the JSON is nested too deep") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        if not may_be_word:
            raise NotUnderstoodError(f"it is not JSON: {error}") from error
    try:
        word = payload.decode().strip()
    except UnicodeDecodeError as error:
        raise NotUnderstoodError("it is neither JSON nor text") from error
    if not word:
        raise NotUnderstoodError("it is empty")
    return word


def own_time(body: object, subscription: Subscription) -> datetime | None:
    """The message's own time, where the mapping says where it stands."""
    value = subscription.time.find(body) if subscription.time else None
    return None if value is None else moment(value)


def tell(
    message: Message,
    subscription: Subscription,
    sensor: str,
    sight: Sight | None,
    *,
    at: datetime | None,
    edge: bool = False,
    battery: object = None,
    quality: tuple[str, ...] = (),
) -> Said:
    """What a message says of a sensor; ``sight`` None: that it can't know. Raises NotUnderstoodError.

    A message with a time of its own is told by it: the same device, time and value is the same fact. Without one, a
    redelivery can't be told from a repetition; the second in which it came stands in, so that of a redelivery in
    another second a second, equal reading is recorded.
    """
    shown = battery_text(battery)
    model = subscription.model or subscription.envelope
    watchdog, debounce = subscription.watchdog_of(None), subscription.debounce_of(subscription.model)
    if isinstance(sight, Distance) and subscription.is_between(sight.mm):
        return Said(sensor, model, watchdog, None, shown, debounce=debounce)
    occupied = None if sight is None else subscription.occupancy_of(sight).occupied
    told = at.isoformat() if at else f"~{message.seen_at.replace(microsecond=0).isoformat()}"
    fact = occupancy(
        kind=subscription.envelope,
        sensor=sensor,
        identity=f"{told}:{_WORDS[occupied]}",
        occupied=occupied,
        edge=edge and occupied is not None,
        at=at or message.seen_at,
        seen_at=message.seen_at,
        quality=quality,
    )
    skew: timedelta | None = at - message.seen_at if at is not None and message.live and not message.retained else None
    return Said(sensor, model, watchdog, fact, shown, skew=skew, debounce=debounce)
