"""CDRs out: written with the settling decision, offered to their party, pushed once, credited when facts come late."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from enforcement.setting import Settlement
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.pricing import price
from ledger.assess import assess
from ledger.database import Ledger, Tx, registry_changed, table
from ledger.queries import case as case_query
from ledger.queries import findings as findings_query
from ledger.queries import settlement
from ledger.rebuild import differences
from ledger.settlements import settle_session
from ledger.stated import remove
from ledger.vault import Vault
from models import BayState, Cdr, OcpiObject, Partner, Push, ViolationRow
from models.findings import FindingState
from models.outbox import Delivery
from notifications.texts import compose
from ocpi.pushing import Postman, send_next
from ocpi.pushing_cdrs import deliver
from ocpi.wire import stamp
from tests.conftest import TEST_KEY, empty, minutes
from tests.ocpi.conftest import Clock
from tests.support import idle_stay
from tests.support.at_once import Beside
from tests.support.ocpi_peer import Peer, envelope
from tests.support.two_services import Service, acquaint, serving

HANDLERS = {"cdr": deliver}


def records(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(Cdr)).order_by(table(Cdr).c.id)))


def pushes(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(Push)).order_by(table(Push).c.id)))


def have_settled(network: Peer, ledger: Ledger, clock: Clock) -> None:
    """A stay that owes an idle fee, and the time after which it is final."""
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    idle_stay.settle(ledger)


@pytest.fixture
def network(connect: Callable[..., Peer], ledger: Ledger) -> Peer:
    """The network of the stations; its location is known."""
    peer = connect("BeCharged", ("BE", "BEC"))
    idle_stay.prepare(ledger)
    idle_stay.put_location(peer)
    return peer


@pytest.fixture
def provider(connect: Callable[..., Peer]) -> Peer:
    """Who gave out the driver's token."""
    return connect("Provider", ("NL", "TST"))


def test_a_settled_stay_has_one_record_of_its_idle_fee(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock
) -> None:
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    assert records(ledger) == []
    idle_stay.settle(ledger)
    (record,) = records(ledger)
    # 20 to 60 minutes idle, 10 of them grace: 30 minutes of 0.40, and 21 % of VAT.
    assert (record.party, record.amount_minor, record.number, record.credits) == ("nl*tst", 1452, 1, None)
    idle_stay.settle(ledger, 900)
    assert len(records(ledger)) == 1


@pytest.mark.parametrize("mode", [Settlement.REPORT, Settlement.NETWORK])
def test_other_modes_send_nothing(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock, mode: Settlement
) -> None:
    with ledger.write(minutes(0)) as tx:
        from ledger.habits import set_settlement

        set_settlement(tx, idle_stay.NETWORK, mode)
    have_settled(network, ledger, clock)
    assert records(ledger) == []


def test_the_party_of_the_token_may_fetch_it_and_nobody_else(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock
) -> None:
    have_settled(network, ledger, clock)
    answer = _get(provider)
    (cdr,) = envelope(answer)["data"]
    assert answer.headers["X-Total-Count"] == "1" and "Link" not in answer.headers
    assert cdr["cdr_token"]["uid"] == "123abc" and cdr["session_id"] == "101"
    assert (cdr["country_code"], cdr["party_id"]) == ("US", "BAY")
    assert cdr["total_cost"] == {"excl_vat": 12, "incl_vat": 14.52}
    with ledger.read() as conn:
        public_id = conn.execute(select(table(ViolationRow).c.public_id)).scalar()
    assert cdr["remark"].endswith(f"https://bays.example/violations/{public_id}")
    read = read_cdr(_exact(answer.data), "2.2.1")
    assert price(read, read.tariffs, "UTC").rounded().total == 1452
    assert envelope(_get(network))["data"] == []


def _get(peer: Peer, query: str = "") -> TestResponse:
    return peer.call("GET", f"cpo/2.2.1/cdrs{query}")


