"""Sparkplug's payloads from bytes and to bytes: what may be packed is unpacked, and a Rebirth is asked for.

A payload whose uuid is ``SPBV1.0_COMPRESSED`` has another one in its body, packed by DEFLATE (zlib) or GZIP, which is
seen from its first bytes. No specification has it; Eclipse Tahu, whose edge nodes send it, is the source
(``PayloadDecoder`` and ``CompressionUtil``).
"""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from sensors.reading import MOST_SPARKPLUG_BYTES, NotUnderstoodError
from sensors.sparkplug_wire import payload_class

_PACKED = "SPBV1.0_COMPRESSED"
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOOLEAN = 11


def parsed(data: bytes) -> Any:
    """The payload, unpacked. Raises NotUnderstoodError."""
    if len(data) > MOST_SPARKPLUG_BYTES:
        raise NotUnderstoodError("it is too long")  # and cut off; what it seems to say may be a part of it
    payload = _parsed(data)
    if payload.uuid != _PACKED:
        return payload
    inner = _parsed(_unpacked(payload.body))
    if not inner.HasField("seq") and payload.HasField("seq"):
        inner.seq = payload.seq
    return inner


def rebirth(now: datetime) -> bytes:
    """The command by which a node is asked to be born again (Sparkplug 3.0.0, 5.11: Node Control/Rebirth)."""
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    payload = payload_class()(timestamp=milliseconds)
    payload.metrics.add(name="Node Control/Rebirth", timestamp=milliseconds, datatype=_BOOLEAN, boolean_value=True)
    return bytes(payload.SerializeToString())


def _parsed(data: bytes) -> Any:
    payload = payload_class()()
    try:
        payload.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstoodError("it is not a payload of Sparkplug B") from error
    return payload


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        data = unpacking.decompress(body, MOST_SPARKPLUG_BYTES + 1)
    except zlib.error as error:
        raise NotUnderstoodError("what is packed in it is neither DEFLATE nor GZIP") from error
    if len(data) > MOST_SPARKPLUG_BYTES:
        raise NotUnderstoodError(f"what is packed in it is larger than {MOST_SPARKPLUG_BYTES} bytes")
    if not unpacking.eof:
        raise NotUnderstoodError("what is packed in it is cut off")
    return data
