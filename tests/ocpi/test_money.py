"""Tariffs and charge detail records through the door."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import BilledSpan, NetworkBilled
from ledger.database import Ledger, table
from ledger.facts import from_row
from models import FactRow, OcpiObject
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import BASE_URL, Clock
from tests.support.ocpi_objects import period, session
from tests.support.ocpi_peer import Peer, envelope, result

TARIFF = "tariffs/BE/BEC/12"


def tariff(**fields: Any) -> dict[str, Any]:
    component = {"type": "PARKING_TIME", "price": 2.00, "vat": 10.0, "step_size": 300}
    element = {"price_components": [component]}
    identity = {"country_code": "BE", "party_id": "BEC", "id": "12"}
    return {**identity, "currency": "EUR", "elements": [element], "last_updated": stamp(NOON), **fields}


def cdr(cdr_id: str = "c1", **fields: Any) -> dict[str, Any]:
    return {
        "country_code": "BE",
        "party_id": "BEC",
        "id": cdr_id,
        "start_date_time": stamp(NOON),
        "end_date_time": stamp(minutes(60)),
        "session_id": "101",
        "cdr_token": session()["cdr_token"],
        "auth_method": "WHITELIST",
        "cdr_location": {"id": "LOC1", "evse_uid": "3256"},
        "currency": "EUR",
        "charging_periods": [period(NOON, TIME=1.0)],
        "signed_data": {"encoding_method": "OCMF", "signed_values": [{"plain_data": "ID 123abc"}]},
        "total_cost": {"excl_vat": 4.00},
        "total_energy": 15.342,
        "total_time": 1.0,
        "last_updated": stamp(minutes(60)),
        **fields,
    }


def test_a_tariff_is_put_replaced_and_removed(peer: Peer, clock: Clock) -> None:
    assert result(peer.put(TARIFF, tariff(min_price={"excl_vat": 1}))) == (201, 1000)
    clock.now = minutes(1)
    newer = tariff(last_updated=stamp(minutes(1)))
    assert result(peer.put(f"{TARIFF}/", newer)) == (200, 1000)
    assert "not stored" in envelope(peer.put(TARIFF, tariff()))["status_message"]
    assert envelope(peer.get(TARIFF))["data"] == newer
    assert result(peer.call("DELETE", f"2.2.1/{TARIFF}")) == (200, 1000)
    assert result(peer.get(TARIFF)) == (404, 2001)
    assert result(peer.call("DELETE", f"2.2.1/{TARIFF}")) == (404, 2001)


def test_a_tariff_has_no_patch(peer: Peer) -> None:
    answer = peer.patch(TARIFF, tariff())
    assert result(answer) == (405, 2001)
    assert answer.headers["Allow"] == "GET, PUT, DELETE"


@pytest.mark.parametrize("change", [{"id": "13"}, {"currency": None}, {"elements": 1}, {"last_updated": 5}])
def test_a_bad_tariff_is_refused(peer: Peer, change: dict[str, Any]) -> None:
    assert result(peer.put(TARIFF, tariff(**change))) == (200, 2001)
    assert result(peer.get(TARIFF)) == (404, 2001)


def test_a_cdr_is_found_at_the_url_that_its_post_returned(peer: Peer) -> None:
    for cdr_id, quoted in (("c1", "c1"), ("C/1 b?", "C%2F1%20b%3F")):
        answer = peer.call("POST", "2.2.1/cdrs", cdr(cdr_id))
        assert result(answer) == (201, 1000)
        url = answer.headers["Location"]
        assert url == f"{BASE_URL}/ocpi/2.2.1/cdrs/BE/BEC/{quoted}"
        assert envelope(peer.get(url.removeprefix(f"{BASE_URL}/ocpi/2.2.1/")))["data"] == cdr(cdr_id)


@pytest.mark.parametrize("path", ["2.2.1/cdrs", "2.2.1/cdrs/", "2.2.1/cdrs/c1"])
def test_a_cdr_posted_twice_is_one_cdr(ledger: Ledger, peer: Peer, clock: Clock, path: str) -> None:
    first = peer.call("POST", "2.2.1/cdrs", cdr())
    clock.now = minutes(90)
    assert result(peer.call("POST", path, cdr("C1"))) == (200, 1000)
    again = peer.call("POST", path, cdr(last_updated=stamp(minutes(80))))
    assert result(again) == (200, 1000)
    assert again.headers["Location"] == first.headers["Location"]
    with ledger.read() as conn:
        assert len(conn.execute(select(table(OcpiObject))).all()) == 1


def parked(cdr_id: str, **fields: Any) -> dict[str, Any]:
    """A CDR that charged for an hour and parked for half of one, at 2.00 an hour."""
    periods = [period(NOON, TIME=1.0), period(minutes(60), PARKING_TIME=0.5)]
    return cdr(cdr_id, charging_periods=periods, end_date_time=stamp(minutes(90)), tariffs=[tariff()], **fields)


def bills(ledger: Ledger) -> list[NetworkBilled]:
    rows = table(FactRow)
    with ledger.read() as conn:
        found = conn.execute(select(rows).where(rows.c.kind == "NetworkBilled").order_by(rows.c.id)).mappings()
        return [fact for row in found if isinstance(fact := from_row(row), NetworkBilled)]


def test_parking_that_a_cdr_bills_is_a_fact_and_a_credit_takes_it_back(
    ledger: Ledger, peer: Peer, clock: Clock
) -> None:
    clock.now = minutes(120)
    for _ in range(2):
        peer.call("POST", "2.2.1/cdrs", parked("c1"))
    peer.call("POST", "2.2.1/cdrs", parked("c2", credit=True, credit_reference_id="C1"))
    peer.call("POST", "2.2.1/cdrs", cdr("c3"))

    billed, credit = bills(ledger)
    assert (billed.record, billed.session, billed.takes_back) == ("be*bec*c1", "be*bec*101", None)
    assert billed.subject == "evse:be*bec*loc1*3256"
    assert billed.spans == (BilledSpan(start=minutes(60), end=minutes(90), amount_minor=100),)
    assert (credit.record, credit.spans, credit.takes_back) == ("be*bec*c2", (), "be*bec*c1")


def test_a_cdr_without_its_evse_is_of_its_sessions(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(120)
    assert result(peer.put("sessions/BE/BEC/101", session()))[1] == 1000
    peer.call("POST", "2.2.1/cdrs", parked("c1", cdr_location={"id": "LOC1"}))
    peer.call("POST", "2.2.1/cdrs", parked("c2", cdr_location={"id": "LOC1"}, session_id="nobody"))
    assert [bill.subject for bill in bills(ledger)] == [
        f"evse:be*bec*{session()['location_id']}*{session()['evse_uid']}".casefold()
    ]


def test_a_cdr_cannot_be_changed(peer: Peer) -> None:
    peer.call("POST", "2.2.1/cdrs", cdr())
    changed = peer.call("POST", "2.2.1/cdrs", cdr(total_cost={"excl_vat": 1}))
    assert result(changed) == (200, 2001)
    other_driver = peer.call("POST", "2.2.1/cdrs", cdr(cdr_token={**session()["cdr_token"], "uid": "other"}))
    assert result(other_driver) == (200, 2001)
    assert envelope(peer.get("cdrs/BE/BEC/c1"))["data"] == cdr()


def test_neither_token_nor_signed_data_of_a_cdr_is_in_the_open(ledger: Ledger, peer: Peer) -> None:
    peer.call("POST", "2.2.1/cdrs", cdr())
    with ledger.read() as conn:
        (document,) = conn.execute(select(table(OcpiObject).c.document)).scalars()
    assert "123abc" not in document.casefold()
    assert "total_cost" in document


def test_a_cdr_of_a_foreign_party_is_refused(peer: Peer, connect: Callable[..., Peer]) -> None:
    other = connect("Other", ("NL", "OTH"))
    assert result(other.call("POST", "2.2.1/cdrs", cdr())) == (200, 2001)
    peer.call("POST", "2.2.1/cdrs", cdr())
    assert result(other.get("cdrs/BE/BEC/c1")) == (404, 2001)


@pytest.mark.parametrize("change", [{"id": None}, {"id": "x" * 40}, {"end_date_time": None}, {"party_id": 5.5}])
def test_a_bad_cdr_is_refused(peer: Peer, change: dict[str, Any]) -> None:
    assert result(peer.call("POST", "2.2.1/cdrs", cdr(**change))) == (200, 2001)
