"""Whatever a partner sends: never a server error, always an envelope, never another party's data."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger.database import Ledger, table
from models import Evse, OcpiObject, Station, Token
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location, period, session
from tests.support.ocpi_peer import Peer, envelope, result

FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEEDS: list[dict[str, Any]] = [
    session(charging_periods=[period(NOON, ENERGY=1), period(minutes(1), PARKING_TIME=0.2)]),
    location(evse(), evse("3257", status_schedule=[{"period_begin": stamp(NOON), "status": "CLOSED"}])),
    evse(),
    evse()["connectors"][0],
    {"country_code": "BE", "party_id": "BEC", "id": "12", "currency": "EUR", "elements": [{"price_components": []}], "last_updated": stamp(NOON)},
    session("c1", end_date_time=stamp(minutes(60)), total_cost={"excl_vat": 1}),
    {"id": "101", "start_datetime": stamp(NOON), "kwh": 1, "auth_id": "X", "status": "ACTIVE", "location": {"id": "LOC1", "evses": [evse()]}, "last_updated": stamp(NOON)},
    {"uid": "101", "type": "RFID", "contract_id": "C", "valid": True, "last_updated": stamp(NOON)},
    {"country_code": "NL", "party_id": "VIC", "role": "CPO", "status": "CONNECTED", "last_updated": stamp(NOON)},
]  # fmt: skip
ODD = st.sampled_from(
    [None, True, 0, -1, 2**63, -(2**70), 1.5, 1e308, 5e-324, "", " ", "\x00", "é", "\U0001f697", "NaN", "Infinity", "1e5", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59+00:00", "2026-03-02T17:00:00-23:59", "2026-13-01T00:00:00Z", "x" * 300, "be", "BEC", "LOC1", "3256", "$token", [], {}, [[]],
     [{}], [None], {"uid": None}, {"uid": "\x00"}, {"uid": 5, "country_code": "", "party_id": []}, {"latitude": "NaN", "longitude": {}},
     [{"uid": "3256"}] * 3, [{"start_date_time": "2026-03-02T17:00:00Z", "dimensions": [{"type": "\x00", "volume": 1e300}]}], "COMPLETED"]
)  # fmt: skip
HOSTILE = ODD | st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
                             lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8)  # fmt: skip
SEGMENTS = st.sampled_from(
    ["101", "LOC1", "loc1", "3256", "1", "c1", "12", "a*b", "%", "..", "\x00", "é", "x" * 50, " ", "a b"]
)
PARTIES = st.sampled_from(
    [("BE", "BEC"), ("be", "bec"), ("NL", "VIC"), ("nl", "vic"), ("XX", "YYY"), ("BE*BEC", "1"), ("\x00", "")]
)
MODULES = st.sampled_from(["sessions", "locations", "tariffs", "cdrs", "tokens", "hubclientinfo"])
BASES = st.sampled_from(["2.1.1", "2.2.1", "2.3.0", "cpo/2.1.1", "cpo/2.2.1"])
METHODS = st.sampled_from(["GET", "PUT", "PATCH", "POST", "DELETE"])


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """A document of the standard with some of it spoiled, at the top or within."""
    document = _copied(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 3))):
        place = document
        while draw(st.booleans()):
            inner = [value for value in place.values() if isinstance(value, dict)]
            inner += [
                item for value in place.values() if isinstance(value, list) for item in value if isinstance(item, dict)
            ]
            if not inner:
                break
            place = draw(st.sampled_from(inner))
        place[draw(st.sampled_from(sorted(place)) if place else st.just("x"))] = _copied(draw(HOSTILE))
    return document


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, Any]:
    country, party = draw(PARTIES)
    ids = draw(st.lists(SEGMENTS, min_size=0, max_size=4))
    path = "/".join(quote(part, safe="") for part in (country, party, *ids))
    module = draw(MODULES)
    base = draw(BASES)
    return draw(METHODS), f"{base}/{module}/{path}" if ids else f"{base}/{module}", draw(documents() | HOSTILE)


def contents(ledger: Ledger) -> list[Any]:
    """All that is known of the victim's network."""
    with ledger.read() as conn:
        objects = table(OcpiObject)
        out: list[Any] = list(conn.execute(select(objects).where(objects.c.network == "nl*vic").order_by(objects.c.id)))
        out += conn.execute(select(table(Station)).where(table(Station).c.network == "nl*vic"))
        out += conn.execute(
            select(table(Evse)).where(table(Evse).c.key.startswith("nl*vic")).order_by(table(Evse).c.key)
        )
        return out


