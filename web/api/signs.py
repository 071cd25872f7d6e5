"""``/api/v1/signs``: signs that somebody saw at stations and bays, attested by a city's or an owner's own program."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from enforcement.rules.attesting import hours_text
from ledger import attestations, attested_signs
from ledger.attestations import AttestationError
from ledger.attested_signs import AttestedSign
from web import parameters
from web.api.blueprint import api, check, needs
from web.api.summary import utc
from web.context import current
from web.errors import Problem

_LARGEST = 16_384
_SHOWN = 500


@dataclass(frozen=True)
class _Seen:
    station: str
    seen_at: datetime
    bay: str | None = None
    kind: str = "lot"
    land: str = "public"
    states_penalty: bool = False
    forbids: list[str] = field(default_factory=list)
    limit_min: int | None = None
    hours: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class _Gone:
    gone_at: datetime


@api.get("/signs")
@needs("evidence:read")
def list_signs() -> ResponseReturnValue:
    """What was attested, newest first."""
    reader = parameters.Reader(request.args)
    station = reader.one("station", parameters.key)
    check(reader, ("station",))
    with current().ledger.read() as conn:
        return jsonify(signs=[sign_data(each) for each in attested_signs.latest(conn, station, _SHOWN)])


@api.post("/signs")
@needs("signs:write")
def post_sign() -> ResponseReturnValue:
    """Attest a sign, as of when it was seen."""
    body, here = _body(_Seen), current()
    said = {name: getattr(body, name) for name in ("kind", "land", "states_penalty", "limit_min")}
    try:
        seen = attestations.read_seen(body.station, body.bay, said, body.forbids, body.hours)
        with here.ledger.write(here.clock()) as tx:
            attestations.attest(tx, seen, _aware(body.seen_at), _by(), note=body.note)
            (made,) = attested_signs.latest(tx.conn, seen.station, 1)
    except AttestationError as error:
        raise Problem(400, f"Not attested: {error}.") from error
    response = jsonify(sign_data(made))
    response.status_code = 201
    return response


@api.post("/signs/<public_id>/gone")
@needs("signs:write")
def post_gone(public_id: str) -> ResponseReturnValue:
    """Say that an attested sign stands no more."""
    body, here = _body(_Gone), current()
    try:
        with here.ledger.write(here.clock()) as tx:
            attestations.end(tx, public_id, _aware(body.gone_at), _by())
    except AttestationError as error:
        raise Problem(400, f"Not ended: {error}.") from error
    return Response(status=204)


def sign_data(sign: AttestedSign) -> dict[str, Any]:
    """One attestation; ``from`` is when it was seen, ``to`` when it stood no more."""
    seen = sign.attested.seen
    return {
        "id": sign.public_id,
        "station": seen.station,
        "bay": seen.bay,
        "from": utc(sign.attested.since),
        "to": utc(sign.attested.until),
        "kind": seen.kind.value,
        "land": seen.land.value,
        "states_penalty": seen.states_penalty,
        "forbids": sorted(seen.forbids),
        "limit_min": None if seen.limit is None else int(seen.limit.total_seconds()) // 60,
        "hours": [hours_text(window) for window in seen.hours],
        "note": sign.note,
        "attested_by": sign.attested_by,
        "attested_at": utc(sign.attested_at),
        "ended_by": sign.ended_by,
        "ended_at": utc(sign.ended_at),
        "photo_sha256": sign.photo_sha256,
    }


def _body(of: Any) -> Any:
    request.max_content_length = _LARGEST
    try:
        return msgspec.json.decode(request.get_data(), type=of)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, f"The body can't be used: {error}.") from error


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise AttestationError(f"{at.isoformat()} has no offset")
    return at.astimezone(UTC)


def _by() -> str:
    return f"client:{g.client.name}"
