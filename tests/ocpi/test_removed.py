"""A tariff that its network removed: a word that is older, and late, does not bring it back; a newer one does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enforcement.retention import Retention
from ledger import objects
from ledger.database import Ledger
from ledger.partners import KnownPartner, known
from ledger.registrations import Registration, register
from ledger.retention import purge
from ledger.stated import remove
from ledger.wanted_objects import wanted
from ocpi.fetched import Pulled, take_page
from ocpi.modules import money
from ocpi.modules.taking import origin_of
from ocpi.puller import Puller
from ocpi.versions import VERSIONS
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.ocpi.test_money import tariff
from tests.support.at_once import Beside
from tests.support.ocpi_peer import Peer, envelope, result
from tests.support.pulled import PARTY

URL = "tariffs/BE/BEC/12"
STALE = "not stored: what is known already was last updated later"


def stated(at: float, **fields: Any) -> dict[str, Any]:
    return tariff(last_updated=stamp(minutes(at)), **fields)


def is_there(ledger: Ledger) -> bool:
    with ledger.read() as conn:
        return objects.get(conn, "tariffs", "be*bec", "12") is not None


@pytest.fixture
def removed(peer: Peer, clock: Clock) -> Peer:
    """Put at noon, removed ten minutes later; it is a quarter past."""
    assert result(peer.put(URL, stated(0))) == (201, 1000)
    clock.now = minutes(10)
    assert result(peer.call("DELETE", f"2.2.1/{URL}")) == (200, 1000)
    clock.now = minutes(15)
    return peer


@pytest.fixture
def partner_of(ledger: Ledger) -> Callable[[], KnownPartner]:
    """The partner as it stands, speaking 2.2.1."""

    def found() -> KnownPartner:
        with ledger.read() as conn:
            return replace(known(conn)[0], connection={"version": "2.2.1"})

    return found


@pytest.mark.parametrize("at", [-5, 0, 9])
def test_an_older_word_does_not_bring_it_back(ledger: Ledger, removed: Peer, at: float) -> None:
    answer = removed.put(URL, stated(at))
    assert (result(answer), envelope(answer)["status_message"]) == ((200, 1000), STALE)
    assert not is_there(ledger)


@pytest.mark.parametrize("at", [10, 12, 99])
def test_a_newer_word_does(ledger: Ledger, removed: Peer, clock: Clock, at: float) -> None:
    assert result(removed.put(URL, stated(at))) == (201, 1000)
    assert is_there(ledger)
    clock.now = minutes(16)
    assert result(removed.call("DELETE", f"2.2.1/{URL}")) == (200, 1000)
    assert envelope(removed.put(URL, stated(min(at, 15))))["status_message"] == STALE


@pytest.mark.parametrize(("at", "answer", "asked"), [(9, (200, 1000), []), (12, (404, 2001), ["12"])])
def test_a_part_of_it_asks_for_the_whole_only_where_it_is_newer(
    ledger: Ledger, removed: Peer, at: float, answer: tuple[int, int], asked: list[str]
) -> None:
    part = {"currency": "CAD", "last_updated": stamp(minutes(at))}
    assert result(removed.call("PATCH", f"2.1.1/{URL}", part)) == answer
    with ledger.read() as conn:
        assert [item.object_id for item in wanted(conn, known(conn)[0], minutes(60))] == asked
    assert not is_there(ledger)


def test_it_may_be_removed_before_it_was_heard_of(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(10)
    assert result(peer.call("DELETE", f"2.2.1/{URL}")) == (404, 2001)
    assert envelope(peer.put(URL, stated(0)))["status_message"] == STALE
    assert result(peer.put(URL, stated(10))) == (201, 1000)


def test_what_is_fetched_is_a_word_like_any_other(
    ledger: Ledger, removed: Peer, partner_of: Callable[[], KnownPartner], puller: Puller
) -> None:
    assert take_page(puller, partner_of(), "tariffs", [stated(9), stated(8, id="13")]) == Pulled(taken=2)
    assert not is_there(ledger)
    assert take_page(puller, partner_of(), "tariffs", [stated(12)]) == Pulled(taken=1)
    assert is_there(ledger)


def test_after_a_new_handshake_all_that_is_listed_is_there(
    ledger: Ledger, removed: Peer, partner_of: Callable[[], KnownPartner], puller: Puller
) -> None:
    anew = Registration(token="B", versions_url="x", connection={"version": "2.2.1"}, parties=[PARTY])
    with ledger.write(minutes(20)) as tx:
        register(tx, partner_of(), anew)
    assert take_page(puller, partner_of(), "tariffs", [stated(0)]) == Pulled(taken=1)
    assert is_there(ledger)


def test_that_it_was_removed_is_not_kept_for_ever(ledger: Ledger, removed: Peer) -> None:
    for days, comes_back in ((399, False), (401, True)):
        later = NOON + timedelta(days=days)
        dict(purge(ledger, lambda later=later: later, Retention()))  # type: ignore[misc]
        removed.put(URL, stated(0))
        assert is_there(ledger) is comes_back


def test_who_removes_it_at_the_same_moment_is_not_undone(
    ledger: Ledger, removed: Peer, partner_of: Callable[[], KnownPartner]
) -> None:
    """An older word comes while it is removed, and waits for that; SQLite has one writer."""
    if ledger.has_one_writer:
        return
    removed.put(URL, stated(12))
    origin = origin_of(partner_of(), VERSIONS["2.2.1"], "BE", "BEC")
    assert origin is not None
    with ledger.write(minutes(15)) as tx:
        remove(tx, "tariffs", "be*bec", "12")
        late = Beside(ledger, minutes(16), lambda other: money.take_tariff(other, origin, "12", stated(14)))
    late.end()
    assert not is_there(ledger)
