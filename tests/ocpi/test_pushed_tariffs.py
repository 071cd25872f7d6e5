"""Charge records that embed no tariff are held against the one that their network pushed apart, as it held then."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.database import Ledger
from ledger.queries import findings as query
from ledger.queries.findings import FindingLine
from models.findings import FindingState
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.ocpi.test_money import cdr, tariff
from tests.support.ocpi_objects import evse, location, period
from tests.support.ocpi_peer import Peer, result

URL = "tariffs/BE/BEC/12"


def found(ledger: Ledger) -> list[FindingLine]:
    with ledger.read() as conn:
        return query.page(conn, query.FindingFilter(states=tuple(FindingState)), None, 10)


def charged(**fields: Any) -> dict[str, Any]:
    """An hour of parking at connector 1, for which 4.00 are asked; the tariff of 2.00 an hour gives 2.00."""
    place = {"id": "LOC1", "evse_uid": "3256", "connector_id": "1"}
    parked = {"charging_periods": [period(NOON, PARKING_TIME=1.0)], "total_parking_time": 1.0}
    return {**cdr(cdr_location=place, **parked), **fields}


def put_location(peer: Peer, clock: Clock, *tariff_ids: str) -> None:
    clock.now = minutes(-60)
    own = evse(at=minutes(-60))
    own["connectors"][0]["tariff_ids"] = list(tariff_ids)
    assert result(peer.put("locations/BE/BEC/LOC1", location(own, at=minutes(-60))))[1] == 1000


def put_tariff(peer: Peer, clock: Clock, at: float, price: float = 2.00, own: str = "12", **fields: Any) -> None:
    clock.now = max(clock.now, minutes(at))
    element = {"price_components": [{"type": "PARKING_TIME", "price": price, "step_size": 1}]}
    document = tariff(id=own, elements=[element], last_updated=stamp(minutes(at)), **fields)
    assert result(peer.put(f"tariffs/BE/BEC/{own}", document))[1] == 1000


def post(peer: Peer, clock: Clock, document: dict[str, Any], version: str = "2.2.1") -> None:
    clock.now = max(clock.now, minutes(61))
    assert result(peer.call("POST", f"{version}/cdrs", document)) == (201, 1000)


@pytest.mark.parametrize("tariff_first", [True, False])
def test_the_finding_names_the_pushed_tariff_whichever_comes_first(
    ledger: Ledger, peer: Peer, clock: Clock, tariff_first: bool
) -> None:
    put_location(peer, clock, "12")
    steps: list[Callable[[], None]] = [lambda: put_tariff(peer, clock, -30), lambda: post(peer, clock, charged())]
    for step in steps if tariff_first else reversed(steps):
        step()
    (one,) = found(ledger)
    assert (one.code, one.state, one.amount_minor) == ("pushed_tariff_differs", "open", 200)
    assert one.details == {
        "field": "total_cost", "part": "before_taxes", "stated": "4", "computed": "2", "tariff": "12",
    }  # fmt: skip


def test_what_the_tariff_gives_is_no_finding(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    put_location(peer, clock, "12")
    put_tariff(peer, clock, -30, price=4.00)
    post(peer, clock, charged())
    assert found(ledger) == []


def test_the_tariff_that_held_when_the_session_began_counts(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    """It was 4.00 then; it is stated anew while the vehicle charges, and removed before the record comes."""
    put_location(peer, clock, "12")
    put_tariff(peer, clock, -30, price=4.00)
    put_tariff(peer, clock, 10, price=2.00)
    clock.now = minutes(20)
    assert result(peer.call("DELETE", f"2.2.1/{URL}")) == (200, 1000)
    post(peer, clock, charged())
    assert found(ledger) == []
    later = charged(id="c2", start_date_time=stamp(minutes(12)), charging_periods=[period(minutes(12), PARKING_TIME=0.8)],
                    total_parking_time=0.8)  # fmt: skip
    post(peer, clock, later)
    assert [(each.code, each.record) for each in found(ledger)] == [("pushed_tariff_differs", "be*bec*c2")]


def test_a_tariff_that_is_not_in_effect_or_not_the_connectors_says_nothing(
    ledger: Ledger, peer: Peer, clock: Clock
) -> None:
    put_location(peer, clock, "12", "13")
    put_tariff(peer, clock, -30, own="14")
    put_tariff(peer, clock, -30, own="12", end_date_time=stamp(minutes(-5)))
    put_tariff(peer, clock, -30, own="13", currency="CAD")
    post(peer, clock, charged())
    assert found(ledger) == []


def test_of_two_tariffs_nobody_says_which_one_a_driver_had_unless_the_periods_do(
    ledger: Ledger, peer: Peer, clock: Clock
) -> None:
    put_location(peer, clock, "12", "13")
    put_tariff(peer, clock, -30)
    put_tariff(peer, clock, -30, own="13", price=3.00)
    post(peer, clock, charged())
    assert found(ledger) == []
    named = [{**period(NOON, PARKING_TIME=1.0), "tariff_id": "13"}]
    post(peer, clock, {**charged(), "id": "c2", "charging_periods": named})
    (one,) = found(ledger)
    assert (one.details["tariff"], one.details["computed"]) == ("13", "3")


def test_a_tariff_of_its_own_goes_before_a_pushed_one(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    put_location(peer, clock, "12")
    post(peer, clock, charged(tariffs=[tariff(id="T9")]))
    put_tariff(peer, clock, -30, price=9.00)
    assert "totals_differ" in {each.code for each in found(ledger)} <= {"totals_differ", "unseen_billed"}


def test_2_1_1_sends_the_connector_with_its_tariff_in_the_record(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(-60)
    element = {"price_components": [{"type": "PARKING_TIME", "price": 2.00, "step_size": 1}]}
    document = {"id": "12", "currency": "EUR", "elements": [element], "last_updated": stamp(minutes(-60))}
    assert result(peer.call("PUT", f"2.1.1/{URL}", document))[1] == 1000
    plug = {**evse()["connectors"][0], "tariff_id": "12"}
    record = {"id": "c1", "start_date_time": stamp(NOON), "stop_date_time": stamp(minutes(60)), "auth_id": "X",
              "location": {"id": "LOC1", "evses": [{"uid": "3256", "connectors": [plug]}]}, "currency": "EUR",
              "charging_periods": [period(NOON, PARKING_TIME=1.0)], "total_cost": 4.00, "total_energy": 0,
              "total_time": 1.0, "last_updated": stamp(minutes(60))}  # fmt: skip
    post(peer, clock, record, "2.1.1")
    assert [(each.code, each.details["tariff"]) for each in found(ledger)] == [("pushed_tariff_differs", "12")]
    assert "tariff 12" in words(found(ledger)[0]) and "tarif 12" in words(found(ledger)[0], "fr")


def words(of: FindingLine, language: str = "en") -> str:
    from enforcement.billing import finding_text

    return finding_text(of.code, of.seconds, of.details, language)
