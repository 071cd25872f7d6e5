"""Every receiver in every version: what is good is taken, and whatever is spoiled in it is answered in an envelope.

test_hostile.py sends anything anywhere; here each door gets its own document, whole and with one thing wrong.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.database import Ledger
from ledger.partners import by_token
from ledger.registrations import Party, Registration, invite, register
from ocpi.wire import encode, stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.ocpi.test_hostile import HOSTILE, contents
from tests.ocpi.test_money import cdr, tariff
from tests.support.ocpi_objects import evse, location, period, session
from tests.support.ocpi_peer import Peer, envelope, result

VERSIONS = ("2.1.1", "2.2.1", "2.3.0")
LONG = (
    "0.1234567890123456789012345678901234567890123",
    "123456789012345678901234.5",
    "1e24",
    "1e-24",
    "-0.00001234567890123456789",
    "0." + "3" * 900,
)
_TOKEN = {"country_code": "BE", "party_id": "BEC", "uid": "T1", "type": "RFID", "contract_id": "C", "issuer": "I", "valid": True,
          "whitelist": "ALWAYS", "last_updated": stamp(NOON)}  # fmt: skip
_HELLO = {"country_code": "NL", "party_id": "NEW", "role": "CPO", "status": "CONNECTED", "last_updated": stamp(NOON)}
_PERIODS = {"charging_periods": [period(NOON, ENERGY=1), period(minutes(1), PARKING_TIME=0.2)]}
_OLD_SESSION = {"id": "101", "start_datetime": stamp(NOON), "kwh": 1, "auth_id": "X", "auth_method": "WHITELIST", "status": "ACTIVE",
                "location": location(evse()), "currency": "EUR", "last_updated": stamp(NOON), **_PERIODS}  # fmt: skip
_OLD_CDR = {"id": "c1", "start_date_time": stamp(NOON), "stop_date_time": stamp(minutes(60)), "auth_id": "X", "location": location(evse()),
            "currency": "EUR", "tariffs": [tariff()], "total_cost": 4, "total_energy": 1, "total_time": 1, "last_updated": stamp(minutes(60)),
            **_PERIODS}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One method at one URL. ``{party}`` and ``{id}`` stand for whose object it is, and which."""

    version: str
    method: str
    path: str
    document: dict[str, Any]
    is_hub: bool = False

    def url(self, party: str = "BE/BEC", own: str | None = None) -> str:
        return self.path.format(party=party, id=own or self.own)

    @property
    def own(self) -> str:
        return str(self.document.get("id") or self.document.get("uid") or "")


def _doors(version: str) -> Iterator[Door]:
    is_old = version == "2.1.1"
    its_session = _OLD_SESSION if is_old else session(**_PERIODS)
    its_cdr = _OLD_CDR if is_old else cdr(tariffs=[tariff()])
    for method in ("PUT", "PATCH"):
        yield Door(
            version, method, f"{version}/locations/{{party}}/{{id}}", location(evse(), parking_places=[{"id": "P1"}])
        )
        yield Door(version, method, f"{version}/locations/{{party}}/LOC1/{{id}}", evse(parking=[{"parking_id": "P1"}]))
        yield Door(version, method, f"{version}/locations/{{party}}/LOC1/3256/{{id}}", evse()["connectors"][0])
        yield Door(version, method, f"{version}/sessions/{{party}}/{{id}}", its_session)
        yield Door(version, method, f"cpo/{version}/tokens/{{party}}/{{id}}", _TOKEN)
        if is_old or method == "PUT":
            yield Door(version, method, f"{version}/tariffs/{{party}}/{{id}}", tariff())
    yield Door(version, "POST", f"{version}/cdrs", its_cdr)
    if not is_old:
        yield Door(version, "PUT", f"{version}/hubclientinfo/NL/NEW", _HELLO, is_hub=True)


@dataclass
class Town:
    """The peer and a hub, and a victim whose data must stay as it is."""

    peer: Peer
    hub: Peer
    ledger: Ledger
    before: list[Any]

    def send(self, door: Door, document: Any, url: str | None = None) -> tuple[int, int]:
        sender = self.hub if door.is_hub else self.peer
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        answer = sender.call(door.method, url or door.url(), body)
        assert answer.status_code < 500 and "VICTIMS-UID" not in answer.text, (door, document)
        return result(answer)

    def prepare(self, door: Door) -> None:
        """What a part, or what lies inside, needs to be there."""
        for other in _doors(door.version):
            if other.method == "PUT" and other.document is not door.document and not other.is_hub:
                self.send(other, other.document)
        if door.method == "PATCH":
            self.send(Door(door.version, "PUT", door.path, door.document), door.document)


