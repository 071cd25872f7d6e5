"""What we send validates against the standard's own tables, whatever a network said before, in every version."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enforcement.settlement import Bill
from ledger.cdrs import Record
from ledger.shown_stations import Shown
from ocpi.calls import OurParty
from ocpi.senders.cdr_documents import Unsayable, write_cdr
from ocpi.senders.connectors import write_connector
from ocpi.senders.locations import our_id, write_shown
from ocpi.wire import decode, encode
from tests.conftest import NOON
from tests.enforcement.tariffs.test_records import bills
from tests.support import ocpi_objects as objects
from tests.support.field_tables import faults, tables

VERSIONS = ["2.1.1", "2.2.1", "2.3.0"]
US = OurParty("US", "BAY", "Baywarden")
URL = "https://bays.example"

# Names with accents, too long, empty, of the wrong type, with control characters.
TEXTS = st.sampled_from(["Gare de l'Est", "Überholstraße " * 30, "", "a\x00b\n", 7, None, ["x"], {"y": 1}, "東京", " "])
PLACES = st.sampled_from(
    [
        {"latitude": "51.047599", "longitude": "3.729944"},
        {"latitude": "-89.9999999999", "longitude": "-179.99999999"},
        {"latitude": 51, "longitude": 3.5},
        {"latitude": "north", "longitude": "3"},
        {"latitude": "NaN", "longitude": "3"},
        None,
        "here",
    ]
)
CONNECTORS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "a" * 40, 3, None, ""]),
        "standard": st.sampled_from(["IEC_62196_T2", "GBT_AC", "CHADEMO", "made up", None, "NEMA_5_20"]),
        "format": st.sampled_from(["SOCKET", "CABLE", "", None]),
        "power_type": st.sampled_from(["AC_3_PHASE", "AC_2_PHASE_SPLIT", "DC", "AC", None]),
        "max_voltage": st.sampled_from([230, "400", 1e3, -1, None, "much"]),
        "max_amperage": st.sampled_from([32, "16", Decimal("12.5"), None]),
    }
)
EVSES = st.fixed_dictionaries(
    {
        "uid": st.sampled_from(["3256", "x" * 36, "E*1"]),
        "evse_id": TEXTS,
        "status": st.sampled_from(["AVAILABLE", "BLOCKED", "FULL", None]),
        "connectors": st.one_of(st.lists(CONNECTORS, max_size=3), st.just("none")),
        "capabilities": st.sampled_from([["RFID_READER", "RESERVABLE", "FLY"], [], None]),
        "parking_restrictions": st.sampled_from([["EV_ONLY", "TAXIS"], None]),
        "coordinates": PLACES,
        "floor_level": TEXTS,
        "physical_reference": TEXTS,
    }
)
LOCATIONS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["LOC1", "l" * 36, "a/b"]),
        "name": TEXTS,
        "address": TEXTS,
        "city": TEXTS,
        "postal_code": TEXTS,
        "state": TEXTS,
        "country": st.sampled_from(["BEL", "be", "", None, "Belgium", 5]),
        "coordinates": PLACES,
        "parking_type": st.sampled_from(["ON_STREET", "ON_DRIVEWAY", "MOON", None]),
        "publish": st.sampled_from([True, False, None, "yes"]),
        "time_zone": st.sampled_from(["Europe/Brussels", None, "", "Zürich"]),
        "evses": st.one_of(st.lists(EVSES, min_size=1, max_size=3), st.none()),
        "publish_allowed_to": st.just([{"uid": "secret"}]),
        "help_phone": st.just("+32"),
    }
)
TOKENS = st.sampled_from(
    [
        {"country_code": "NL", "party_id": "TST", "uid": "123abc", "type": "RFID", "contract_id": "NL-TST-1"},
        {"country_code": "NL", "party_id": "TST", "uid": "1", "type": "EMAID", "contract_id": "c" * 50},
        {"uid": "u", "contract_id": "u"},
        {"uid": 12},
        {},
    ]
)
SESSIONS = st.fixed_dictionaries(
    {"id": st.just("101")},
    optional={
        "evse_uid": st.just("3256"),
        "connector_id": st.sampled_from(["1", "2", ""]),
        "auth_method": st.sampled_from(["WHITELIST", "COMMAND", "MAGIC"]),
        "authorization_reference": st.sampled_from(["ref", "r" * 60]),
    },
)
LAW = settings(deadline=None)


def wire(document: Any) -> Any:
    """As it is on the wire."""
    return decode(encode(document))


def record(bill: Bill, place: dict[str, Any], token: dict[str, Any], *, is_credit: bool = False) -> Record:
    own = "0123abcd-0123-4567-89ab-0123456789ab"
    return Record(
        cdr_id=f"{own}-C" if is_credit else own,
        of=own,
        made_at=NOON,
        created_at=NOON + timedelta(hours=1),
        party="nl*tst",
        public_id="11111111-2222-3333-4444-555555555555",
        bill=bill,
        place=place,
        token=token,
    )


@LAW
@given(bills(), LOCATIONS, SESSIONS, TOKENS, st.sampled_from(VERSIONS), st.booleans())
def test_charge_records(
    bill: Bill, location: dict[str, Any], session: dict[str, Any], token: dict[str, Any], version: str, is_credit: bool
) -> None:
    place = {"network": "be*bec", "session": session, "location": location}
    try:
        document = wire(write_cdr(record(bill, place, token, is_credit=is_credit), version, US, URL))
    except Unsayable:
        return
    assert list(faults(document, "CDR", version)) == []
    assert len(document["id"]) <= (39 if is_credit else 36)
    assert document.get("credit", False) is is_credit


@pytest.mark.parametrize("version", VERSIONS)
def test_a_usual_charge_record_can_be_said(version: str) -> None:
    from tests.enforcement.tariffs.test_records import QUEBEC, piece
    from tests.enforcement.tariffs.test_records import bill as owed

    place = {
        "network": "be*bec",
        "session": {"id": "101", "evse_uid": "3256", "connector_id": "1"},
        "location": objects.location(objects.evse()),
    }
    token = {"country_code": "NL", "party_id": "TST", "uid": "1", "type": "RFID", "contract_id": "c"}
    document = wire(write_cdr(record(owed(piece(0, 35, "0.40"), taxes=QUEBEC), place, token), version, US, URL))
    assert list(faults(document, "CDR", version)) == []
    where = document["location"]["evses"][0] if version == "2.1.1" else document["cdr_location"]
    assert where["evse_id"] == "BE*BEC*E3256"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_connector_without_a_standard_is_not_named(version: str) -> None:
    connector = objects.location(objects.evse())["evses"][0]["connectors"][0]
    assert write_connector(connector, version, NOON) is not None
    for nothing in (None, 7, ["IEC_62196_T2"]):
        assert write_connector({**connector, "standard": nothing}, version, NOON) is None


@LAW
@given(LOCATIONS, st.sampled_from(VERSIONS), st.sampled_from(["AVAILABLE", "BLOCKED"]))
@example(objects.location(objects.evse(evse_id="BE*BEC*É" * 9)), "2.2.1", "BLOCKED")
def test_locations(location: dict[str, Any], version: str, status: str) -> None:
    shown = Shown(
        network="be*bec",
        location_id=location["id"],
        version="2.2.1",
        document=location,
        statuses={"3256": (status, NOON)},
        last_updated=NOON,
    )
    document = wire(write_shown(shown, version, US))
    assert list(faults(document, "Location", version)) == []
    assert "secret" not in json.dumps(document, default=str)


@given(st.text("abcXYZ*-", min_size=1, max_size=36), st.text("abcXYZ*-", min_size=1, max_size=36))
def test_ids_of_ours_are_short_and_keep_apart_what_is_apart(one: str, other: str) -> None:
    assert len(our_id("be*bec", one)) <= 36
    assert (our_id("be*bec", one).casefold() == our_id("be*bec", other).casefold()) == (
        one.casefold() == other.casefold()
    )
    assert our_id("be*bec", one) != our_id("nl*bec", one)


def test_the_tables_find_faults() -> None:
    document = objects.location(objects.evse(status="FULL"), address="x" * 300, publish="yes", height=3)
    del document["city"]
    found = set(faults(wire(document), "Location", "2.2.1"))
    assert found == {
        "Location.height: not in the table",
        "Location.publish: 'yes' is no boolean",
        "Location.address: longer than 255",
        "Location.city: missing",
        "Location.evses[0].status: 'FULL' is no Status",
    }


def test_the_standards_own_examples_fit_its_tables(shared_data: Path) -> None:
    """The tables are read right: the examples of the standard itself have no fault, but those that it is known for."""
    checked = 0
    for version in VERSIONS:
        for path in sorted((shared_data / "ocpi" / version).rglob("*cdr*.json")):
            document = decode(path.read_bytes())
            if isinstance(document, dict) and "charging_periods" in document and "total_cost" in document:
                checked += 1
                missing = [f for f in faults(document, "CDR", version) if f.endswith("missing")]
                assert len(missing) <= 6, (path.name, missing)
    assert checked and set(tables()) == set(VERSIONS)
