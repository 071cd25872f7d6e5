"""Many partners at once, each with a real server of its own: none is held up by another, whatever that one does."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import AnyFact
from ledger import due
from ledger.database import Ledger, Tx, table
from ledger.laggards import Laggards
from ledger.partners import KnownPartner
from ledger.pulls import PullState, claim, keep, states
from ledger.quirks import Tally, add
from ledger.registrations import Party, close
from models import OcpiObject, Reject
from ocpi import fetched
from ocpi.client import PeerClient
from ocpi.fetched import take_item, take_page
from ocpi.pull import pull_due
from ocpi.puller import Puller
from ocpi.rounds import Rounds
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.at_once import Beside
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Platform, serving
from tests.support.pulled import LOCATIONS, SESSIONS, pages, registered

OTHER = Party("nl*oth", "NL", "OTH", "Other")
PATIENCE_S = 20


class Slow:
    """A platform that answers for its sessions only when it is told to."""

    def __init__(self, platform: Platform) -> None:
        self.asked, self.answer = threading.Semaphore(0), threading.Event()
        self._page, self._platform = platform.pages[SESSIONS], platform
        platform.pages[SESSIONS] = self._wait

    def is_asked(self) -> bool:
        return self.asked.acquire(timeout=PATIENCE_S)

    def _wait(self, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        self.asked.release()
        assert self.answer.wait(PATIENCE_S)
        return self._page(query)


@contextmanager
def held(lock: threading.Lock) -> Iterator[None]:
    """With this lock, which somebody else gives back soon."""
    assert lock.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        lock.release()


@pytest.fixture
def slow(platform: Platform, partner: KnownPartner) -> Slow:
    pages(platform, LOCATIONS, [])
    pages(platform, SESSIONS, [session("1")])
    return Slow(platform)


@pytest.fixture
def other(ledger: Ledger) -> Iterator[tuple[Platform, KnownPartner]]:
    with serving() as platform:
        pages(platform, LOCATIONS, [])
        pages(platform, SESSIONS, [session("2", country_code="NL", party_id="OTH")])
        yield platform, registered(ledger, platform, "Other", OTHER)


def stored(ledger: Ledger) -> set[str]:
    rows = table(OcpiObject)
    with ledger.read() as conn:
        return {f"{row.network}/{row.object_id}" for row in conn.execute(select(rows))}


def state(ledger: Ledger, partner: KnownPartner, module: str = "sessions") -> PullState:
    with ledger.read() as conn:
        return next(each for each in states(conn, partner.id) if each.module == module)


def wait_for_others(rounds: Rounds, *slow: KnownPartner) -> None:
    for partner, thread in rounds._asking.items():
        if partner not in {each.id for each in slow}:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def test_a_partner_that_answers_slowly_holds_up_no_other(
    ledger: Ledger,
    partner: KnownPartner,
    slow: Slow,
    other: tuple[Platform, KnownPartner],
    puller: Puller,
    clock: Clock,
) -> None:
    rounds = Rounds(puller)
    pulled = []
    for clock.now in (NOON, minutes(1), minutes(60)):
        rounds.go()
        wait_for_others(rounds, partner)
        assert clock.now > NOON or slow.is_asked()
        pulled.append([path for path, _ in other[0].calls].count(SESSIONS))
    assert pulled == [1, 1, 2], "the other one is asked at its time, and no more often"
    assert stored(ledger) == {"nl*oth/2"}
    assert not slow.asked.acquire(blocking=False), "the slow one was asked once"
    slow.answer.set()
    rounds.wait()
    assert stored(ledger) == {"nl*oth/2", "be*bec/1"}
    assert state(ledger, partner).until == NOON, "it was asked for what was until then"


def test_those_that_were_slow_leave_places_for_the_others(
    ledger: Ledger, platform: Platform, puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    partners = [registered(ledger, platform, f"P{n}", Party(f"be*p{n}", "BE", f"P{n}", f"P{n}")) for n in range(6)]
    asked, answer, seconds = list[str](), threading.Event(), [0.0]

    def ask(_: Puller, whom: KnownPartner) -> None:
        asked.append(whom.name)
        assert whom.id > partners[3].id or answer.wait(PATIENCE_S)

    monkeypatch.setattr("ocpi.rounds._ask", ask)
    monkeypatch.setattr("ocpi.rounds._AT_ONCE", 3)
    monkeypatch.setattr("ocpi.rounds._SLOW_AT_ONCE", 2)
    laggards = Laggards(seconds=lambda: seconds[0])
    for each in partners[:4]:
        with laggards.waiting_for(each.id):
            seconds[0] += 60
    rounds = Rounds(puller, laggards)
    rounds.go()
    wait_for_others(rounds, *partners[:2])
    rounds.go()
    wait_for_others(rounds, *partners[:2])
    assert (sorted(asked[:3]), asked[3:]) == (["P0", "P1", "P4"], ["P5"]), (
        "two of the slow ones, and the others one after the other"
    )
    answer.set()
    rounds.wait()
    for _ in range(2):
        rounds.go()
        rounds.wait()
    assert sorted(asked[4:7]) == ["P0", "P2", "P3"], "who was asked longest ago comes first"


def test_no_transaction_is_open_while_a_peer_is_waited_for(
    ledger: Ledger,
    partner: KnownPartner,
    slow: Slow,
    other: tuple[Platform, KnownPartner],
    puller: Puller,
    clock: Clock,
) -> None:
    rounds = Rounds(puller)
    rounds.go()
    assert slow.is_asked()
    with held(puller.taking):  # the other partner's round may have it for a moment
        pass
    with ledger.write(minutes(1)) as tx:  # on SQLite nobody else could write
        assert claim(tx, partner, "sessions") is None
    slow.answer.set()
    rounds.wait()


def test_a_fault_of_ours_with_one_partner_is_not_the_others(
    ledger: Ledger,
    partner: KnownPartner,
    other: tuple[Platform, KnownPartner],
    clock: Clock,
    puller: Puller,
    caplog: Any,
) -> None:
    others, made = puller.peer, threading.Lock()
    first = []

    def peer(token: str, literal: bool) -> PeerClient:
        with made:
            if threading.current_thread() is first[0]:
                raise KeyError("a fault")
        return others(token, literal)

    rounds = Rounds(Puller(ledger, clock, peer, puller.us, puller.interval))
    with made:
        rounds.go()
        first.append(rounds._asking[partner.id])
    rounds.wait()
    assert stored(ledger) == {"nl*oth/2"}
    assert "BeCharged: its sessions can't be pulled: a fault of ours (KeyError)" in caplog.text
    broken = state(ledger, partner)
    assert (broken.failures, broken.error, broken.until) == (1, "a fault of ours (KeyError)", None)
    assert broken.next_at > NOON


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(KeyError("x"), "a fault of ours (KeyError)"), (RecursionError(), "it is nested too deeply")],
)
def test_an_object_that_only_a_fault_of_ours_keeps_out_holds_up_no_other(
    ledger: Ledger,
    platform: Platform,
    partner: KnownPartner,
    puller: Puller,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    reason: str,
) -> None:
    def take(tx: Tx, whose: KnownPartner, module: str, item: Any) -> list[AnyFact]:
        facts = take_item(tx, whose, module, item)
        if item["id"] == "2":
            raise fault
        return facts

    monkeypatch.setattr("ocpi.fetched.take_item", take)
    pages(platform, LOCATIONS, [])
    pages(platform, SESSIONS, [session("1"), session("2"), session("3")], [session("4")])
    assert pull_due(puller, partner) == 2
    assert stored(ledger) == {"be*bec/1", "be*bec/3", "be*bec/4"}
    assert (state(ledger, partner).taken, state(ledger, partner).refused) == (3, 1)
    with ledger.read() as conn:
        assert [row.reason for row in conn.execute(select(table(Reject)))] == [reason]


def test_a_pull_that_goes_on_keeps_its_module(ledger: Ledger, partner: KnownPartner) -> None:
    def is_free(now: datetime) -> bool:
        with ledger.write(now) as tx:
            return claim(tx, partner, "sessions") is not None

    assert is_free(NOON)
    with ledger.write(minutes(2)) as tx:
        assert keep(tx, partner, "sessions")
    assert not is_free(minutes(4))
    assert is_free(minutes(5)), "whoever pulled died"


def test_a_pull_ends_with_its_connection(
    ledger: Ledger, partner: KnownPartner, platform: Platform, slow: Slow, puller: Puller
) -> None:
    rounds = Rounds(puller)
    rounds.go()
    assert slow.is_asked()
    with ledger.write(minutes(1)) as tx:
        close(tx, partner)
    slow.answer.set()
    rounds.wait()
    assert stored(ledger) == set(), "what came after the connection was closed is not taken"


def test_who_fetches_and_who_is_pushed_at_never_wait_for_each_other(
    ledger: Ledger, partner: KnownPartner, puller: Puller
) -> None:
    """Either wants a bay and writes a quirk. Somebody has the bay; whoever is pushed at is the first to wait for it."""
    if ledger.has_one_writer:
        return
    odd, bay = session("1", kwh="1"), "be*bec*loc1*3256"
    take_page(puller, partner, "locations", [location(evse())])

    def pushed(tx: Tx) -> None:
        due.look_again(tx, [bay])
        add(tx, partner.id, "number_as_text", Tally(NOON, NOON, 1))

    with ledger.write(minutes(1)) as tx:
        due.hold(tx.conn, [bay])
        push = Beside(ledger, minutes(1), pushed)
        fetch = Beside(ledger, minutes(1), lambda own: fetched._take(puller, own, partner, "sessions", [odd]), 2)
    push.end()
    fetch.end()


def test_many_slow_peers_leave_connections_for_the_others(platform: Platform, puller: Puller) -> None:
    pages(platform, SESSIONS, [])
    slow = Slow(platform)
    platform.says("/versions", [])
    client = puller.peer("token-B", False)
    with ExitStack() as stack:
        for _ in range(12):
            waiting = threading.Thread(target=client.get, args=(f"{platform.url}{SESSIONS}?offset=0",))
            waiting.start()
            stack.callback(waiting.join)
        stack.callback(slow.answer.set)
        assert all(slow.is_asked() for _ in range(12))
        assert client.get(f"{platform.url}/versions").data == []
