"""Partners: connections to charging networks and hubs, and what is odd in what they send, to show to the other side."""

import json
from datetime import datetime
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from ledger.queries import partners as query
from ledger.queries import places
from ledger.quirks import Quirk
from ledger.session_ends import Meaning
from web.blueprint import page, pages
from web.context import current
from web.settling import SAID_BY


@pages.get("/partners")
def partners() -> ResponseReturnValue:
    """All connections."""
    with current().ledger.read() as conn:
        rows = query.partners(conn)
        return page(conn, "partners", partners=rows, zone=places.zone_of(conn, None), now=current().clock())


@pages.get("/partners/<int:partner_id>")
def partner(partner_id: int) -> ResponseReturnValue:
    """One connection."""
    with current().ledger.read() as conn:
        found = _found(query.partner(conn, partner_id))
        report = report_text(found, current().clock(), request.url)
        zone = places.zone_of(conn, None)
        return page(conn, "partner", partner=found, report=report, zone=zone, now=current().clock())


@pages.get("/partners/<int:partner_id>/quirks.json")
def quirks(partner_id: int) -> ResponseReturnValue:
    """The quirk report as a file."""
    with current().ledger.read() as conn:
        found = _found(query.partner(conn, partner_id))
    line, listed = found.line, [_quirk(each) for each in found.quirks]
    ends = {each.key: _session_end(each.session_end) for each in found.networks}
    body = json.dumps({"partner": line.name, "version": line.version, "session_ends": ends, "quirks": listed})
    name = "".join(char if char.isalnum() else "-" for char in line.name.casefold())[:40]
    response = Response(body, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"quirks-{name or partner_id}.json")
    return response


def report_text(found: query.PartnerPage, now: datetime, where: str) -> str:
    """The report as a text to copy into a mail. It holds nothing personal: no values of such fields are kept."""
    line = found.line
    lines = [f"OCPI {line.version}: what Baywarden noticed in what {line.name} sends, {now:%Y-%m-%d}", where, ""]
    for each in found.networks:
        end = each.session_end
        observed = f"after {end.learnt.long} of {end.learnt.seen} sessions the bay stayed taken"
        lines.append(f"{each.key}: the end of a session means {end.end} ({SAID_BY[end.said_by]}; {observed})")
    for quirk in found.quirks:
        lines.append(f"{quirk.count} x {quirk.words} ({quirk.standard})")
        lines += [f"    {_example(example)}" for example in quirk.examples[-2:]]
    return "\n".join(lines)


def _example(example: dict[str, str]) -> str:
    said = " = ".join(part for part in (example["field"], example["value"]) if part)
    return f"{example['at'][:19]}Z {example['place']}: {said}".rstrip(": ")


def _session_end(of: Meaning) -> dict[str, Any]:
    return {"means": of.end.value, "said_by": of.said_by, "observed": of.learnt.seen, "stayed": of.learnt.long}


def _quirk(quirk: Quirk) -> dict[str, Any]:
    return {
        "code": quirk.code,
        "what": quirk.words,
        "standard": quirk.standard,
        "count": quirk.count,
        "first_at": quirk.first_at.isoformat(),
        "last_at": quirk.last_at.isoformat(),
        "examples": quirk.examples,
    }


def _found(partner: query.PartnerPage | None) -> query.PartnerPage:
    if partner is None:
        abort(404)
    return partner