@pytest.fixture
def town(ledger: Ledger, client: FlaskClient, peer: Peer, connect: Callable[..., Peer], clock: Clock) -> Town:
    clock.now = minutes(90)
    victim = connect("Victim", ("NL", "VIC"))
    mine = {"country_code": "NL", "party_id": "VIC"}
    victim.put("locations/NL/VIC/LOC1", location(evse(), **mine))
    victim.put("sessions/NL/VIC/101", session(**mine, cdr_token={**session()["cdr_token"], "uid": "VICTIMS-UID"}))
    with ledger.write(NOON) as tx:
        found = by_token(tx.conn, invite(tx, "Hub"))
        assert found is not None
        registration = Registration(
            token="B", versions_url="x", connection={"version": "2.2.1", "hub": "NLHUB", "endpoints": []},
            parties=[Party("nl*hub", "NL", "HUB", "Hub")],
        )  # fmt: skip
        hub = Peer(client, register(tx, found[0], registration))
    before = contents(ledger)
    assert len(before) == 4
    return Town(peer, hub, ledger, before)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_good_is_taken_once_and_spoiled_parts_are_answered(town: Town, version: str) -> None:
    for turn, door in enumerate(_doors(version), VERSIONS.index(version)):
        town.prepare(door)
        assert town.send(door, door.document)[1] == 1000, door
        assert town.send(door, door.document) == (200, 1000), door  # a duplicate
        for place, (name, value) in enumerate(door.document.items(), turn):
            # Each field has each of these at one of the doors or versions that it comes in at.
            town.send(door, {**door.document, name: (5, [], {"a": [None]}, str(value))[place % 4]})
            town.send(door, {other: said for other, said in door.document.items() if other != name})
            if isinstance(value, list):
                town.send(door, {**door.document, name: [{}] * 20_000})
                town.send(door, {**door.document, name: value * 50})
        for body in (b"[]", b"{}", b"null", b'{"a":' * 5_000 + b"1" + b"}" * 5_000):
            town.send(door, body)
    assert contents(town.ledger) == town.before


@pytest.mark.parametrize("version", VERSIONS)
def test_a_foreign_party_is_nobodys_door(town: Town, version: str) -> None:
    """Neither by its URL, in any case of its letters, nor by what the document says of itself."""
    for door in _doors(version):
        if "{party}" not in door.path:
            continue
        town.prepare(door)
        for party in ("NL/VIC", "nl/vic", "XX/YYY", "BE%2ABEC/1"):
            assert town.send(door, door.document, door.url(party))[0] == 404, door
        if version != "2.1.1" and "/LOC1/" not in door.path:
            foreign = {**door.document, "country_code": "NL", "party_id": "VIC"}
            assert town.send(door, foreign)[1] == 2001, door
    assert contents(town.ledger) == town.before


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_are_one_in_any_case_at_every_door(town: Town, version: str) -> None:
    for door in _doors(version):
        if door.method != "PUT" or "{id}" not in door.path:
            continue
        town.prepare(door)
        named = {name: "MiXeD" if said == door.own else said for name, said in door.document.items()}
        assert town.send(door, named, door.url(own="MiXeD")) == (201, 1000), door
        assert town.send(door, named, door.url("be/bec", "mixed")) == (200, 1000), door
        shown = town.peer.call("GET", door.url("Be/Bec", "MIXED"))
        assert result(shown) == (200, 1000) and "MiXeD" in json.dumps(envelope(shown)["data"]), door


@pytest.mark.parametrize("version", VERSIONS)
def test_a_part_that_comes_before_its_whole_is_not_taken(town: Town, version: str) -> None:
    for door in _doors(version):
        if door.method == "PATCH":
            assert town.send(door, door.document)[0] == 404, door
            assert town.peer.call("GET", door.url()).status_code == 404, door


@pytest.mark.parametrize("version", VERSIONS)
def test_no_value_anywhere_is_a_server_error(town: Town, version: str) -> None:
    doors = list(_doors(version))
    for door in doors:
        if door.method == "PUT":
            town.send(door, door.document)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from(doors),
        st.data(),
        st.one_of(HOSTILE, st.sampled_from(["NEW_VALUE", 10**400, -0.0, "٣", "1e999"])),
    )
    def send(door: Door, data: st.DataObject, odd: Any) -> None:
        document = json.loads(json.dumps(door.document))
        places = list(_places(document))
        place, name = data.draw(st.sampled_from(places))
        place[name] = odd
        town.send(door, document)

    send()
    assert contents(town.ledger) == town.before


@pytest.mark.parametrize("version", VERSIONS)
def test_no_number_is_a_server_error(town: Town, version: str) -> None:
    """Numbers with as many digits as JSON may have: what reads them says how many are too many, not a column."""
    for door in _doors(version):
        town.prepare(door)
        if door.method == "PATCH":
            continue
        wanted = product(range(len(list(_numbers(door.document)))), LONG)
        # A charge record has each of these in each place, all others each in one.
        for turn, (index, digits) in enumerate(wanted):
            if door.method != "POST" and turn % len(LONG) != index % len(LONG):
                continue
            document = json.loads(json.dumps(door.document))
            place, name = list(_numbers(document))[index]
            place[name] = Decimal(digits)
            # Another one each time: what is known already is not looked into again.
            own = f"{door.own}-{turn}" if door.method == "POST" else door.own
            town.send(door, encode({**document, "id": own} if door.method == "POST" else document))


def test_a_charge_record_of_a_century_is_taken(town: Town) -> None:
    for turn, ended in enumerate(("2099-12-31T23:59:59Z", "2000-01-01T00:00:01Z")):
        own = cdr(
            f"c{turn}", start_date_time="2000-01-01T00:00:00Z", end_date_time=ended, total_cost={"excl_vat": 10**9}
        )
        own["charging_periods"] = [
            {"start_date_time": "2000-01-01T00:00:00Z", "dimensions": [{"type": "PARKING_TIME", "volume": 876_000}]}
        ]
        for tariffs in ([tariff()], []):
            door = Door("2.2.1", "POST", "2.2.1/cdrs", {**own, "id": f"{own['id']}-{len(tariffs)}", "tariffs": tariffs})
            assert town.send(door, door.document) == (201, 1000)


def _numbers(of: Any) -> Iterator[tuple[Any, Any]]:
    return ((place, name) for place, name in _places(of) if isinstance(place[name], (int, float)))


def _places(of: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, with the object or list that it is in."""
    inner = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    for name, value in list(inner):
        yield of, name
        yield from _places(value)