def _exact(body: bytes) -> Any:
    from ocpi.wire import decode

    return decode(body)["data"][0]


def test_pages_keep_their_filters_and_are_oldest_first(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock
) -> None:
    have_settled(network, ledger, clock)
    clock.now = minutes(700)
    idle_stay.put_stay(network, ended=90)  # late: two more records, a credit and a new one
    idle_stay.settle(ledger, 700)
    first = _get(provider, "?limit=2&date_from=2026-01-01T00:00:00Z")
    assert first.headers["X-Total-Count"] == "3"
    assert "date_from=2026-01-01" in first.headers["Link"] and "offset=2" in first.headers["Link"]
    rest = _get(provider, "?limit=2&offset=2&date_from=2026-01-01T00:00:00Z")
    assert "Link" not in rest.headers
    ids = [cdr["id"] for answer in (first, rest) for cdr in envelope(answer)["data"]]
    assert ids == [record.cdr_id for record in records(ledger)]
    assert envelope(_get(provider, "?date_to=2026-01-01T00:00:00Z"))["data"] == []
    assert envelope(_get(provider, "?limit=x"))["status_code"] == 2001


def test_late_facts_credit_the_record_and_issue_a_new_one(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock
) -> None:
    have_settled(network, ledger, clock)
    clock.now = minutes(700)
    idle_stay.put_stay(network, ended=90)
    idle_stay.settle(ledger, 700)
    first, credit, second = records(ledger)
    assert credit.credits == first.cdr_id and credit.amount_minor == -first.amount_minor
    assert len(credit.cdr_id) <= 39 and len(second.cdr_id) <= 36
    assert second.amount_minor == 2904
    before, taken_back, after = envelope(_get(provider))["data"]
    changed = {name for name in taken_back if taken_back.get(name) != before.get(name)}
    assert changed == {"id", "credit", "credit_reference_id", "total_cost", "last_updated"}
    assert taken_back["total_cost"] == {"excl_vat": -12, "incl_vat": -14.52}
    assert after["total_cost"] == {"excl_vat": 24, "incl_vat": 29.04} and "credit" not in after
    idle_stay.put_stay(network, ended=90)
    idle_stay.settle(ledger, 900)
    assert len(records(ledger)) == 3
    assert list(differences(ledger, minutes(900))) == []
    with ledger.engine.begin() as conn:
        conn.execute(table(Cdr).update().where(table(Cdr).c.number == 3).values(amount_minor=1))
    assert list(differences(ledger, minutes(900))) == [f"{idle_stay.IDLE}: its charge records come to 1, not to 2904"]


@pytest.fixture
def receiver(tmp_path: Path, ledger: Ledger, clock: Clock) -> Iterator[tuple[Service, Service]]:
    """Our service and the provider's, which is another one of ours, each on its own port."""
    url = f"sqlite:///{tmp_path / 'provider.db'}"
    empty(url)
    theirs = Ledger(url, Vault([TEST_KEY]), compose)
    with serving(ledger, "US", "BAY", clock) as one, serving(theirs, "NL", "TST", clock) as other:
        yield one, other
    theirs.close()


def _received(service: Service) -> list[str]:
    rows = table(OcpiObject)
    with service.ledger.read() as conn:
        return list(conn.execute(select(rows.c.object_id).where(rows.c.module == "cdrs").order_by(rows.c.id)).scalars())


