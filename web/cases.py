"""The list of violations, and the page of one."""

import uuid

from flask import abort, request
from flask.typing import ResponseReturnValue

from ledger import disputes, plates
from ledger.queries import accounts, evidence, laws, places, settlement, told_signs
from ledger.queries import case as case_query
from ledger.queries import violations as query
from web import case_filters, contests, parameters
from web.blueprint import page, pages
from web.context import current
from web.drawing import draw
from web.roles import is_officer, may_change
from web.told import best_sight, voices

_PAGE = 50


@pages.get("/violations")
def violations() -> ResponseReturnValue:
    """Violations, newest first, filtered by state, kind, station and local days."""
    reader = parameters.Reader(request.args)
    with current().ledger.read() as conn:
        wanted, zone = case_filters.wanted(conn, reader)
        after = reader.one("after", parameters.cursor)
        found = query.Page((), None) if reader.faults else query.page(conn, wanted, after, _PAGE)
        return page(
            conn,
            "violations",
            400 if reader.faults else 200,
            found=found,
            faults=reader.faults,
            zone=zone,
            stations=places.stations(conn),
            given={name: request.args[name] for name in case_filters.NAMES if request.args.get(name)},
            is_first=after is None,
            now=current().clock(),
        )


@pages.get("/violations/<public_id>")
def violation(public_id: str) -> ResponseReturnValue:
    """One violation: what happened, what it costs and why."""
    now = current().clock()
    with current().ledger.read() as conn:
        found = case_query.find(conn, public_id_of(public_id))
        if found is None:
            abort(404)
        seen = evidence.load_evidence(conn, found, now)
        drawing = draw(found.explanation, found.violation)
        told = accounts.account(conn, found)
        settled = settlement.settled(conn, found, now)
        is_contested = disputes.is_contested(conn, found.key)
        plate_is_kept = found.violation.plate is not None and plates.is_kept(conn, found.violation.plate)
    dispute = contests.read(found.key) if is_contested else None
    with current().ledger.read() as conn:
        return page(
            conn,
            "violation",
            case=found,
            v=found.violation,
            seen=seen,
            drawing=drawing,
            told=told,
            settled=settled,
            dispute=dispute,
            law=laws.law_of(conn, found, now),
            told_signs=told_signs.at_bay(conn, found.violation.station, found.violation.bay),
            voices=voices(told, seen.facts, found.session),
            sight=best_sight(seen.facts, found.violation.plate),
            plate_is_kept=plate_is_kept,
            may_read_plate=plate_is_kept and is_officer(),
            plate_reason=(plates.LEAST_REASON, plates.MOST_REASON),
            may_change=may_change(),
            now=now,
        )


def public_id_of(text: str) -> str:
    """A public id, spelled as it is stored; 404 for anything else."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        abort(404)