def test_no_request_is_a_server_error_or_touches_another_party(
    ledger: Ledger, peer: Peer, connect: Callable[..., Peer]
) -> None:
    victim = connect("Victim", ("NL", "VIC"))
    mine = {"country_code": "NL", "party_id": "VIC"}
    victim.put("locations/NL/VIC/LOC1", location(evse(), **mine))
    victim.put("sessions/NL/VIC/101", session(**mine, cdr_token={**session()["cdr_token"], "uid": "VICTIMS-UID"}))
    before = contents(ledger)
    assert len(before) == 4
    for url, document in (("sessions/BE/BEC/101", session()), ("locations/BE/BEC/LOC1", location(evse()))):
        peer.put(url, document)

    @FEW
    @given(st.lists(requests(), min_size=1, max_size=3))
    def send(calls: list[tuple[str, str, Any]]) -> None:
        for method, path, body in calls:
            answer = peer.call(method, path, None if method == "GET" else body)
            assert answer.status_code < 500, (method, path, body)
            assert "VICTIMS-UID" not in answer.text

    send()
    assert contents(ledger) == before


@given(st.binary(max_size=200), METHODS, st.text(max_size=30))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_and_no_path_are_a_server_error(peer: Peer, body: bytes, method: str, path: str) -> None:
    for url in (quote(path), "2.2.1/sessions/BE/BEC/101", "2.2.1/credentials"):
        if (method, url) != ("DELETE", "2.2.1/credentials"):
            assert peer.call(method, url, body).status_code < 500


@given(
    st.dictionaries(
        st.sampled_from(["token", "url", "roles"]),
        HOSTILE | st.just([{"role": "CPO", "country_code": "BE", "party_id": "BEC"}]),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_credentials_are_a_server_error(peer: Peer, change: dict[str, Any]) -> None:
    """No peer answers on port 1, so none of them can replace the credentials either."""
    roles = [{"role": "CPO", "country_code": "NL", "party_id": "VIC"}]
    body = {"token": "B", "url": "http://127.0.0.1:1/versions", "roles": roles, **change}
    assert peer.call("PUT", "2.2.1/credentials", body).status_code == 200
    assert result(peer.call("GET", "versions")) == (200, 1000)


def test_objects_that_arrive_at_once_are_all_taken(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    """New and known sessions, the same one from several workers, and the EVSE's states between them."""
    clock.now = minutes(60)
    peer.put("locations/BE/BEC/LOC1", location(evse()))

    def send(number: int) -> tuple[int, int]:
        own = Peer(peer.client.application.test_client(), peer.token)
        at = minutes(number % 20)
        if number % 4 == 3:
            return result(own.patch("locations/BE/BEC/LOC1/3256", {"status": "CHARGING", "last_updated": stamp(at)}))
        return result(own.put(f"sessions/BE/BEC/s{number % 3}", session(f"s{number % 3}", at=at, kwh=number % 20)))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(60)))
    assert set(answers) <= {(200, 1000), (201, 1000)}
    assert answers.count((201, 1000)) == 3
    for number in range(3):
        newest = max(n % 20 for n in range(60) if n % 3 == number and n % 4 != 3)
        assert envelope(peer.get(f"sessions/BE/BEC/s{number}"))["data"]["kwh"] == newest
    with ledger.read() as conn:
        assert len(conn.execute(select(table(Token))).all()) == 1
