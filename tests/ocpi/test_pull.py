"""Pulls from a real second HTTP server: pages, what was pushed already, bad objects, a peer that fails."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import NetworkHeard, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from ledger.partners import KnownPartner, known
from ledger.pulls import PullState, claim, states
from ledger.registrations import Party, Registration, register
from models import Reject, Station
from ocpi.answers import PeerError
from ocpi.fetched import Pulled
from ocpi.pull import pull_due
from ocpi.puller import Puller, client_of
from ocpi.pulling_modules import pull_module
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Peer, Platform, base64_of
from tests.support.pulled import LOCATIONS, PARTY, SESSIONS, pages


def facts(ledger: Ledger, kind: type, subject: str = "evse:be*bec*loc1*3256") -> list[Any]:
    with ledger.read() as conn:
        return sorted((f for f in fact_rows.load(conn, [subject]) if isinstance(f, kind)), key=lambda f: f.at)


def pull(puller: Puller, partner: KnownPartner, module: str, since: datetime | None, now: datetime) -> Pulled:
    return pull_module(replace(puller, clock=lambda: now), client_of(puller, partner), partner, module, since, now)


def test_all_pages_are_taken_and_the_network_was_heard(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    queries = pages(platform, SESSIONS, [session("1")], [session("2"), session("3", at=minutes(1))])
    assert pull(puller, partner, "sessions", NOON, minutes(9)) == Pulled(taken=3)
    assert queries[0] == {"date_from": stamp(NOON), "date_to": stamp(minutes(9)), "offset": "0", "limit": "100"}
    assert platform.calls[0][1] == f"Token {base64_of('token-B')}"
    assert {fact.session for fact in facts(ledger, SessionUpdated)} == {"be*bec*1", "be*bec*2", "be*bec*3"}
    assert [(f.at, f.source_id) for f in facts(ledger, NetworkHeard, "network:be*bec")] == [
        (minutes(9), f"pulled:{stamp(minutes(9))}")
    ]


def test_an_answer_without_sessions_is_evidence_too(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    pages(platform, SESSIONS, [])
    assert pull(puller, partner, "sessions", NOON, minutes(9)) == Pulled()
    assert [f.at for f in facts(ledger, NetworkHeard, "network:be*bec")] == [minutes(9)]


def test_what_was_pushed_already_is_the_same_fact(
    ledger: Ledger, platform: Platform, connect: Any, puller: Puller, partner: KnownPartner, client: Any, clock: Clock
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
    pull(puller, partner, "sessions", NOON, minutes(2))
    assert len(facts(ledger, SessionUpdated)) == 1


def test_valid_objects_are_taken_and_bad_ones_stored_with_their_reason(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    bad: list[Any] = [session("2", kwh="much"), 7, session("4", party_id="XXX"), session("5", id=None)]
    pages(platform, SESSIONS, [*bad, session("1")])
    assert pull(puller, partner, "sessions", NOON, minutes(9)) == Pulled(taken=1, refused=4)
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
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    queries = pages(platform, SESSIONS, [session("1")], [session("3")], totals=[3, 2])
    pull(puller, partner, "sessions", NOON, minutes(9))
    assert [query["offset"] for query in queries] == ["0", "1", "0", "1"]


def test_a_peer_that_fails_half_way_was_not_heard_but_what_came_is_kept(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    pages(platform, SESSIONS, [session("1")], [session("2")])
    first = platform.pages[SESSIONS]
    platform.pages[SESSIONS] = lambda query: first(query) if query["offset"] == "0" else (503, {}, {})
    with pytest.raises(PeerError, match="503"):
        pull(puller, partner, "sessions", NOON, minutes(9))
    assert len(facts(ledger, SessionUpdated)) == 1
    assert facts(ledger, NetworkHeard, "network:be*bec") == []


@pytest.mark.parametrize("link", ["<{url}/2.2.1/sessions?offset=0>", "<http://localhost:1/sessions>"])
def test_pages_that_never_end_or_lead_away_are_left(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, link: str
) -> None:
    headers = {"Link": f"{link.format(url=platform.url)}; rel=next"}
    platform.pages[SESSIONS] = lambda _: (200, {"data": [session()], "status_code": 1000}, headers)
    with pytest.raises(PeerError, match=r"never end|another host"):
        pull(puller, partner, "sessions", NOON, minutes(9))


@pytest.mark.parametrize("data", [{}, "x", 5])
def test_a_page_that_is_no_list_is_an_error(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, data: Any
) -> None:
    platform.says(SESSIONS, data)
    with pytest.raises(PeerError, match="list"):
        pull(puller, partner, "sessions", NOON, minutes(9))


def test_locations_are_pulled(ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller) -> None:
    queries = pages(platform, LOCATIONS, [location(evse())])
    assert pull(puller, partner, "locations", None, minutes(9)) == Pulled(taken=1)
    assert "date_from" not in queries[0]
    with ledger.read() as conn:
        assert [row.key for row in conn.execute(select(table(Station)))] == ["be*bec*loc1"]


def due(puller: Puller, partner: KnownPartner) -> int:
    with puller.ledger.read() as conn:
        as_it_stands = next(each for each in known(conn) if each.id == partner.id)
    return pull_due(puller, as_it_stands)


def stated(ledger: Ledger, partner: KnownPartner) -> dict[str, PullState]:
    with ledger.read() as conn:
        return {state.module: state for state in states(conn, partner.id)}


def test_pulls_come_due_and_go_on_where_the_last_whole_one_ended(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    pages(platform, LOCATIONS, [])
    queries = pages(platform, SESSIONS, [])
    pulled = []
    for clock.now in (NOON, minutes(53), minutes(60), minutes(61)):
        pulled.append(due(puller, partner))
    assert pulled == [2, 0, 2, 0]
    assert [query["date_from"] for query in queries] == [stamp(NOON - timedelta(days=1)), stamp(minutes(-5))]
    assert stated(ledger, partner)["sessions"].until == minutes(60)


def test_after_a_new_handshake_all_is_pulled_at_once(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    pages(platform, LOCATIONS, [])
    queries = pages(platform, SESSIONS, [])
    due(puller, partner)
    with ledger.write(minutes(2)) as tx:
        register(
            tx, partner, Registration(token="token-B", versions_url="x", connection=partner.connection, parties=[PARTY])
        )
    clock.now = minutes(3)
    assert due(puller, partner) == 2
    assert queries[1]["date_from"] == stamp(minutes(3) - timedelta(days=1))


def test_a_pull_that_fails_waits_longer_each_time_and_holds_up_nobody(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock, caplog: Any
) -> None:
    pages(platform, LOCATIONS, [location(evse())])
    asked = []
    for second in range(0, 200, 10):
        clock.now = NOON + timedelta(seconds=second)
        if due(puller, partner):
            asked.append(second)
    assert asked == [0, 20, 60, 140]
    assert "BeCharged: its sessions can't be pulled: it answers HTTP 404" in caplog.text
    state = stated(ledger, partner)
    assert (state["sessions"].failures, state["sessions"].error) == (4, "it answers HTTP 404")
    assert (state["locations"].failures, state["locations"].taken) == (0, 1)
    queries = pages(platform, SESSIONS, [session()])
    clock.now = minutes(10)
    assert due(puller, partner) == 1
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
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    queries = pages(platform, SESSIONS, [session("1")], [session("2")])
    pull(puller, partner, "sessions", NOON, minutes(9))
    assert [query["date_from"] for query in queries] == [stamp(NOON)] * 2
    asked: list[str] = []

    def unlinked(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        asked.append(query["offset"])
        return 200, {"data": [session(query["offset"])], "status_code": 1000}, {"X-Total-Count": "3"}

    platform.pages[SESSIONS] = unlinked
    assert pull(puller, partner, "sessions", NOON, minutes(9)) == Pulled(taken=3)
    assert asked == ["0", "1", "2"]


def test_who_links_its_pages_ends_with_the_last_one_however_many_it_counts(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    """Some count all that they have, not what was asked for, and answer an offset behind the end with an error."""
    queries = pages(platform, SESSIONS, [session("1")], [session("2")], totals=[900, 900])
    assert pull(puller, partner, "sessions", NOON, minutes(9)) == Pulled(taken=2)
    assert [query["offset"] for query in queries] == ["0", "1"]


@pytest.mark.parametrize(("slow", "found"), [(0, True), (20, True), (-20, True), (60 * 24 * 3_000, False)])
def test_what_a_peer_with_a_slow_clock_dates_before_the_last_pull_is_not_missed(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock, slow: int, found: bool
) -> None:
    """What it filters by are its own times."""
    behind = timedelta(minutes=slow)
    has: list[dict[str, Any]] = []

    def answer(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        wanted = [each for each in has if query["date_from"] <= each["last_updated"] < query["date_to"]]
        return 200, {"data": wanted, "status_code": 1000, "timestamp": stamp(clock.now - behind)}, {}

    platform.pages[SESSIONS] = answer
    pages(platform, LOCATIONS, [])
    due(puller, partner)
    has.append(session(at=minutes(1) - behind))
    for clock.now in (minutes(60), minutes(120)):
        due(puller, partner)
    assert bool(facts(ledger, SessionUpdated)) is found
    assert stated(ledger, partner)["sessions"].error == ""


def test_a_peer_that_links_on_for_ever_ends_with_its_first_empty_page(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller
) -> None:
    def answer(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        offset = int(query["offset"])
        link = f'<{platform.url}{SESSIONS}?offset={offset + 1}>; rel="next"'
        return 200, {"data": [session(str(offset))] if offset < 3 else [], "status_code": 1000}, {"Link": link}

    platform.pages[SESSIONS] = answer
    assert pull(puller, partner, "sessions", NOON, minutes(9)) == Pulled(taken=3)
    assert len(platform.calls) == 4


def test_requests_say_who_they_are_from_and_to(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    pages(platform, LOCATIONS, [])
    due(puller, partner)
    headers = platform.headers[LOCATIONS]
    names = ("OCPI-from-country-code", "OCPI-from-party-id", "OCPI-to-country-code", "OCPI-to-party-id")
    assert [headers[name] for name in names] == ["US", "BAY", "BE", "BEC"]
