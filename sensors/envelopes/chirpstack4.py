"""ChirpStack v4, MQTT integration with JSON: ``application/{id}/device/{devEui}/event/{up, status, join, ...}``.

With ``json=false`` it sends protobuf, which is refused with that hint. A battery's state comes in ``event/status``.
Source: ChirpStack documentation, "Integrations / Events".
"""

import re
from datetime import datetime
from typing import Annotated, Any

import msgspec

from sensors.fields import moment
from sensors.lorawan import Uplink
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, Told, battery_text
from sensors.uplink import said

_Counter = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=255)]
_Eui = Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{16}$")]
_EVENT = re.compile(r"/event/([a-z]+)$")


class _Device(msgspec.Struct, rename="camel"):
    dev_eui: _Eui
    device_profile_name: str = ""
    device_profile_id: str = ""
    tags: dict[str, str] = {}


class _Event(msgspec.Struct, rename="camel"):
    device_info: _Device
    time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    dev_addr: str = ""
    f_cnt: _Counter = 0
    f_port: _Port | None = None
    data: bytes = b""
    object: Any = None
    battery_level: float | None = None
    battery_level_unavailable: bool = False
    external_power_source: bool = False


_decode = msgspec.json.Decoder(_Event).decode


def read(message: Message, subscription: Subscription) -> Told:
    """What an uplink or a status says; None for other events. Raises NotUnderstoodError."""
    found = _EVENT.search(message.topic)
    name = found[1] if found else "up"
    if name not in ("up", "status"):
        return None
    try:
        event = _decode(message.payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        hint = "" if message.payload[:1] == b"{" else "; is the integration set to JSON?"
        raise NotUnderstoodError(f"it is not an event of ChirpStack v4: {error}{hint}") from error
    return _status(event, subscription) if name == "status" else _up(event, subscription, message)


def _up(event: _Event, subscription: Subscription, message: Message) -> Told:
    if event.time is None:
        raise NotUnderstoodError("it has no `time`")
    uplink = Uplink(
        sensor=event.device_info.dev_eui.casefold(),
        at=moment(event.time.isoformat()),
        port=event.f_port or 0,
        counter=event.f_cnt,
        data=event.data,
        join=event.dev_addr or None,  # a device gets a new address each time that it joins
        profiles=_profiles(event.device_info),
        decoded=event.object,
    )
    return said(uplink, subscription, message.seen_at)


def _status(event: _Event, subscription: Subscription) -> Said | None:
    level = None if event.battery_level_unavailable else battery_text(event.battery_level, " %")
    battery = "mains" if event.external_power_source else level
    if battery is None:
        return None
    model = subscription.model_of(_profiles(event.device_info))
    sensor = event.device_info.dev_eui.casefold()
    return Said(sensor, model or "unknown", subscription.watchdog_of(model), None, battery)


def _profiles(device: _Device) -> tuple[str, ...]:
    names = (device.tags.get("model", ""), device.device_profile_name, device.device_profile_id)
    return tuple(name for name in names if name)
