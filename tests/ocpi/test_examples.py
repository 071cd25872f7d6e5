"""The standard's own 2.2.1 examples, unchanged, go through the door; those with a fault are refused for that fault."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from enforcement.facts import Period, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger
from tests.ocpi.conftest import Clock
from tests.support.ocpi_peer import Peer, envelope, result

# Examples that are objects of the modules received here. The rest are fragments, parts (PATCH), envelopes, and objects
# of modules that have tests of their own; they are named so that a new example in the folder is noticed.
WHOLE = ("location_example*", "session_example*", "tariff_*", "tariffrestriction_*", "cdr_example*")
NOT_OBJECTS = ("credentials_*", "location_energymix_*", "location_hours_*", "location_regularhours_*", "location_p*", "session_patch_*",
               "token_*", "transport_*", "type_*", "version*")  # fmt: skip
# In 2.1.1: what each is, where it goes, and what is wrong with it.
OLD = {
    "cdr_01*": ("POST", "cdrs", 201),
    "location_06*": ("PUT", "locations/BE/BEC/LOC1", 201),
    "location_01*": ("PATCH", "locations/BE/BEC/LOC1/3256", 200),
    "location_02*": ("PATCH", "locations/BE/BEC/LOC1", 200),
    "location_03*": ("PATCH", "locations/BE/BEC/LOC1/3256/2", 200),
    "location_04*": ("PUT", "locations/BE/BEC/LOC1/3256", 200),
    "location_05*": ("PATCH", "locations/BE/BEC/LOC1/3256", 200),
    "session_02*": ("PUT", "sessions/BE/BEC/101", 201),
    "session_03*": ("PUT", "sessions/BE/BEC/101", 200),
    "session_01*": ("PATCH", "sessions/BE/BEC/101", 200),
    "tariff_0[134567]*": ("PUT", "tariffs/BE/BEC/{id}", 0),
    "tariff_02*": ("PATCH", "tariffs/BE/BEC/12", 200),
}
OLD_NOT_OBJECTS = ("credential_*", "token_*", "transport_*", "version_*")


@pytest.fixture(params=["2.2.1", "2.3.0"])
def folder(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    return shared_data / "ocpi" / str(request.param)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def owner(connect: Callable[..., Peer], document: dict[str, Any]) -> tuple[Peer, str]:
    country, party = document["country_code"], document["party_id"]
    return connect(f"{country}{party}", (country, party)), f"{country}/{party}"


def test_every_whole_example_is_taken_and_returned_as_it_was(folder: Path, connect: Callable[..., Peer]) -> None:
    peers: dict[str, Peer] = {}
    names = sorted(path for pattern in WHOLE for path in folder.glob(pattern))
    assert len(names) > 25
    seen: set[str] = set()
    for path in names:
        sent = read(path)
        party = f"{sent['country_code']}/{sent['party_id']}"
        peer = peers.get(party) or owner(connect, sent)[0]
        peers[party] = peer
        module = {"loc": "locations", "ses": "sessions", "tar": "tariffs", "cdr": "cdrs"}[path.name[:3]]
        url = f"{module}/{party}/{sent['id']}"
        answer = (
            peer.call("POST", f"{folder.name}/cdrs", sent)
            if module == "cdrs"
            else peer.call("PUT", f"{folder.name}/{url}", sent)
        )
        # Many examples share an id; the later ones of a file then update or are older than the ones before.
        assert result(answer) == ((200, 1000) if url in seen else (201, 1000)), path.name
        if "not stored" not in envelope(answer).get("status_message", ""):
            assert envelope(peer.call("GET", f"{folder.name}/{url}"))["data"] == sent, path.name
        seen.add(url)


def test_each_example_is_either_taken_or_known_to_be_something_else(folder: Path) -> None:
    covered = {path for pattern in (*WHOLE, *NOT_OBJECTS) for path in folder.glob(pattern)}
    assert covered == set(folder.glob("*.json"))


def test_the_examples_of_2_1_1_go_through_too(shared_data: Path, peer: Peer, clock: Clock) -> None:
    folder = shared_data / "ocpi" / "2.1.1"
    clock.now = datetime(2016, 1, 1, tzinfo=UTC)
    covered: set[Path] = {path for pattern in OLD_NOT_OBJECTS for path in folder.glob(pattern)}
    for pattern, (method, url, http) in OLD.items():
        for path in sorted(folder.glob(pattern)):
            covered.add(path)
            sent = read(path)
            clock.now += timedelta(minutes=1)
            answer = peer.call(method, f"2.1.1/{url.format(id=sent.get('id', '12'))}", sent)
            assert envelope(answer)["status_code"] == 1000, (path.name, envelope(answer))
            assert http in (0, answer.status_code), path.name
            if method == "PUT" and "last_updated" in sent and "status_message" not in envelope(answer):
                assert envelope(peer.call("GET", f"2.1.1/{url.format(id=sent.get('id', '12'))}"))["data"] == sent
    assert covered == set(folder.glob("*.json"))


def test_parts_of_a_location(folder: Path, connect: Callable[..., Peer]) -> None:
    peer, party = owner(connect, read(folder / "location_example.json"))
    url = f"locations/{party}/LOC1"
    peer.put(url, read(folder / "location_example.json"))
    name = read(folder / "location_patch_example_location.json")
    for part, at in (
        (name, url),
        (read(folder / "location_patch_example_status.json"), f"{url}/3257"),
        (read(folder / "location_patch_example_tariff.json"), f"{url}/3256/2"),
        (read(folder / "location_patch_example_remove_evse.json"), f"{url}/3257"),
    ):
        assert result(peer.patch(at, part)) == (200, 1000)
        data = envelope(peer.get(at))["data"]
        assert {key: data[key] for key in part} == part
    assert envelope(peer.get(url))["data"]["last_updated"] == name["last_updated"]
    added = read(folder / "location_put_example_add_evse.json")
    assert result(peer.put(f"{url}/3256", added)) == (200, 1000)
    assert envelope(peer.get(f"{url}/3256"))["data"] == added


def test_parts_of_a_session(ledger: Ledger, folder: Path, connect: Callable[..., Peer]) -> None:
    whole = read(folder / "session_example_1_simple_start.json") | {"last_updated": "2019-06-23T08:00:00Z"}
    peer, party = owner(connect, whole)
    url = f"sessions/{party}/101"
    peer.put(url, whole)
    for name in ("session_patch_example_total_cost.json", "session_patch_example_charging_period.json"):
        part = read(folder / name)
        assert result(peer.patch(url, part)) == (200, 1000)
        data = envelope(peer.get(url))["data"]
        assert {key: data[key] for key in part} == part
    with ledger.read() as conn:
        updates = [f for f in fact_rows.load(conn, ["evse:nl*stk*loc1*3256"]) if isinstance(f, SessionUpdated)]
    assert sorted(f.energy_wh or 0 for f in updates) == [0, 0, 15_000]


def test_a_finished_session_says_when_parking_began(ledger: Ledger, folder: Path, connect: Callable[..., Peer]) -> None:
    whole = read(folder / "session_example_2_short_finished.json")
    peer, party = owner(connect, whole)
    peer.put(f"sessions/{party}/101", whole)
    with ledger.read() as conn:
        (fact,) = [f for f in fact_rows.load(conn, ["evse:be*bec*loc1*3256"]) if isinstance(f, SessionUpdated)]
    assert [period.parking for period in fact.periods] == [False, False, True]
    assert isinstance(fact.periods[2], Period)
    assert (fact.status, fact.energy_wh) == ("COMPLETED", 41_120)


def test_fragments_are_refused_for_what_they_lack(folder: Path, connect: Callable[..., Peer]) -> None:
    peer = connect("BeCharged", ("BE", "BEC"))
    fragments = [
        *folder.glob("location_energymix_*"),
        *folder.glob("location_hours_*"),
        folder / "location_regularhours_example.json",
    ]
    assert len(fragments) == 7
    for path in fragments:
        answer = peer.put("locations/BE/BEC/X", read(path))
        assert result(answer) == (200, 2001), path.name
        assert envelope(answer)["status_message"] == "last_updated is missing"
    for path in folder.glob("session_patch_*"):
        answer = peer.put("sessions/BE/BEC/X", read(path))
        assert result(answer) == (200, 2001)
        assert envelope(answer)["status_message"] == "location_id is missing"
