"""The Things Stack v3, MQTT: ``v3/{application}@{tenant}/devices/{device}/up`` (open source: without ``@tenant``).

Fields that are zero or empty are left out: no f_cnt is frame 0. The time is when the network server had the uplink,
``uplink_message.received_at``: gateways' clocks are not to be trusted.
Source: The Things Stack documentation, "MQTT Server" and "Data Formats".
"""

import re
from datetime import datetime
from typing import Annotated, Any

import msgspec

from sensors.fields import moment
from sensors.lorawan import Uplink
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Told, sensor_id
from sensors.uplink import said

_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Counter = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=255)]
_EUI = re.compile(r"[0-9a-f]{16}")


class _Ids(msgspec.Struct):
    device_id: str = ""
    dev_eui: str = ""


class _Version(msgspec.Struct):
    brand_id: str = ""
    model_id: str = ""


class _UplinkMessage(msgspec.Struct):
    received_at: _Time | None = None
    session_key_id: str = ""
    f_port: _Port = 0
    f_cnt: _Counter = 0
    frm_payload: bytes = b""
    decoded_payload: Any = None
    version_ids: _Version | None = None


class _Up(msgspec.Struct):
    end_device_ids: _Ids
    uplink_message: _UplinkMessage | None = None
    received_at: _Time | None = None
    simulated: bool = False


_decode = msgspec.json.Decoder(_Up).decode


def read(message: Message, subscription: Subscription) -> Told:
    """What an uplink says; None for the network's other events (joins, downlinks). Raises NotUnderstoodError."""
    try:
        event = _decode(message.payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not a message of The Things Stack v3: {error}") from error
    up = event.uplink_message
    if up is None:
        if message.topic.endswith("/up"):
            raise NotUnderstoodError("it has no `uplink_message`")
        return None
    if event.simulated:
        raise NotUnderstoodError("a person simulated it in the console: no device saw anything")
    at = up.received_at or event.received_at
    if at is None:
        raise NotUnderstoodError("it has no `uplink_message.received_at`")
    version = up.version_ids or _Version()
    profile = f"{version.brand_id}/{version.model_id}" if version.model_id else ""
    uplink = Uplink(
        sensor=_sensor(event.end_device_ids),
        at=moment(at.isoformat()),
        port=up.f_port,
        counter=up.f_cnt,
        data=up.frm_payload,
        join=up.session_key_id or None,
        profiles=(profile,) if profile else (),
        decoded=up.decoded_payload,
    )
    return said(uplink, subscription, message.seen_at)


def _sensor(ids: _Ids) -> str:
    """The device's EUI; a device activated by personalisation may have none, then its name in the application."""
    eui = ids.dev_eui.casefold()
    if eui and not _EUI.fullmatch(eui):
        raise NotUnderstoodError("`end_device_ids.dev_eui` is not 16 hexadecimal digits")
    return sensor_id(eui or ids.device_id)
