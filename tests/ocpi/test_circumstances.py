"""What networks tell besides times and energy: states of charge, contracts, power classes, where a station is."""

from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from models import PlaceTrait
from ocpi.contracts import contract_of
from ocpi.power import power_class
from ocpi.wire import stamp
from tests.conftest import minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location, period, session
from tests.support.ocpi_peer import Peer, result

LOCATION, SESSION = "locations/BE/BEC/LOC1", "sessions/BE/BEC/101"


def updates(ledger: Ledger) -> list[SessionUpdated]:
    with ledger.read() as conn:
        facts = fact_rows.load(conn, ["evse:be*bec*loc1*3256"])
    return sorted((fact for fact in facts if isinstance(fact, SessionUpdated)), key=lambda fact: fact.at)


def traits(ledger: Ledger) -> dict[tuple[str, str], list[str]]:
    rows, out = table(PlaceTrait), {}
    with ledger.read() as conn:
        for row in conn.execute(select(rows).order_by(rows.c.since)):
            out.setdefault((row.place.removeprefix("be*bec*"), row.trait), []).append(row.value)
    return out


def connector(power_type: str | None, **fields: Any) -> dict[str, Any]:
    return {"id": "1", "power_type": power_type, **fields}


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"uid": "1", "type": "AD_HOC_USER", "country_code": "BE", "party_id": "BEC"}, "adhoc"),
        ({"uid": "1", "type": "RFID", "country_code": "be", "party_id": "Bec"}, "contract"),
        ({"uid": "1", "type": "APP_USER", "country_code": "NL", "party_id": "TST"}, "roaming"),
        ({"uid": "1", "type": "RFID"}, None),
        (None, None),
        ("123", None),
    ],
)
def test_the_token_tells_how_the_driver_pays(token: object, expected: str | None) -> None:
    assert contract_of("be*bec", token) == expected


@pytest.mark.parametrize(
    ("connectors", "expected"),
    [
        ([connector("AC_3_PHASE", max_voltage=230, max_amperage=63)], "AC"),
        ([connector("DC", max_electric_power=50_000)], "DC"),
        ([connector("DC", max_voltage=400, max_amperage=125)], "DC"),
        ([connector("DC", max_voltage=1000, max_amperage=500, max_electric_power=120_000)], "DC"),
        ([connector("DC", max_voltage=920, max_amperage=500)], "HPC"),
        ([connector("DC", voltage=500, amperage=300)], "HPC"),
        ([connector("AC_1_PHASE"), connector("DC", max_electric_power="150000")], "HPC"),
        ([connector("DC", max_electric_power="much")], None),
        ([connector("WIRELESS")], None),
        ([connector(None)], None),
        ([], None),
    ],
)
def test_connectors_tell_the_power_class(connectors: list[dict[str, Any]], expected: str | None) -> None:
    assert power_class(connectors) == expected


def test_states_of_charge_and_contracts_are_in_the_facts(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(30)
    charged = [period(minutes(0), ENERGY=5, STATE_OF_CHARGE="61.9"), period(minutes(10), STATE_OF_CHARGE=80)]
    assert result(peer.put(SESSION, session(at=minutes(20), charging_periods=charged))) == (201, 1000)
    part = {"last_updated": stamp(minutes(25)), "charging_periods": [period(minutes(21), STATE_OF_CHARGE=91.5)]}
    assert result(peer.patch(SESSION, part)) == (200, 1000)
    assert [(fact.soc, fact.contract) for fact in updates(ledger)] == [(80, "roaming"), (91, None)]


def test_a_state_of_charge_that_is_no_percentage_is_not_said(ledger: Ledger, peer: Peer) -> None:
    strange = [period(minutes(0), STATE_OF_CHARGE=128)]
    assert result(peer.put(SESSION, session(charging_periods=strange))) == (201, 1000)
    assert [fact.soc for fact in updates(ledger)] == [None]


def test_a_location_tells_power_classes_tax_region_calendar_and_law(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    fast = evse("3257", connectors=[connector("DC", max_electric_power=300_000)])
    peer.put(LOCATION, location(evse(), fast, country="CAN", state="Québec"))
    expected = {
        ("loc1", "tax_region"): ["ca-qc"],
        ("loc1", "calendar"): ["CA-QC"],
        ("loc1", "law"): ["ca-qc"],
        ("loc1*3256", "power_class"): ["AC"],
        ("loc1*3257", "power_class"): ["HPC"],
    }
    assert traits(ledger) == expected

    clock.now = minutes(60)
    new = connector("DC", max_electric_power=60_000, last_updated=stamp(minutes(60)))
    assert result(peer.put(f"{LOCATION}/3256/1", new)) == (200, 1000)
    assert traits(ledger) == {**expected, ("loc1*3256", "power_class"): ["AC", "DC"]}
