"""Pushing what an EVSE is (mod_locations, PATCH of an EVSE), or the location to whom does not know it yet."""

from urllib.parse import quote

from ledger import shown_stations
from ledger.shown_stations import Shown
from ocpi.answers import RefusedError
from ocpi.errors import UNKNOWN_LOCATION
from ocpi.pushing import Parcel, Undeliverable
from ocpi.senders.locations import MODULE, our_id, write_shown
from ocpi.senders.places import evses_of
from ocpi.wire import stamp


def deliver(parcel: Parcel) -> None:
    """Tell a partner what an EVSE is now. Raises what :func:`ocpi.pushing.send_next` understands."""
    shown, uid = _station(parcel)
    us, client = parcel.postman.us, parcel.client_to_partner
    ids = us.country_code, us.party_id, our_id(shown.network, shown.location_id)
    location = "/".join((parcel.endpoint(MODULE), *(quote(each, safe="") for each in ids)))
    status, at = shown.statuses.get(uid, (parcel.push.document, parcel.postman.clock()))
    try:
        url = f"{location}/{quote(our_id(shown.network, _spelled(shown, uid)), safe='')}"
        client.send("PATCH", url, {"status": status, "last_updated": stamp(at)})
    except RefusedError as error:
        if error.http != 404 and error.status != UNKNOWN_LOCATION:
            raise
        client.send("PUT", location, write_shown(shown, parcel.version, us))


def _station(parcel: Parcel) -> tuple[Shown, str]:
    """The station of the EVSE, whose key is network, location and uid; and the uid, casefolded."""
    with parcel.postman.ledger.read() as conn:
        station = shown_stations.station_of(conn, parcel.push.subject)
        seen = [] if station is None else shown_stations.shown(conn, parcel.partner, station)
        for found in shown_stations.load(conn, seen):
            return found, parcel.push.subject.removeprefix(f"{station}*")
    raise Undeliverable("the partner is not told of this EVSE any more")


def _spelled(shown: Shown, uid: str) -> str:
    spelled = (str(item.get("uid")) for item in evses_of(shown.document))
    return next((each for each in spelled if each.casefold() == uid), uid)
