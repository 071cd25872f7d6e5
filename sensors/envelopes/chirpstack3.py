"""ChirpStack v3, MQTT integration with JSON: ``application/{number}/device/{devEUI}/event/{up, status, join, ...}``.

It has no time of its own but those of its gateways, whose clocks may be wrong: the latest counts that lies neither
ahead of ours nor longer ago than a broker keeps messages for us; without any, when it reached us. ``devEUI`` is base64
with the marshaler ``protobuf_json``, else hexadecimal.
Source: ChirpStack v3 documentation, "Application Server / Integrations / Event types".
"""

import base64
import binascii
import re
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from sensors.lorawan import Uplink
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, Told, battery_text
from sensors.uplink import said

_Counter = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=255)]
_EVENT = re.compile(r"/(?:event/)?(up|rx|status|join|ack|error|txack|location|integration)$")
_LONGEST_WAIT = timedelta(days=8)  # a session at the broker lasts a week
_COPIES_MS = 60_000  # without a join, copies and restarts are told apart by the minute


class _Gateway(msgspec.Struct):
    time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _Event(msgspec.Struct, rename="camel"):
    dev_eui: str = msgspec.field(name="devEUI")
    device_profile_name: str = ""
    device_profile_id: str = msgspec.field(default="", name="deviceProfileID")
    tags: dict[str, str] = {}
    dev_addr: str = ""
    f_cnt: _Counter = 0
    f_port: _Port = 0
    data: bytes = b""
    object: Any = None
    object_json: str = msgspec.field(default="", name="objectJSON")
    rx_info: list[_Gateway] = []
    battery_level: float | None = None
    battery_level_unavailable: bool = False
    external_power_source: bool = False


_decode = msgspec.json.Decoder(_Event).decode


def read(message: Message, subscription: Subscription) -> Told:
    """What an uplink or a status says; None for other events. Raises NotUnderstoodError."""
    found = _EVENT.search(message.topic)
    name = found[1] if found else "up"
    if name not in ("up", "rx", "status"):
        return None
    try:
        event = _decode(message.payload)
        decoded = msgspec.json.decode(event.object_json) if event.object_json else event.object
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not an event of ChirpStack v3: {error}") from error
    if name == "status":
        return _status(event, subscription)
    uplink = Uplink(
        sensor=_eui(event.dev_eui),
        at=_time(event, message.seen_at),
        port=event.f_port,
        counter=event.f_cnt,
        data=event.data,
        join=event.dev_addr or None,
        profiles=_profiles(event),
        decoded=decoded,
        window_ms=_COPIES_MS,
    )
    return said(uplink, subscription, message.seen_at)


def _time(event: _Event, seen_at: datetime) -> datetime:
    times = (gateway.time for gateway in event.rx_info if gateway.time is not None)
    return max((time for time in times if seen_at - _LONGEST_WAIT <= time <= seen_at), default=seen_at)


def _status(event: _Event, subscription: Subscription) -> Said | None:
    level = None if event.battery_level_unavailable else battery_text(event.battery_level, " %")
    battery = "mains" if event.external_power_source else level
    if battery is None:
        return None
    model = subscription.model_of(_profiles(event))
    return Said(_eui(event.dev_eui), model or "unknown", subscription.watchdog_of(model), None, battery)


def _eui(text: str) -> str:
    if re.fullmatch(r"[0-9a-fA-F]{16}", text):
        return text.casefold()
    try:
        eui = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        eui = b""
    if len(eui) != 8:
        raise NotUnderstoodError("`devEUI` is neither 16 hexadecimal digits nor base64 of eight bytes")
    return eui.hex()


def _profiles(event: _Event) -> tuple[str, ...]:
    names = (event.tags.get("model", ""), event.device_profile_name, event.device_profile_id)
    return tuple(name for name in names if name)
