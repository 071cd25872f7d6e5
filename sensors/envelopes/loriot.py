"""LORIOT: ``{"cmd": "rx", "EUI", "ts" (ms), "fcnt", "port", "data" (hexadecimal), "bat" (0 to 255)}``.

One uplink may come twice, as ``rx`` at once and as ``gw`` when all gateways have told; both are the same fact. LORIOT
does not tell the join; copies are known by the ten minutes in which they come, and a pair across such a border gives
two equal readings, which do no harm. ``bat``: 0 mains, 1-254 of the charge, 255 unknown (LoRaWAN 1.0.3, 5.5).
Source: LORIOT documentation, "Application API data format".
"""

from dataclasses import replace
from typing import Annotated, Any

import msgspec

from sensors.fields import moment
from sensors.lorawan import Uplink
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, Told
from sensors.uplink import said

_Counter = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=255)]
_COPIES_MS = 600_000


class _Uplink(msgspec.Struct):
    cmd: str
    EUI: Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{16}$")] = ""
    ts: int = 0
    fcnt: _Counter = 0
    port: _Port = 0
    data: str = ""
    bat: Annotated[int, msgspec.Meta(ge=0, le=255)] = 255
    decoded: Any = None


_decode = msgspec.json.Decoder(_Uplink).decode


def read(message: Message, subscription: Subscription) -> Told:
    """What an uplink says; None for other commands. Raises NotUnderstoodError."""
    try:
        event = _decode(message.payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(f"it is not a message of LORIOT: {error}") from error
    if event.cmd not in ("rx", "gw"):
        return None
    if not event.EUI or not event.ts:
        raise NotUnderstoodError("it has no `EUI` or no `ts`")
    try:
        data = bytes.fromhex(event.data)
    except ValueError as error:
        raise NotUnderstoodError("`data` is not hexadecimal") from error
    uplink = Uplink(
        sensor=event.EUI.casefold(),
        at=moment(event.ts),
        port=event.port,
        counter=event.fcnt,
        data=data,
        join=None,
        profiles=(),
        decoded=event.decoded,
        window_ms=_COPIES_MS,
    )
    told = said(uplink, subscription, message.seen_at)
    return _with_battery(told, event.bat) if isinstance(told, Said) else told


def _with_battery(told: Said, level: int) -> Said:
    """The network's word on the battery where the device gave none."""
    if told.battery is not None or level == 255:
        return told
    battery = "mains" if level == 0 else f"{round(100 * (level - 1) / 253)} %"
    return replace(told, battery=battery)
