"""JSON as OCPI sends it: exact numbers, DateTimes, and the envelope that every answer is in (OCPI 2.2.1, 4.1.7)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from ocpi.errors import bad_json

Document = dict[str, Any]

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def decode(body: bytes) -> Any:
    """JSON to Python values, decimals exact. Raises :class:`ocpi.errors.Refused` (HTTP 400) for anything else."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:  # the last: 1e99999999999999999999
        raise bad_json("the body is not valid JSON") from error
    except RecursionError as error:
        raise bad_json("the body is nested too deeply") from error


def encode(value: Any) -> bytes:
    """Python values to JSON; a number is written with the digits that it came with."""
    return _ENCODER.encode(value)


def raw(document: str) -> msgspec.Raw:
    """JSON text that goes into an answer as it is."""
    return msgspec.Raw(document.encode())


def envelope(code: int, now: datetime, data: Any = None, message: str | None = None) -> bytes:
    """The answer's body. ``data`` is left out where there is none."""
    body: Document = {} if data is None else {"data": data}
    body["status_code"] = code
    if message is not None:
        body["status_message"] = message[:255]
    body["timestamp"] = stamp(now)
    return encode(body)


def stamp(moment: datetime) -> str:
    """An OCPI DateTime: UTC, ``Z``, at most milliseconds (the type holds 25 characters; OCPI 2.2.1, 17.4)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
