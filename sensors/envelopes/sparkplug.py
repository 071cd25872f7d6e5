"""Sparkplug B: ``spBv1.0/{group}/{NBIRTH, NDATA, NDEATH, DBIRTH, DDATA, DDEATH}/{edge}[/{device}]``, protobuf.

The sensor is ``group/edge/device`` in small letters; ``value`` names the metric that tells whether its bay is taken.
Where one device reports many bays, ``value`` has ``{bay}`` in its place (``Bays/{bay}/Occupied``), and each is a sensor
``group/edge/device/bay``. A BIRTH tells which names the numbers (aliases) of later messages stand for; births are kept
over restarts. After a DEATH nobody knows: never free. A node's DEATH is that of all its devices, and counts only if its
``bdSeq`` is that of the last BIRTH: an older one comes late. Source: Sparkplug 3.0.0, chapters 4 to 6.
"""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from ledger.births import Birth
from sensors.mapping import Subscription
from sensors.reading import MOST_BYTES, Message, NotUnderstoodError, Said, Told, occupancy, sensor_id
from sensors.simple import tell
from sensors.sparkplug_metrics import bay_of, birth_number, find, moment_of, name_of, value_of
from sensors.sparkplug_wire import payload_class

_KINDS = ("NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH")
_MOST_ALIASES = 5_000


def read(message: Message, subscription: Subscription) -> Told:
    """What the message says; None for commands and for what has no such metric. Raises NotUnderstoodError."""
    levels = message.topic.split("/")
    if levels[:2] == ["spBv1.0", "STATE"]:
        return None  # of a host application
    if len(levels) < 4 or levels[0] != "spBv1.0":
        raise NotUnderstoodError("the topic is not spBv1.0/group/type/edge or spBv1.0/group/type/edge/device")
    kind, node = levels[2], "/".join((levels[1], *levels[3:]))
    if kind not in _KINDS:
        return None
    if (kind[0] == "D") != (len(levels) == 5):
        raise NotUnderstoodError(f"{kind} does not belong to a topic of {len(levels)} levels")
    payload = _parsed(message.payload)
    if kind.endswith("DEATH"):
        return tuple(_death(kind, node, payload, message, subscription))
    if kind.endswith("BIRTH"):
        return _birth(node, payload, message, subscription)
    told = tuple(_readings(node, payload, message, subscription, is_birth=False))
    return told[0] if len(told) == 1 else told or None


def _parsed(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise NotUnderstoodError("it is too long")  # and cut off; what it seems to say may be a part of it
    payload = payload_class()()
    try:
        payload.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstoodError("it is not a payload of Sparkplug B") from error
    return payload


def _birth(node: str, payload: Any, message: Message, subscription: Subscription) -> Told:
    aliases = {
        metric.alias: name_of(metric) for metric in payload.metrics if metric.HasField("alias") and name_of(metric)
    }
    if len(aliases) > _MOST_ALIASES:
        raise NotUnderstoodError(f"it has more than {_MOST_ALIASES} metrics")
    at = moment_of(payload.timestamp, message.seen_at)
    wanted = subscription.value.text
    bays = sorted({bay_of(name_of(metric), wanted) or "" for metric in payload.metrics} - {""})
    birth = Birth(node, birth_number(payload), at, aliases, tuple(bays))
    subscription.births.remember([birth])
    born = Said(sensor_id(node), "sparkplug", subscription.watchdog_of(None), None, birth=birth)
    return (born, *_readings(node, payload, message, subscription, is_birth=True))


def _death(kind: str, node: str, payload: Any, message: Message, subscription: Subscription) -> Iterator[Said]:
    known = subscription.births.find(node)
    told = birth_number(payload)
    if kind == "NDEATH" and known is not None and None not in (known.bd_seq, told) and known.bd_seq != told:
        return
    dead = subscription.births.under(node) if kind == "NDEATH" else [node]
    for each in dead or [node]:
        birth = subscription.births.find(each)
        for name in [f"{each}/{bay}" for bay in birth.bays] if birth and birth.bays else [each]:
            yield tell(message, subscription, sensor_id(name), None, at=None, quality=("offline",))


def _readings(
    node: str, payload: Any, message: Message, subscription: Subscription, *, is_birth: bool
) -> Iterator[Said]:
    found = find(node, payload, subscription.value.text, subscription.births)
    for name, metric in found.items():
        try:
            yield _reading(name, metric, payload, message, subscription, is_birth=is_birth)
        except NotUnderstoodError:
            if len(found) == 1:
                raise
            # What one bay says and nobody understands holds up no other: of this one nothing is known.
            metric.is_null = True
            yield _reading(name, metric, payload, message, subscription, is_birth=is_birth)


def _reading(
    name: str, metric: Any, payload: Any, message: Message, subscription: Subscription, *, is_birth: bool
) -> Said:
    sensor, at = sensor_id(name), moment_of(metric.timestamp or payload.timestamp, message.seen_at)
    value = value_of(metric)
    sight = None if value is None else subscription.sight(value, edge=False)
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
    debounce = subscription.debounce_of(subscription.model)
    model = subscription.model or "sparkplug"
    return Said(sensor, model, subscription.watchdog_of(None), fact, skew=skew, debounce=debounce)
