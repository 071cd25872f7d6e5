"""Actility ThingPark: ``{"DevEUI_uplink": {"Time", "DevEUI", "FPort", "FCntUp", "payload_hex", "Late", ...}}``.

Source: Actility documentation, "LRC-AS tunnel interface".
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from sensors.fields import moment
from sensors.lorawan import Uplink
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Told
from sensors.uplink import said

_Counter = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=255)]


class _Names(msgspec.Struct):
    p_id: str = msgspec.field(default="", name="pId")
    m_id: str = msgspec.field(default="", name="mId")


class _Driver(msgspec.Struct):
    mod: _Names = msgspec.field(default_factory=_Names)


class _Uplink(msgspec.Struct, rename="pascal"):
    dev_eui: Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{16}$")] = msgspec.field(name="DevEUI")
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    f_port: _Port = 0
    f_cnt_up: _Counter = 0
    payload_hex: str = msgspec.field(default="", name="payload_hex")
    dev_addr: str = ""
    driver_cfg: _Driver = msgspec.field(default_factory=_Driver)
    payload: Any = msgspec.field(default=None, name="payload")


class _Event(msgspec.Struct):
    uplink: _Uplink | None = msgspec.field(default=None, name="DevEUI_uplink")


# Older releases write numbers in quotes.
_decode = msgspec.json.Decoder(_Event, strict=False).decode


def read(message: Message, subscription: Subscription) -> Told:
    """What an uplink says; None for other reports. Raises NotUnderstoodError."""
    try:
        event = _decode(message.payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not a report of Actility ThingPark: {error}") from error
    up = event.uplink
    if up is None:
        return None
    try:
        data = bytes.fromhex(up.payload_hex)
    except ValueError as error:
        raise NotUnderstoodError("`payload_hex` is not hexadecimal") from error
    names = up.driver_cfg.mod
    uplink = Uplink(
        sensor=up.dev_eui.casefold(),
        at=moment(up.time.isoformat()),
        port=up.f_port,
        counter=up.f_cnt_up,
        data=data,
        join=up.dev_addr or None,
        profiles=(f"{names.p_id}/{names.m_id}",) if names.m_id else (),
        decoded=up.payload,
    )
    return said(uplink, subscription, message.seen_at)