def _send_all(postman: Postman) -> int:
    count = 0
    while send_next(postman, HANDLERS):
        count += 1
    return count


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_it_is_pushed_to_the_other_service_and_is_the_same_when_fetched(
    network: Peer, receiver: tuple[Service, Service], ledger: Ledger, clock: Clock, version: str
) -> None:
    one, other = receiver
    acquaint(one, other, version=version)
    have_settled(network, ledger, clock)
    clock.now = minutes(601)
    assert _send_all(one.postman) == 1
    assert _received(other) == [record.cdr_id.casefold() for record in records(ledger)]
    assert [push.state for push in pushes(ledger)] == [Delivery.DELIVERED]
    assert other.told == ["TST"]
    client = other.postman.peer(_token(other, one), False)
    (fetched,) = client.get(f"{one.url}/ocpi/cpo/{version}/cdrs").data
    (pushed,) = _documents(other)
    assert pushed["total_cost"] == fetched["total_cost"] and pushed["id"] == fetched["id"]
    clock.now = minutes(700)
    idle_stay.put_stay(network, ended=90)
    idle_stay.settle(ledger, 700)
    assert _send_all(one.postman) == 2
    assert _received(other) == [record.cdr_id.casefold() for record in records(ledger)]


def _token(service: Service, other: Service) -> str:
    from ledger.partners import token_to_send

    return token_to_send(service.ledger.vault, service.partner(other.us.party_id))


def _documents(service: Service) -> list[Any]:
    from ocpi.wire import decode

    rows = table(OcpiObject)
    with service.ledger.read() as conn:
        found = conn.execute(select(rows.c.document).where(rows.c.module == "cdrs")).scalars()
        return [decode(document.encode()) for document in found]


def test_a_lost_answer_is_resolved_by_asking_for_the_record(
    network: Peer, receiver: tuple[Service, Service], ledger: Ledger, clock: Clock
) -> None:
    one, other = receiver
    acquaint(one, other)
    have_settled(network, ledger, clock)
    clock.now = minutes(601)
    _send_all(one.postman)
    with ledger.engine.begin() as conn:  # as a sender leaves it that died between the answer and its commit
        rows = table(Push)
        conn.execute(rows.update().values(state=Delivery.SENDING, claimed_until=minutes(602), sent_at=None))
    clock.now = minutes(610)
    other.calls.clear()
    assert _send_all(one.postman) == 1
    assert [method for method, _ in other.calls] == ["GET"]
    assert [push.state for push in pushes(ledger)] == [Delivery.DELIVERED]


def test_a_party_that_is_away_is_pushed_at_a_few_times_and_then_fetches(
    network: Peer, receiver: tuple[Service, Service], ledger: Ledger, clock: Clock
) -> None:
    one, other = receiver
    acquaint(one, other)
    with ledger.engine.begin() as conn:
        rows = table(Partner)
        away = rows.c.name == "TST"
        found = conn.execute(select(rows.c.endpoints).where(away)).scalar_one()
        conn.execute(rows.update().where(away).values(endpoints=found.replace(other.url, "http://127.0.0.1:9")))
    have_settled(network, ledger, clock)
    tries = 0
    for minute in range(601, 701):
        clock.now = minutes(minute)
        tries += _send_all(one.postman)
    (push,) = pushes(ledger)
    assert push.state is Delivery.EXPIRED and tries == push.attempts == 6
    client = other.postman.peer(_token(other, one), False)
    assert [cdr["id"] for cdr in client.get(f"{one.url}/ocpi/cpo/2.2.1/cdrs").data] == [push.subject]


def test_a_record_that_meets_a_change_of_tokens_is_sent_again(
    network: Peer, receiver: tuple[Service, Service], ledger: Ledger, clock: Clock
) -> None:
    """Whoever answers that it does not know the token has not looked at the record."""
    one, other = receiver
    acquaint(one, other)
    have_settled(network, ledger, clock)
    rows = table(Partner)
    with other.ledger.write(minutes(600)) as tx:
        known = tx.conn.execute(select(rows.c.our_token_hash)).scalar_one()
        tx.conn.execute(rows.update().values(our_token_hash="another"))
        registry_changed(tx)
    clock.now = minutes(601)
    assert _send_all(one.postman) == 1
    assert (pushes(ledger)[0].state, other.posted[-1][1]) == (Delivery.PENDING, 401)
    with other.ledger.write(minutes(601)) as tx:
        tx.conn.execute(rows.update().values(our_token_hash=known))
        registry_changed(tx)
    clock.now = minutes(602)
    assert _send_all(one.postman) == 1
    assert [push.state for push in pushes(ledger)] == [Delivery.DELIVERED]


