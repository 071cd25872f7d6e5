"""Session and location as their network sent them: what a charge record of ours says of where it was."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from ledger import objects

_SAID = ("id", "evse_uid", "connector_id", "auth_method", "authorization_reference")


def place_of(conn: Connection, session: str) -> dict[str, Any] | None:
    """Session and location as they stand: what a CDR says of where it was. Personal data is not in stored objects."""
    country, party, session_id = session.split("*", 2)
    network = f"{country}*{party}"
    stored = objects.get(conn, "sessions", network, session_id)
    if stored is None:
        return None
    document: dict[str, Any] = msgspec.json.decode(stored.document)
    whole: dict[str, Any] = document.get("location") or {}
    location_id = str(document.get("location_id") or whole.get("id") or "")
    location = objects.get(conn, "locations", network, location_id)
    own: dict[str, Any] = next(iter(whole.get("evses") or ()), {})
    said: dict[str, Any] = {"evse_uid": own.get("uid"), **document}
    return {
        "network": network,
        "session": {name: said[name] for name in _SAID if said.get(name) is not None},
        "location": whole if location is None else _pruned(msgspec.json.decode(location.document), said),
    }


def is_stored(conn: Connection, session: str) -> bool:
    """Whether a session stands as its network sent it, so that a record can name it."""
    return place_of(conn, session) is not None


def _pruned(location: dict[str, Any], session: Mapping[str, Any]) -> dict[str, Any]:
    """The location with the session's one EVSE, where that is known."""
    uid = str(session.get("evse_uid") or "").casefold()
    own = [evse for evse in location.get("evses") or () if str(evse.get("uid")).casefold() == uid]
    return {**location, "evses": own}
