"""Which violations a page or a table is asked for: by state, kind, station and local days."""

from flask import request
from sqlalchemy import Connection

from enforcement.clauses import Kind
from enforcement.violations import State
from ledger.queries import places
from ledger.queries import violations as query
from web import parameters

NAMES = ("state", "kind", "station", "from", "to")


def wanted(conn: Connection, reader: parameters.Reader) -> tuple[query.ViolationFilter, str]:
    """The filter of this request, and the zone in which its days are meant; what is wrong is in the reader's faults."""
    station = reader.one("station", parameters.key)
    zone = places.zone_of(conn, station)
    found = query.ViolationFilter(
        states=_states(reader),
        kinds=reader.many("kind", parameters.member(Kind)),
        stations=[station] if station else (),
        since=reader.one("from", lambda text: parameters.day(text, zone)),
        until=reader.one("to", lambda text: parameters.day(text, zone, after=True)),
    )
    return found, zone


def _states(reader: parameters.Reader) -> tuple[State, ...]:
    """``all`` states, the one that is asked for, or all those that are violations."""
    asked = reader.one("state", lambda text: None if text == "all" else parameters.member(State)(text))
    if asked is not None:
        return (asked,)
    return tuple(State) if "all" in request.args.getlist("state") else query.BECAME