def test_2_1_1_has_no_corrections_so_they_are_settled_by_hand(
    network: Peer, receiver: tuple[Service, Service], ledger: Ledger, clock: Clock
) -> None:
    one, other = receiver
    acquaint(one, other, version="2.1.1")
    have_settled(network, ledger, clock)
    clock.now = minutes(601)
    assert _send_all(one.postman) == 1
    (received,) = _documents(other)
    assert (received["total_cost"], received["stop_date_time"]) == (12, "2026-03-02T18:00:00Z")
    clock.now = minutes(700)
    idle_stay.put_stay(network, ended=90)
    idle_stay.settle(ledger, 700)
    assert _send_all(one.postman) == 0 and len(records(ledger)) == 3
    client = other.postman.peer(_token(other, one), True)
    assert len(client.get(f"{one.url}/ocpi/cpo/2.1.1/cdrs").data) == 1
    (found,) = own_findings(ledger)
    assert (found.code, found.state, found.amount_minor) == ("corrected_by_hand", "open", 1200)
    assert found.details == {"party": "nl*tst", "stated": "14.52 EUR", "computed": "29.04 EUR"}
    clock.now = minutes(800)
    *_, (_, last) = idle_stay.told()  # and back again: nothing is left to settle
    network.put("sessions/BE/BEC/101", {**last, "last_updated": stamp(minutes(95))})
    idle_stay.settle(ledger, 800)
    assert [each.state for each in own_findings(ledger)] == ["withdrawn"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_session_that_comes_while_its_stay_is_settled_is_billed(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock
) -> None:
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    with ledger.write(minutes(62)) as tx:
        stored = tx.conn.execute(select(table(OcpiObject)).where(table(OcpiObject).c.module == "sessions")).one()
        remove(tx, "sessions", "be*bec", "101")

    def comes(tx: Tx) -> None:
        tx.conn.execute(table(OcpiObject).insert().values(dict(stored._mapping)))
        settle_session(tx, "be*bec*101")

    with ledger.write(minutes(600)) as tx:
        bays = tx.conn.execute(select(table(BayState).c.bay)).scalars()
        assess(tx, {bay: [] for bay in bays})
        other = Beside(ledger, minutes(600), comes)
    other.end()
    assert [record.amount_minor for record in records(ledger)] == [1452]


def own_findings(ledger: Ledger) -> list[findings_query.FindingLine]:
    wanted = findings_query.FindingFilter(states=tuple(FindingState))
    with ledger.read() as conn:
        return findings_query.page(conn, wanted, None, 10)


def test_a_fee_whose_session_is_not_stored_is_a_finding_until_it_is(
    network: Peer, provider: Peer, ledger: Ledger, clock: Clock
) -> None:
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    with ledger.write(minutes(62)) as tx:
        assert remove(tx, "sessions", "be*bec", "101")
    idle_stay.settle(ledger)
    assert records(ledger) == []
    (found,) = own_findings(ledger)
    assert (found.code, found.state, found.amount_minor, found.session) == ("not_billed", "open", 1200, "be*bec*101")
    with ledger.read() as conn:
        (public_id,) = found.violations
        case = case_query.find(conn, public_id)
        assert case is not None
        assert settlement.settled(conn, case, minutes(600)).unbilled == "session_not_stored"
    clock.now = minutes(700)
    *_, (_, last) = idle_stay.told()
    network.put("sessions/BE/BEC/101", last)
    assert [each.amount_minor for each in records(ledger)] == [1452]
    assert [each.state for each in own_findings(ledger)] == ["withdrawn"]
    with ledger.read() as conn:
        assert settlement.settled(conn, case, minutes(700)).unbilled is None
