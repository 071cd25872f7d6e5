"""``/api/v1/contacts``: a partner says how the driver of one of its own tokens is reached.

Either by a number that it gives us with the driver's consent, or by the partner itself, which we alert by webhook with
the token's uid: then the number is never ours.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, g, request
from flask.typing import ResponseReturnValue

from ledger import contacts as records
from web import phones
from web.api.blueprint import api, needs
from web.context import current
from web.errors import Problem

_LARGEST = 4_096
_LONGEST_UID = 36  # OCPI 2.2.1, Token.uid


@dataclass(frozen=True)
class _ByPhone:
    phone: str
    consent: str
    language: str = "en"


@api.put("/contacts/<uid>")
@needs("contacts:write")
def put_contact(uid: str) -> ResponseReturnValue:
    """Reach the driver of a token by phone, or through the partner."""
    body = _body()
    here = current()
    if body.get("reach") == "webhook" and set(body) == {"reach"}:
        with here.ledger.write(here.clock()) as tx:
            records.alert_partner(tx, g.client, _uid(uid))
        return Response(status=204)
    wanted = _by_phone(body)
    number = phones.read(wanted.phone, here.options.phone_countries)
    if number is None:
        raise _wrong("phone", "not a mobile number of a country that is served")
    with here.ledger.write(here.clock()) as tx:
        try:
            records.put_phone(tx, g.client, _uid(uid), number, wanted.language, wanted.consent)
        except ValueError as error:
            raise _wrong("language", str(error)) from error
    return Response(status=204)


@api.delete("/contacts/<uid>")
@needs("contacts:write")
def delete_contact(uid: str) -> ResponseReturnValue:
    """Reach the driver of a token no longer. One that was never given is deleted too."""
    here = current()
    with here.ledger.write(here.clock()) as tx:
        records.remove(tx, g.client, _uid(uid))
    return Response(status=204)


def _body() -> dict[str, Any]:
    request.max_content_length = _LARGEST
    try:
        body = msgspec.json.decode(request.get_data())
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Problem(400, "The body is not a JSON object.")
    return body


def _by_phone(body: dict[str, Any]) -> _ByPhone:
    if body.get("reach", "phone") != "phone":
        raise _wrong("reach", "not phone or webhook")
    try:
        wanted = msgspec.convert({k: v for k, v in body.items() if k != "reach"}, _ByPhone)
    except msgspec.ValidationError as error:
        raise Problem(
            400, "The contact can't be used.", errors=[{"parameter": "body", "detail": str(error)}]
        ) from error
    unknown = sorted(set(body) - {"reach", "phone", "consent", "language"})
    if unknown:
        raise _wrong(unknown[0][:40], "no such field")
    if not 1 <= len(wanted.consent.strip()) <= 2_000:
        raise _wrong("consent", "the words that the driver agreed to, at most 2000 characters")
    return wanted


def _uid(uid: str) -> str:
    if not 1 <= len(uid) <= _LONGEST_UID or not uid.isprintable():
        raise _wrong("uid", f"not a token's uid of 1 to {_LONGEST_UID} printable characters")
    return uid


def _wrong(name: str, detail: str) -> Problem:
    return Problem(400, "The contact can't be used.", errors=[{"parameter": name, "detail": detail}])
