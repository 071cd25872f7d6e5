"""Pushes of sessions: asked once and written at once, whatever others do at the same moment."""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

import ocpi
from ledger import facts as fact_rows
from ledger import pushed, registry, writing_at_once
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.partners import known
from ledger.registrations import close
from ledger.vault import Vault, token_key
from models import OcpiObject, Token, WaitingFact
from notifications.texts import compose
from ocpi.wire import encode, stamp
from tests.conftest import NOON, TEST_KEY, minutes
from tests.ocpi.conftest import BASE_URL, Clock
from tests.support.ocpi_objects import session
from tests.support.ocpi_peer import Peer, base64_of, envelope, result

URL = "sessions/BE/BEC/101"
EVSE, STATION = "be*bec*loc1*3256", "be*bec*loc1"


@pytest.fixture
def elsewhere(ledger: Ledger, database_url: str) -> Iterator[Ledger]:
    """The same database, as another process sees it."""
    other = Ledger(database_url, Vault([TEST_KEY]), compose)
    yield other
    other.close()


def count(ledger: Ledger, model: Any) -> int:
    with ledger.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table(model))).scalar_one())


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something happen after what stands was asked, and before anything is written; on PostgreSQL, where others
    may write then."""

    def arrange(happens: Callable[[], object]) -> None:
        for name in ("write", "write_unseen"):
            monkeypatch.setattr(writing_at_once, name, partial(late, happens, getattr(writing_at_once, name)))

    def late(happens: Callable[[], object], write: Callable[..., object], *what: Any) -> object:
        monkeypatch.undo()
        happens()
        return write(*what)

    return arrange


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_newer_word_that_comes_between_is_not_overwritten(
    ledger: Ledger, peer: Peer, clock: Clock, between: Callable[[Callable[[], object]], None], method: str
) -> None:
    peer.put(URL, session())
    clock.now = minutes(9)
    between(lambda: peer.put(URL, session(at=minutes(8), kwh=8)))
    part = {"kwh": 7, "last_updated": stamp(minutes(7))}
    answer = peer.put(URL, session() | part) if method == "PUT" else peer.patch(URL, part)
    if ledger.has_one_writer:
        assert envelope(peer.get(URL))["data"]["kwh"] == 7
        return
    assert "not stored" in envelope(answer)["status_message"]
    assert envelope(peer.get(URL))["data"]["kwh"] == 8
    with ledger.read() as conn:
        assert len(fact_rows.load(conn, [f"evse:{EVSE}"])) == 3


def test_of_two_that_create_a_session_at_the_same_moment_the_newer_stands(
    ledger: Ledger, peer: Peer, clock: Clock, between: Callable[[Callable[[], object]], None]
) -> None:
    clock.now = minutes(9)
    between(lambda: peer.put(URL, session(at=minutes(1), kwh=1)))
    answer = peer.put(URL, session(at=minutes(2), kwh=2))
    assert result(answer) == (201 if ledger.has_one_writer else 200, 1000)
    assert envelope(peer.get(URL))["data"]["kwh"] == 2
    assert count(ledger, OcpiObject) == 1


def test_what_is_written_without_a_look_is_what_would_be_written_after_one(
    ledger: Ledger, peer: Peer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {**session()["cdr_token"], "uid": "OTHER"}
    told: list[dict[str, Any]] = [
        {},
        {"at": minutes(2), "kwh": 2},
        {"at": minutes(1), "kwh": 1},
        {"at": minutes(2), "kwh": 2},
        {"at": minutes(2), "kwh": 3},
        {"at": minutes(3), "cdr_token": other},
        {"at": minutes(4), "cdr_token": other, "kwh": 4},
        {"at": minutes(5), "status": "COMPLETED", "end_date_time": stamp(minutes(5))},
        {"at": minutes(5), "status": "ACTIVE"},
        {"at": minutes(6), "status": "ACTIVE"},
    ]
    clock.now = minutes(9)

    def tell(name: str) -> list[object]:
        url = f"sessions/BE/BEC/{name}"
        answers = [peer.put(url, session(**{**each, "id": name})) for each in told]
        document = {**envelope(peer.get(url))["data"], "id": ""}
        return [[result(each) for each in answers], document]

    peer.put(URL, session(at=minutes(0)))  # the token is remembered from here on
    unseen = tell("A")
    monkeypatch.setattr(pushed, "_unseen", lambda *_: None)
    assert tell("B") == unseen
    with ledger.read() as conn:
        facts = fact_rows.load(conn, [f"evse:{EVSE}"])
    a, b = ([(fact.at, fact.status) for fact in facts if f":{name}:" in fact.source_id] for name in ("a", "b"))
    assert sorted(a, key=str) == sorted(b, key=str)
    assert len(a) >= 8


@pytest.mark.parametrize("body", [session(at=minutes(1)), b"{", session(kwh="much")])
def test_a_connection_that_is_closed_in_another_process_is_closed_at_once(
    ledger: Ledger, peer: Peer, elsewhere: Ledger, body: object
) -> None:
    assert result(peer.put(URL, session())) == (201, 1000)
    with elsewhere.write(NOON) as tx:
        close(tx, known(tx.conn)[0])
    assert result(peer.put(URL, body)) == (401, 2001)
    assert result(peer.get(URL)) == (401, 2001)
    with ledger.read() as conn:
        assert conn.execute(select(table(OcpiObject).c.last_updated)).scalars().all() == [NOON]


def test_a_fact_waits_for_the_bay_that_its_evse_is_tied_to_by_now(
    ledger: Ledger, peer: Peer, elsewhere: Ledger, clock: Clock
) -> None:
    app = Flask("nothing is decided")
    app.register_blueprint(ocpi.blueprint(ledger, clock, BASE_URL, ocpi.OurParty("US", "BAY", "Baywarden")))
    peer = Peer(app.test_client(), peer.token)
    peer.put(URL, session())
    assert count(ledger, WaitingFact) == 0
    with elsewhere.write(NOON) as tx:
        place = registry.StationFields(key=STATION, network="be*bec", location_id="LOC1", name="Lot", zone="UTC")
        registry.put_station(tx, place)
        registry.put_evse(tx, registry.EvseFields(key=EVSE, station=STATION, uid="3256"))
        registry.import_bays(tx, [BayTie(bay="b1", station=STATION, name="1", evses=(EVSE,), sensors=())])
    peer.put(URL, session(at=NOON, kwh=1))
    with ledger.read() as conn:
        assert conn.execute(select(table(WaitingFact).c.bay)).scalars().all() == ["b1"]


def test_a_token_that_was_erased_is_kept_again_when_it_is_said_again(
    ledger: Ledger, peer: Peer, elsewhere: Ledger, clock: Clock
) -> None:
    peer.put(URL, session())
    tokens = table(Token)
    with elsewhere.write(NOON) as tx:
        tx.conn.execute(update(tokens).values(document=""))
    assert "cdr_token" not in envelope(peer.get(URL))["data"]
    clock.now = minutes(1)
    peer.put(URL, session(at=minutes(1)))
    assert envelope(peer.get(URL))["data"]["cdr_token"] == session()["cdr_token"]


def test_the_last_word_on_a_token_counts(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    for minute, contract in enumerate(("NL-TST-C1-S", "NL-TST-C2-S", "NL-TST-C1-S")):
        clock.now = minutes(minute)
        token = {**session()["cdr_token"], "contract_id": contract}
        peer.put(URL, session(at=minutes(minute), cdr_token=token))
        assert envelope(peer.get(URL))["data"]["cdr_token"] == token
    assert count(ledger, Token) == 1
    with ledger.read() as conn:
        assert conn.execute(select(table(Token).c.key)).scalars().all() == [
            token_key(ledger.vault, "NL", "TST", "123ABC")
        ]


def test_what_is_refused_half_way_leaves_nothing_and_no_lock(
    ledger: Ledger, peer: Peer, elsewhere: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pushed, "to_keep", _broken)
        assert result(peer.put(URL, session())) == (500, 3000)
    with elsewhere.write(NOON) as tx:
        assert tx.conn.execute(select(func.count()).select_from(table(OcpiObject))).scalar_one() == 0
    assert result(peer.put(URL, session())) == (201, 1000)


def _broken(*_: object) -> None:
    raise RuntimeError("on purpose")


def test_a_body_may_come_in_chunks_and_must_come_whole(peer: Peer) -> None:
    def put(**environ: Any) -> tuple[int, int]:
        sent = {"Authorization": f"Token {base64_of(peer.token)}"}
        body = {"CONTENT_LENGTH": "", "wsgi.input": BytesIO(_JSON), "wsgi.input_terminated": True, **environ}
        path = f"/ocpi/2.2.1/{URL}"
        return result(peer.client.open(path, method="PUT", headers=sent, environ_overrides=body))

    assert put() == (201, 1000)
    assert put(CONTENT_LENGTH=str(len(_JSON))) == (200, 1000)
    assert put(CONTENT_LENGTH=str(len(_JSON) + 1)) == (400, 2001)
    assert put(CONTENT_LENGTH=str(10**9)) == (413, 2001)
    assert put(CONTENT_LENGTH="many") == (200, 1000)
    assert put(**{"wsgi.input": BytesIO(b" " * (3 * 1024 * 1024))}) == (413, 2001)


_JSON = encode(session(last_updated=stamp(NOON)))


@pytest.mark.parametrize("path", ["/ocpix", "/ocp", "/", "/x/ocpi"])
def test_other_paths_are_for_others(peer: Peer, path: str) -> None:
    answer = peer.client.get(path, headers={"Authorization": f"Token {peer.token}"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
