"""Signs that somebody saw: what was attested at stations and bays, by whom, and a form to attest one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from enforcement.rules import Offence, PlaceKind
from enforcement.rules.attesting import PlaceLand
from ledger import acts, attestations, attested_signs
from ledger.attestations import AttestationError
from ledger.queries import laws, places
from web import limits
from web.blueprint import page, pages
from web.cases import public_id_of
from web.context import current
from web.driver.photos import PhotoError, made_anew
from web.parameters import Reader, key
from web.roles import actor, attesters_only, may_attest

_RATE = "30 per minute"
_SHOWN = 100
_ACTS = 20


@pages.get("/signs")
def sign_list() -> ResponseReturnValue:
    """What was attested, of one station or of all; for one station, a form to attest its sign."""
    reader = Reader(request.args)
    station = reader.one("station", key)
    if reader.faults:
        abort(400)
    with current().ledger.read() as conn:
        return _list(conn, station)


@pages.post("/signs")
@limits.limiter.limit(_RATE)
def attest_sign() -> ResponseReturnValue:
    """Attest a sign, as of when it was seen."""
    attesters_only()
    given, here = request.form, current()
    station = given.get("station", "")[:60].casefold()
    try:
        upload = request.files.get("photo")
        photo = made_anew(upload.read()) if upload is not None and upload.filename else None
        bay = given.get("bay") or None
        seen = attestations.read_seen(station, bay, given, given.getlist("forbids"), given.get("hours", "").split(","))
        with here.ledger.write(here.clock()) as tx:
            zone = places.zone_of(tx.conn, station)
            note = given.get("note", "").strip()
            at = _moment(given.get("seen_at", ""), zone) or tx.now
            attestations.attest(tx, seen, at, actor(), note=note, photo=photo)
    except (AttestationError, PhotoError) as error:
        with here.ledger.read() as conn:
            return _list(conn, station, 400, fault=f"Not attested: {error}.", given=given)
    return redirect(url_for("web.sign_list", station=station), 303)


@pages.post("/signs/<public_id>/gone")
@limits.limiter.limit(_RATE)
def sign_gone(public_id: str) -> ResponseReturnValue:
    """Say that an attested sign stands no more."""
    attesters_only()
    own, here = public_id_of(public_id), current()
    with here.ledger.read() as conn:
        found = attested_signs.find(conn, own)
    if found is None:
        abort(404)
    station = found.attested.seen.station
    try:
        with here.ledger.write(here.clock()) as tx:
            attestations.end(tx, own, _moment(request.form.get("gone_at", ""), found.zone) or tx.now, actor())
    except AttestationError as error:
        with here.ledger.read() as conn:
            return _list(conn, station, 400, fault=f"Not ended: {error}.")
    return redirect(url_for("web.sign_list", station=station), 303)


@pages.get("/signs/<public_id>/photo.jpg")
def sign_photo(public_id: str) -> ResponseReturnValue:
    """The photo of a sign."""
    own, here = public_id_of(public_id), current()
    with here.ledger.write(here.clock()) as tx:
        found = attested_signs.photo(tx, own, actor())
    if found is None:
        abort(404)
    return Response(found, mimetype="image/jpeg")


def _list(
    conn: Connection, station: str | None, status: int = 200, *, fault: str = "", given: Mapping[str, str] | None = None
) -> Response:
    now, known = current().clock(), places.stations(conn)
    name = next((each.name for each in known if each.key == station), None)
    if station is not None and name is None:
        abort(404)
    return page(
        conn,
        "signs",
        status,
        signs=attested_signs.latest(conn, station, _SHOWN),
        station=station,
        station_name=name,
        stations=known,
        bays=[] if station is None else places.bays(conn, station),
        rules=[] if station is None else laws.rules_of(conn, station, now),
        acts=[] if station is None else acts.latest(conn, attestations.about(station), _ACTS),
        choices={"kinds": list(PlaceKind), "lands": list(PlaceLand), "offences": list(Offence)},
        may_attest=may_attest(),
        fault=fault,
        given=given or request.args,
        zone=places.zone_of(conn, station),
        now=now,
    )


def _moment(text: str, zone: str) -> datetime | None:
    """A local time, as a form gives it; empty: None."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise AttestationError(f"{text[:30]!r} is no time") from error
