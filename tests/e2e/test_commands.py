"""Commands from end to end: an owner stops a session and unlocks a plug, a driver starts one, at a network's own server.

All processes run, the network registers as docs/ocpi.md says, and people use the pages as they are.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import utc_now
from commands import demo
from commands.bays_csv import read_bays
from commands.context import open_ledger
from ledger import registry
from ledger.database import Ledger
from outside.bays import BaySensor, Publisher
from outside.map import BAYS, COUNTRY, LARCH, STATIONS, TownDriver, location, ties_csv
from outside.vehicles import ChargingSession, stamp
from settings import load
from tests.support.drivers_phone import codes_of
from tests.support.embedded import ROOT, Embedded
from tests.support.field_tables import faults
from tests.support.ocpi_peer import Platform, base64_of, serving

PHONE, UID = "+15145550190", "OWN-CARD"
MINE = TownDriver(PHONE, "en", UID)


class ChargingNetwork:
    """A network that takes commands: it calls our door with its token, and its own server is asked and remembers."""

    def __init__(self, service: Embedded, platform: Platform) -> None:
        self._url, self._platform = f"{service.url}/ocpi", platform
        self._token = ""

    def register(self, token_a: str) -> None:
        self._platform.offers(("credentials", "RECEIVER"), ("commands", "RECEIVER"))
        self._token = token_a
        mine = self._platform.credentials("TOKEN-B", (COUNTRY, LARCH.party))
        self._token = self.call("POST", "2.2.1/credentials", mine)["token"]

    def call(self, method: str, path: str, body: Any) -> Any:
        """A request to our door, or to a URL that we gave."""
        url = path if path.startswith("http") else f"{self._url}/{path}"
        headers = {"Authorization": f"Token {base64_of(self._token)}"}
        answer = httpx.request(method, url, json=body, headers=headers, timeout=20, trust_env=False).json()
        assert answer["status_code"] == 1000, answer
        return answer.get("data")

    def put(self, session: ChargingSession, *, is_over: bool = False) -> None:
        document = session.whole(utc_now(), is_over=is_over)
        self.call("PUT", f"2.2.1/sessions/{COUNTRY}/{LARCH.party}/{session.id}", document)

    def takes(self, kind: str, answer: dict[str, Any]) -> None:
        self._platform.takes(f"/2.2.1/commands/{kind}", answer)

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """The commands of a kind that came, as the standard has them, to its own URL."""
        found = [
            body for method, path, body in self._platform.sent if (method, path) == ("POST", f"/2.2.1/commands/{kind}")
        ]
        name = kind.title().replace("_", "")
        assert [fault for body in found for fault in faults(body, name, "2.2.1")] == []
        return found


@contextmanager
def _at_market_square(service: Embedded, ledger: Ledger, folder: Path) -> Iterator[tuple[ChargingNetwork, Publisher]]:
    with ledger.write(utc_now()) as tx:
        demo.prepare(tx)
    _baywarden(service, "driver", "add", "--phone", PHONE, "--token", f"{COUNTRY}*{LARCH.party}*{UID}")
    said = _baywarden(service, "ocpi", "invite", "Larch")
    publisher = Publisher(f"mqtt://127.0.0.1:{service.broker_port}", utc_now)
    with serving() as platform:
        network = ChargingNetwork(service, platform)
        network.register(re.findall(r"[A-Za-z0-9_-]{40,}", said)[0])
        network.call("PUT", f"2.2.1/locations/{COUNTRY}/{LARCH.party}/MARKET", location(STATIONS[0], stamp(utc_now())))
        bays = folder / "bays.csv"
        bays.write_text("".join(line for line in ties_csv().splitlines(True) if re.match(r"bay,|.*market", line)))
        with ledger.write(utc_now()) as tx:
            registry.import_bays(tx, read_bays(bays))
        assert publisher.wait_connected(threading.Event(), 20)
        yield network, publisher
    publisher.close()


def _baywarden(service: Embedded, *words: str) -> str:
    command = [sys.executable, "-m", "app", *words]
    return subprocess.run(
        command, cwd=ROOT, env=service.environment(), capture_output=True, text=True, timeout=60, check=True
    ).stdout


def _post(browser: httpx.Client, form: str, path: str, **fields: str) -> httpx.Response:
    """Send the form of a page."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(form).text)
    assert token is not None, form
    referer = {"Referer": f"{browser.base_url}{form}"}
    return browser.post(path, data={"csrf_token": token[1], **fields}, headers=referer)


