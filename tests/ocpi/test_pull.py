"""Pulls from a real second HTTP server: pages, what was pushed already, bad objects, a peer that fails."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import ChargerStatusSeen, NetworkHeard, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from ledger.partners import KnownPartner, by_token
from ledger.pulls import PullState, claim, states, want, wanted
from ledger.quirks import QuirkBook, quirks
from ledger.registrations import Party, Registration, invite, register
from models import Reject, Station
from ocpi.answers import PeerError
from ocpi.calls import OurParty
from ocpi.client import PeerClient
from ocpi.connections import default_http
from ocpi.fetching import fetch_wanted
from ocpi.pull import Puller, pull_due
from ocpi.pulling_modules import Pulled, pull_module
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Peer, Platform, base64_of, result

PARTY = Party("be*bec", "BE", "BEC", "BeCharged")
US = OurParty("US", "BAY", "Baywarden")
SESSIONS, LOCATIONS = "/2.2.1/sessions", "/2.2.1/locations"


@pytest.fixture
def http() -> Iterator[PeerClient]:
    with default_http() as http:
        yield PeerClient(http, "token-B")


@pytest.fixture
def partner(ledger: Ledger, platform: Platform) -> KnownPartner:
    endpoints = [
        {"identifier": name, "role": role, "url": f"{platform.url}/2.2.1/{name}"}
        for name, role in (("sessions", "RECEIVER"), ("sessions", "SENDER"), ("locations", "SENDER"))
    ]
    connection = {"version": "2.2.1", "literal": False, "endpoints": endpoints}
    found = Registration(
        token="token-B", versions_url=f"{platform.url}/versions", connection=connection, parties=[PARTY]
    )
    with ledger.write(NOON) as tx:
        invited = by_token(tx.conn, invite(tx, "BeCharged"))
        assert invited is not None
        registered = by_token(tx.conn, register(tx, invited[0], found))
        assert registered is not None
        return registered[0]


def pages(platform: Platform, path: str, *of: list[Any], totals: list[int] | None = None) -> list[dict[str, str]]:
    """Serve these pages, linked; returns the queries that come."""
    queries: list[dict[str, str]] = []

    def answer(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        index = int(query["offset"])
        total = totals.pop(0) if totals else sum(map(len, of))
        queries.append(query)
        link = f'<{platform.url}{path}?offset={index + 1}&limit=1>; rel="next"'
        headers = {"X-Total-Count": str(total)} | ({"Link": link} if index + 1 < len(of) else {})
        return 200, {"data": of[index], "status_code": 1000, "timestamp": stamp(NOON)}, headers

    platform.pages[path] = answer
    return queries


def facts(ledger: Ledger, kind: type, subject: str = "evse:be*bec*loc1*3256") -> list[Any]:
    with ledger.read() as conn:
        return sorted((f for f in fact_rows.load(conn, [subject]) if isinstance(f, kind)), key=lambda f: f.at)


def pull(
    ledger: Ledger, http: PeerClient, partner: KnownPartner, module: str, since: datetime | None, now: datetime
) -> Pulled:
    return pull_module(ledger, http, partner, module, since, now, QuirkBook())


def test_all_pages_are_taken_and_the_network_was_heard(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient
) -> None:
    queries = pages(platform, SESSIONS, [session("1")], [session("2"), session("3", at=minutes(1))])
    assert pull(ledger, http, partner, "sessions", NOON, minutes(9)) == Pulled(taken=3)
    assert queries[0] == {"date_from": stamp(NOON), "date_to": stamp(minutes(9)), "offset": "0", "limit": "100"}
    assert platform.calls[0][1] == f"Token {base64_of('token-B')}"
    assert {fact.session for fact in facts(ledger, SessionUpdated)} == {"be*bec*1", "be*bec*2", "be*bec*3"}
    assert [(f.at, f.source_id) for f in facts(ledger, NetworkHeard, "network:be*bec")] == [
        (minutes(9), f"pulled:{stamp(minutes(9))}")
    ]


def test_an_answer_without_sessions_is_evidence_too(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient
) -> None:
    pages(platform, SESSIONS, [])
    assert pull(ledger, http, partner, "sessions", NOON, minutes(9)) == Pulled()
    assert [f.at for f in facts(ledger, NetworkHeard, "network:be*bec")] == [minutes(9)]


def test_what_was_pushed_already_is_the_same_fact(
    ledger: Ledger, platform: Platform, connect: Any, http: PeerClient, partner: KnownPartner, client: Any, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        found = Registration(
            token="token-B",
            versions_url="x",
            connection=partner.connection,
            parties=[Party(network="be*bec", country_code="BE", party_id="BEC", name="B")],
        )
        pusher = Peer(client, register(tx, partner, found))
    pusher.put("sessions/BE/BEC/101", session(kwh=3))
    clock.now = minutes(2)
    pages(platform, SESSIONS, [session(kwh=3) | {"total_cost": {"excl_vat": 1}}])
    pull(ledger, http, partner, "sessions", NOON, minutes(2))
    assert len(facts(ledger, SessionUpdated)) == 1


def test_valid_objects_are_taken_and_bad_ones_stored_with_their_reason(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient
) -> None:
    bad: list[Any] = [session("2", kwh="much"), 7, session("4", party_id="XXX"), session("5", id=None)]
    pages(platform, SESSIONS, [*bad, session("1")])
    assert pull(ledger, http, partner, "sessions", NOON, minutes(9)) == Pulled(taken=1, refused=4)
    assert [fact.session for fact in facts(ledger, SessionUpdated)] == ["be*bec*1"]
    with ledger.read() as conn:
        rejects = list(conn.execute(select(table(Reject))))
    assert {row.reason for row in rejects} == {
        "kwh must be a number",
        "not an object",
        "its party is not among the roles of its credentials",
        "id must be a string",
    }
    assert {row.source for row in rejects} == {"ocpi:be*bec"}
    assert not any("123abc" in row.payload for row in rejects)


def test_a_crawl_that_lost_an_object_begins_again(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient
) -> None:
    queries = pages(platform, SESSIONS, [session("1")], [session("3")], totals=[3, 2])
    pull(ledger, http, partner, "sessions", NOON, minutes(9))
    assert [query["offset"] for query in queries] == ["0", "1", "0", "1"]


def test_a_peer_that_fails_half_way_was_not_heard_but_what_came_is_kept(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient
) -> None:
    pages(platform, SESSIONS, [session("1")], [session("2")])
    first = platform.pages[SESSIONS]
    platform.pages[SESSIONS] = lambda query: first(query) if query["offset"] == "0" else (503, {}, {})
    with pytest.raises(PeerError, match="503"):
        pull(ledger, http, partner, "sessions", NOON, minutes(9))
    assert len(facts(ledger, SessionUpdated)) == 1
    assert facts(ledger, NetworkHeard, "network:be*bec") == []


@pytest.mark.parametrize("link", ["<{url}/2.2.1/sessions?offset=0>", "<http://localhost:1/sessions>"])
def test_pages_that_never_end_or_lead_away_are_left(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient, link: str
) -> None:
    headers = {"Link": f"{link.format(url=platform.url)}; rel=next"}
    platform.pages[SESSIONS] = lambda _: (200, {"data": [], "status_code": 1000}, headers)
    with pytest.raises(PeerError, match=r"never end|another host"):
        pull(ledger, http, partner, "sessions", NOON, minutes(9))


@pytest.mark.parametrize("data", [{}, "x", 5])
def test_a_page_that_is_no_list_is_an_error(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient, data: Any
) -> None:
    platform.says(SESSIONS, data)
    with pytest.raises(PeerError, match="list"):
        pull(ledger, http, partner, "sessions", NOON, minutes(9))


def test_locations_are_pulled(ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient) -> None:
    queries = pages(platform, LOCATIONS, [location(evse())])
    assert pull(ledger, http, partner, "locations", None, minutes(9)) == Pulled(taken=1)
    assert "date_from" not in queries[0]
    with ledger.read() as conn:
        assert [row.key for row in conn.execute(select(table(Station)))] == ["be*bec*loc1"]


def due(ledger: Ledger, clock: Clock, every: timedelta = timedelta(hours=1)) -> int:
    with default_http() as http:
        return pull_due(Puller(ledger, clock, lambda token, literal: PeerClient(http, token, literal), US, every))


def stated(ledger: Ledger, partner: KnownPartner) -> dict[str, PullState]:
    with ledger.read() as conn:
        return {state.module: state for state in states(conn, partner.id)}


def test_pulls_come_due_and_go_on_where_the_last_whole_one_ended(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    pages(platform, LOCATIONS, [])
    queries = pages(platform, SESSIONS, [])
    pulled = []
    for clock.now in (NOON, minutes(53), minutes(60), minutes(61)):
        pulled.append(due(ledger, clock))
    assert pulled == [2, 0, 2, 0]
    assert [query["date_from"] for query in queries] == [stamp(NOON - timedelta(days=1)), stamp(minutes(-5))]
    assert stated(ledger, partner)["sessions"].until == minutes(60)


def test_after_a_new_handshake_all_is_pulled_at_once(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    pages(platform, LOCATIONS, [])
    queries = pages(platform, SESSIONS, [])
    due(ledger, clock)
    with ledger.write(minutes(2)) as tx:
        register(
            tx, partner, Registration(token="token-B", versions_url="x", connection=partner.connection, parties=[PARTY])
        )
    clock.now = minutes(3)
    assert due(ledger, clock) == 2
    assert queries[1]["date_from"] == stamp(minutes(3) - timedelta(days=1))


def test_a_pull_that_fails_waits_longer_each_time_and_holds_up_nobody(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock, caplog: Any
) -> None:
    pages(platform, LOCATIONS, [location(evse())])
    asked = []
    for second in range(0, 200, 10):
        clock.now = NOON + timedelta(seconds=second)
        if due(ledger, clock):
            asked.append(second)
    assert asked == [0, 20, 60, 140]
    assert "BeCharged: its sessions can't be pulled: it answers HTTP 404" in caplog.text
    state = stated(ledger, partner)
    assert (state["sessions"].failures, state["sessions"].error) == (4, "it answers HTTP 404")
    assert (state["locations"].failures, state["locations"].taken) == (0, 1)
    queries = pages(platform, SESSIONS, [session()])
    clock.now = minutes(10)
    assert due(ledger, clock) == 1
    assert len(queries) == 1
    assert stated(ledger, partner)["sessions"].failures == 0


def test_two_who_pull_do_not_ask_twice(ledger: Ledger, partner: KnownPartner) -> None:
    with ledger.write(NOON) as tx:
        assert claim(tx, partner, "sessions") is not None
    with ledger.write(NOON) as tx:
        assert claim(tx, partner, "sessions") is None
    with ledger.write(minutes(4)) as tx:
        assert claim(tx, partner, "sessions") is not None, "the first one died"


def test_links_that_lose_the_filters_and_lists_without_links_are_followed(
    ledger: Ledger, platform: Platform, partner: KnownPartner, http: PeerClient
) -> None:
    queries = pages(platform, SESSIONS, [session("1")], [session("2")])
    pull(ledger, http, partner, "sessions", NOON, minutes(9))
    assert [query["date_from"] for query in queries] == [stamp(NOON)] * 2
    asked: list[str] = []

    def unlinked(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        asked.append(query["offset"])
        return 200, {"data": [session(query["offset"])], "status_code": 1000}, {"X-Total-Count": "3"}

    platform.pages[SESSIONS] = unlinked
    assert pull(ledger, http, partner, "sessions", NOON, minutes(9)) == Pulled(taken=3)
    assert asked == ["0", "1", "2"]


def test_a_part_of_something_unknown_is_followed_by_a_request_for_the_whole(
    ledger: Ledger, platform: Platform, partner: KnownPartner, client: Any, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        found = Registration(token="token-B", versions_url="x", connection=partner.connection, parties=[PARTY])
        pusher = Peer(client, register(tx, partner, found))
    clock.now = minutes(1)
    part = {"status": "CHARGING", "last_updated": stamp(minutes(1))}
    assert result(pusher.patch("locations/BE/BEC/LOC1/3256", part)) == (404, 2003)
    assert result(pusher.patch("sessions/BE/BEC/101", {"kwh": 2, "last_updated": stamp(minutes(1))})) == (404, 2001)
    platform.says(f"{LOCATIONS}/LOC1", location(evse(status="CHARGING", at=minutes(1)), at=minutes(1)))
    queries = pages(platform, SESSIONS, [session(kwh=2, at=minutes(1))])
    clock.now = minutes(2)
    with default_http() as made:
        puller = Puller(ledger, clock, lambda token, literal: PeerClient(made, token, literal), US, timedelta(hours=1))
        assert fetch_wanted(puller) == 2
        assert fetch_wanted(puller) == 0
    assert [fact.status for fact in facts(ledger, ChargerStatusSeen)] == ["CHARGING"]
    assert [fact.energy_wh for fact in facts(ledger, SessionUpdated)] == [2_000]
    assert queries[0]["date_from"] == stamp(minutes(-4))


def test_a_part_of_years_ago_asks_for_no_years(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        for number in range(150):
            want(tx, partner.id, "sessions", "be*bec", str(number), NOON - timedelta(days=9_000))
    queries = pages(platform, SESSIONS, [])
    with default_http() as made:
        puller = Puller(ledger, clock, lambda token, literal: PeerClient(made, token, literal), US, timedelta(hours=1))
        assert (fetch_wanted(puller), fetch_wanted(puller), fetch_wanted(puller)) == (100, 50, 0)
    assert {query["date_from"] for query in queries} == {stamp(NOON - timedelta(days=7))}


def test_what_is_odd_in_what_was_asked_for_is_counted_with_the_rest(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        want(tx, partner.id, "sessions", "be*bec", "1", NOON)
    pages(platform, SESSIONS, [session("1", kwh="1"), session("2", kwh="2")])
    with default_http() as made:
        puller = Puller(ledger, clock, lambda token, literal: PeerClient(made, token, literal), US, timedelta(hours=1))
        assert fetch_wanted(puller) == 1
    with ledger.write(minutes(2)) as tx:
        puller.quirks.note(tx, partner.id, [])
        assert [(quirk.code, quirk.count) for quirk in quirks(tx.conn, partner.id)] == [("number_as_text", 2)]


@pytest.mark.parametrize("no", [{"http": 404, "code": 2003}, {"code": 2003}, {"data": location(evse()) | {"id": 7.5}}])
def test_one_that_is_not_given_holds_up_no_other(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock, no: dict[str, Any]
) -> None:
    with ledger.write(NOON) as tx:
        for name in ("GONE", "LOC1"):
            want(tx, partner.id, "locations", "be*bec", name, NOON)
    platform.says(f"{LOCATIONS}/GONE", **{"data": None, **no})
    platform.says(f"{LOCATIONS}/LOC1", location(evse()))
    with default_http() as made:
        puller = Puller(ledger, clock, lambda token, literal: PeerClient(made, token, literal), US, timedelta(hours=1))
        fetch_wanted(puller)
    with ledger.read() as conn:
        assert [row.key for row in conn.execute(select(table(Station)))] == ["be*bec*loc1"]
        assert [(item.object_id, item.tries) for item in wanted(conn, partner, minutes(60))] == [("GONE", 1)]


def test_a_peer_that_does_not_answer_is_asked_once(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        for name in ("LOC1", "LOC2"):
            want(tx, partner.id, "locations", "be*bec", name, NOON)
    platform.pages[f"{LOCATIONS}/LOC1"] = lambda _: (200, b"Bad Gateway", {})
    with default_http() as made:
        puller = Puller(ledger, clock, lambda token, literal: PeerClient(made, token, literal), US, timedelta(hours=1))
        fetch_wanted(puller)
    assert [path for path, _ in platform.calls] == [f"{LOCATIONS}/LOC1"]
    with ledger.read() as conn:
        assert [item.tries for item in wanted(conn, partner, minutes(60))] == [1, 1]


def test_what_a_network_does_not_give_is_asked_for_less_and_less_and_then_no_more(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        want(tx, partner.id, "locations", "be*bec", "LOC1", NOON)
    asked = 0
    with default_http() as made:
        puller = Puller(ledger, clock, lambda token, literal: PeerClient(made, token, literal), US, timedelta(hours=1))
        for minute in range(200):
            clock.now = minutes(minute)
            asked += fetch_wanted(puller)
    assert asked == 8


def test_requests_say_who_they_are_from_and_to(
    ledger: Ledger, platform: Platform, partner: KnownPartner, clock: Clock
) -> None:
    pages(platform, LOCATIONS, [])
    due(ledger, clock)
    headers = platform.headers[LOCATIONS]
    names = ("OCPI-from-country-code", "OCPI-from-party-id", "OCPI-to-country-code", "OCPI-to-party-id")
    assert [headers[name] for name in names] == ["US", "BAY", "BE", "BEC"]
