"""Partners that are pulled from: registered without the handshake, their pages served by real HTTP servers."""

from typing import Any

from ledger.database import Ledger
from ledger.partners import KnownPartner, by_token
from ledger.registrations import Party, Registration, invite, register
from ocpi.wire import stamp
from tests.conftest import NOON
from tests.support.ocpi_peer import Platform

PARTY = Party("be*bec", "BE", "BEC", "BeCharged")
SESSIONS, LOCATIONS = "/2.2.1/sessions", "/2.2.1/locations"


def registered(ledger: Ledger, platform: Platform, name: str = "BeCharged", party: Party = PARTY) -> KnownPartner:
    """A partner whose sessions and locations are at a platform."""
    endpoints = [
        {"identifier": name, "role": role, "url": f"{platform.url}/2.2.1/{name}"}
        for name, role in (("sessions", "RECEIVER"), ("sessions", "SENDER"), ("locations", "SENDER"))
    ]
    connection = {"version": "2.2.1", "literal": False, "endpoints": endpoints}
    found = Registration(
        token="token-B", versions_url=f"{platform.url}/versions", connection=connection, parties=[party]
    )
    with ledger.write(NOON) as tx:
        invited = by_token(tx.conn, invite(tx, name))
        assert invited is not None
        made = by_token(tx.conn, register(tx, invited[0], found))
        assert made is not None
        return made[0]


def pages(platform: Platform, path: str, *of: list[Any], totals: list[int] | None = None) -> list[dict[str, str]]:
    """Serve these pages, linked; returns the queries that come."""
    queries: list[dict[str, str]] = []

    def answer(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        index = int(query["offset"])
        total = totals.pop(0) if totals else sum(map(len, of))
        queries.append(query)
        link = f'<{platform.url}{path}?offset={index + 1}&limit=1>; rel="next"'
        headers = {"X-Total-Count": str(total)} | ({"Link": link} if index + 1 < len(of) else {})
        made_at = query.get("date_to", stamp(NOON))
        return 200, {"data": of[index], "status_code": 1000, "timestamp": made_at}, headers

    platform.pages[path] = answer
    return queries
