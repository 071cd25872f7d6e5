"""``/api/v1/violations/{id}/plate``: the number plate of a violation, read for a reason, which is noted."""

from typing import Any

import msgspec
from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from enforcement.facts import PlateSeen
from ledger import plates
from ledger.queries import case as case_query
from ledger.queries.evidence import load_evidence
from web.api.blueprint import api, needs
from web.api.summary import utc
from web.api.violations import violation_id
from web.context import current
from web.errors import Problem

_LARGEST = 1_024


@api.post("/violations/<public_id>/plate")
@needs("plates:read")
def read_plate(public_id: str) -> ResponseReturnValue:
    """The plate, and what cameras said of it."""
    here, wanted, reason = current(), violation_id(public_id), _reason()
    with here.ledger.write(here.clock()) as tx:
        case = case_query.find(tx.conn, wanted)
        if case is None:
            raise Problem(404, "No violation has this id.")
        if case.violation.plate is None:
            raise Problem(404, "No camera read a plate.")
        try:
            read = plates.read_for_case(tx, wanted, f"client:{g.client.name}"[:60], reason)
        except plates.PlateError as error:
            raise Problem(400, f"The plate was not read: {error}.") from error
        facts = load_evidence(tx.conn, case, here.clock()).facts
    if read is None:
        raise Problem(410, "The plate was erased.")
    seen = [each for each in facts if isinstance(each, PlateSeen) and each.plate == case.violation.plate]
    return jsonify(plate=read.text, jurisdiction=read.jurisdiction, sightings=[_sighting(each) for each in seen])


def _sighting(of: PlateSeen) -> dict[str, Any]:
    return {"camera": of.subject, "source": of.source, "at": utc(of.at), "confidence": of.confidence}


def _reason() -> str:
    problem = Problem(400, 'Send JSON with the reason: {"reason": "notice 4711"}.')
    if (request.content_length or 0) > _LARGEST:
        raise Problem(413, "The body is too large.")
    try:
        body = msgspec.json.decode(request.get_data(), type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise problem from error
    if set(body) != {"reason"}:
        raise problem
    return body["reason"]