def _text(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.timeout(240)
def test_an_owner_stops_and_unlocks_and_a_driver_starts(tmp_path: Path) -> None:
    service = Embedded(tmp_path)
    with service.running(is_demo=False):
        ledger = open_ledger(load(service.environment()))
        with _at_market_square(service, ledger, tmp_path) as (network, publisher), service.logged_in() as owner:
            _owner_stops_and_unlocks(service, network, owner)
            _driver_starts(service, network, publisher, codes_of(ledger, "ca*dlc*market", utc_now())["2"])
        ledger.close()
    assert "Traceback" not in service.output(), service.output()
    for secret in (PHONE, UID):
        assert secret not in service.output()


def _own_card() -> dict[str, Any]:
    """The driver's token, as whoever gave it out tells a CPO of it: nobody has charged with it here."""
    party = {"country_code": COUNTRY, "party_id": LARCH.party, "issuer": LARCH.name}
    card = {"uid": UID, "type": "RFID", "contract_id": "CA-DLC-1", "valid": True, "whitelist": "ALWAYS"}
    return {**party, **card, "last_updated": stamp(utc_now())}


def _owner_stops_and_unlocks(service: Embedded, network: ChargingNetwork, owner: httpx.Client) -> None:
    session = ChargingSession("Stop-Me", BAYS[0], TownDriver("", "en", "STRANGER"), utc_now())
    session.period("PARKING_TIME", utc_now())

    def goes_on() -> bool:
        network.put(session)
        return "idle" in service.kinds_running()

    service.wait_for(goes_on, 40, "the idle fee to run")
    page = f"/violations/{next(iter(service.violation_ids()))}"
    network.takes(
        "UNLOCK_CONNECTOR",
        {"result": "NOT_SUPPORTED", "timeout": 0, "message": [{"language": "en", "text": "the cable is fixed"}]},
    )
    network.takes("STOP_SESSION", {"result": "ACCEPTED", "timeout": 60})
    assert all(f"{page}/commands/{kind}" in owner.get(page).text for kind in ("STOP_SESSION", "UNLOCK_CONNECTOR"))
    for kind in ("UNLOCK_CONNECTOR", "STOP_SESSION"):
        path = f"{page}/commands/{kind}"
        assert _post(owner, path, path).status_code == 200
        service.wait_for(lambda kind=kind: bool(network.asked(kind)), 20, f"{kind} to be sent")  # type: ignore[misc]

    def shows(words: str) -> None:
        service.wait_for(lambda: f"{words} owner" in _text(owner.get(page)), 10, words)

    shows("Unlock the connector : refused (the cable is fixed)")
    (unlock,) = network.asked("UNLOCK_CONNECTOR")
    assert (unlock["location_id"], unlock["evse_uid"], unlock["connector_id"]) == ("MARKET", BAYS[0].evse, "1")
    (stop,) = network.asked("STOP_SESSION")
    assert stop["session_id"] == "Stop-Me"
    shows("Stop the session : the network took it, the charger has not answered yet")
    network.call("POST", stop["response_url"], {"result": "ACCEPTED"})
    network.put(session, is_over=True)
    shows("Stop the session : done")
    service.wait_for(lambda: "idle" not in service.kinds_running(), 20, "the fee to end")
    service.wait_for(lambda: f"{page}/commands/" not in owner.get(page).text, 5, "no command to be offered any more")


def _driver_starts(service: Embedded, network: ChargingNetwork, publisher: Publisher, code: str) -> None:
    sensor = BaySensor(BAYS[1].device, "plain", int(utc_now().timestamp()))
    publisher.change(sensor, True)
    network.call("PUT", f"cpo/2.2.1/tokens/{COUNTRY}/{LARCH.party}/{UID}", _own_card())
    network.takes("START_SESSION", {"result": "ACCEPTED", "timeout": 60})
    with httpx.Client(base_url=service.url, follow_redirects=True, timeout=10, trust_env=False) as phone:
        service.wait_for(lambda: f"/b/{code}/phone" in phone.get(f"/b/{code}").text, 20, "the vehicle to be seen")
        asked = _post(phone, f"/b/{code}/phone", f"/b/{code}/phone", phone=PHONE)
        service.wait_for(lambda: "your code is " in service.output(), 20, "the code by SMS")
        digits = re.findall(r"your code is (\d{6})", service.output())[-1]
        _post(phone, asked.url.path, asked.url.path, code=digits)
        start = f"/b/{code}/start"

        def is_offered() -> bool:
            publisher.heartbeat(sensor)
            network.put(ChargingSession("Elsewhere", BAYS[3], TownDriver("", "en", "OTHER"), utc_now()))
            return f'"{start}"' in phone.get(f"/b/{code}").text

        service.wait_for(is_offered, 20, "the start to be offered")
        waiting = _post(phone, start, start)
        assert waiting.url.path.startswith(f"{start}/")
        service.wait_for(lambda: bool(network.asked("START_SESSION")), 20, "the command")
        (body,) = network.asked("START_SESSION")
        assert (body["location_id"], body["evse_uid"], body["connector_id"]) == ("MARKET", BAYS[1].evse, "1")
        assert (body["token"]["uid"], body["token"]["party_id"]) == (UID, LARCH.party)
        network.call("POST", body["response_url"], {"result": "ACCEPTED"})
        begun = ChargingSession("Started", BAYS[1], MINE, utc_now())
        begun.period("ENERGY", utc_now())
        network.put(begun)
        assert "The charger accepted" in _text(phone.get(waiting.url.path))
        service.wait_for(lambda: "charging here" in phone.get(f"/b/{code}").text, 20, "the session on the bay's page")
    network.put(begun, is_over=True)
    publisher.change(sensor, False)
