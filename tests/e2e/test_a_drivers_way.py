"""The whole way of a driver whom nobody knows, with the real service: scan, phone, code, warning, fee, leaving, receipt, contest."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from app import utc_now
from commands import demo
from commands.bays_csv import read_bays
from commands.context import open_ledger
from commands.inviting import invite_again
from ledger import registry
from ledger.database import Ledger
from outside.bays import BaySensor, Publisher
from outside.map import BAYS, COUNTRY, LARCH, STATIONS, TownDriver, location, ties_csv
from outside.network import Network
from outside.vehicles import ChargingSession, stamp
from settings import load
from tests.support.drivers_phone import codes_of
from tests.support.embedded import Embedded

pytestmark = pytest.mark.long

STATION = "ca*dlc*market"
PHONE = "+15145550190"
WORDS = "The plug would not come out for a minute."


class Parked:
    """One vehicle in the first bay of the town, its charger and its sensor, told by the doors."""

    def __init__(self, network: Network, publisher: Publisher) -> None:
        self._network, self._publisher = network, publisher
        self._sensor = BaySensor(BAYS[0].device, "plain", int(utc_now().timestamp()))
        self._session = ChargingSession("WAY-1", BAYS[0], TownDriver(PHONE, "en", "STRANGER"), utc_now())

    def arrives(self) -> None:
        self._publisher.change(self._sensor, True)
        self._session.period("ENERGY", utc_now())
        self._network.put_session(self._session.whole(utc_now()))

    def says(self) -> None:
        """Both go on talking."""
        self._publisher.heartbeat(self._sensor)
        self._network.patch_session("WAY-1", {"kwh": self._session.kwh, "last_updated": stamp(utc_now())})

    def is_done(self) -> None:
        parking = self._session.period("PARKING_TIME", utc_now())
        self._network.patch_session("WAY-1", {"charging_periods": [parking], "last_updated": stamp(utc_now())})

    def leaves(self) -> None:
        self._network.put_session(self._session.whole(utc_now(), is_over=True))
        self._publisher.change(self._sensor, False)


@contextmanager
def _town(service: Embedded, ledger: Ledger, folder: Path) -> Iterator[tuple[Network, Publisher]]:
    with ledger.write(utc_now()) as tx:
        demo.prepare(tx)
        token = invite_again(tx, LARCH.name)
    publisher = Publisher(f"mqtt://127.0.0.1:{service.broker_port}", utc_now)
    network = Network(COUNTRY, LARCH.party, LARCH.name, folder / "network.json", utc_now)
    network.register(f"{service.url}/ocpi/versions", token)
    network.put_location(location(STATIONS[0], stamp(utc_now())))
    bays = folder / "bays.csv"
    bays.write_text(
        "".join(line for line in ties_csv().splitlines(True) if "market" in line or line.startswith("bay,"))
    )
    with ledger.write(utc_now()) as tx:
        registry.import_bays(tx, read_bays(bays))
    assert publisher.wait_connected(threading.Event(), 20)
    yield network, publisher
    publisher.close()
    network.close()


def _send(browser: httpx.Client, path: str, files: object = None, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert token is not None, path
    referer = {"Referer": f"{browser.base_url}{path}"}
    return browser.post(path, data={"csrf_token": token[1], **fields}, files=files, headers=referer)  # type: ignore[arg-type]


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.timeout(240)
def test_a_stranger_is_warned_billed_heard_and_answered(tmp_path: Path) -> None:
    service = Embedded(tmp_path)
    with service.running(is_demo=False):
        ledger = open_ledger(load(service.environment()))
        with _town(service, ledger, tmp_path) as (network, publisher), _browser(service) as browser:
            code = codes_of(ledger, STATION, utc_now())["1"]
            vehicle = Parked(network, publisher)

            def until(is_so: Callable[[], bool], what: str) -> None:
                def talk() -> bool:
                    vehicle.says()
                    return is_so()

                service.wait_for(talk, 40, what)

            vehicle.arrives()
            service.wait_for(
                lambda: "A vehicle is charging here" in browser.get(f"/b/{code}").text, 20, "the bay's page"
            )
            asked = _send(browser, f"/b/{code}/phone", phone=PHONE)
            until(lambda: "your code is " in service.output(), "the code by SMS")
            digits = re.findall(r"your code is (\d{6})", service.output())[-1]
            stay = _send(browser, asked.url.path, code=digits)
            link = stay.url.path
            assert link.startswith("/s/") and "Nothing counts against this stay" in stay.text

            vehicle.is_done()
            until(lambda: "charging has finished at Demo" in service.output(), "the warning")
            assert "Free until" in browser.get(link).text or "fee is running" in browser.get(link).text
            until(lambda: "a fee is running" in service.output(), "the fee to be told")
            until(lambda: re.search(r"<b>[1-9][0-9]*\.[0-9]{2} CAD</b>", browser.get(link).text) is not None, "a sum")
            assert PHONE[-7:-4] not in "".join(re.findall(r"SMS to \S+", service.output()))

            vehicle.leaves()
            service.wait_for(lambda: "the fee at Demo" in service.output(), 40, "the sum by SMS")
            sums = re.findall(r"the fee at .*? ended at .*?, ([0-9.]+ CAD) taxes", service.output())
            public_id = re.findall(r"/receipt/([0-9a-f-]{36})", browser.get(link).text)[0]
            receipt = browser.get(f"{link}/receipt/{public_id}").text
            assert sums[-1] in receipt and "QST" in receipt and public_id in receipt

            path = f"{link}/contest/{public_id}"
            contested = _send(browser, path, files={"photo": ("me.jpg", _photo(), "image/jpeg")}, text=WORDS)
            assert "You contest it" in contested.text and WORDS in contested.text
            with service.logged_in() as owner:
                page = f"/violations/{public_id}"
                assert WORDS in owner.get(page).text
                assert owner.get(f"{page}/photo").headers["content-type"] == "image/jpeg"
                token = re.search(r'name="csrf_token" value="([^"]+)"', owner.get(page).text)
                assert token is not None
                form = {"csrf_token": token[1], "outcome": "waived", "words": "We saw it on the log. Sorry."}
                assert owner.post(f"{page}/answer", data=form, headers={"Referer": service.url}).status_code == 200
            answered = browser.get(link).text
            assert "Waived: nothing to pay" in answered and "We saw it on the log. Sorry." in answered

            told = re.findall(r"Code ([0-9A-Z]{7})\. Reply", service.output())[-1]
            with _browser(service) as other:
                seen = len(re.findall("your code is", service.output()))
                asked = _send(other, "/s", code=told)
                service.wait_for(lambda: len(re.findall("your code is", service.output())) > seen, 20, "another code")
                digits = re.findall(r"your code is (\d{6})", service.output())[-1]
                assert _send(other, asked.url.path, code=digits).url.path == link
        ledger.close()
    assert "Traceback" not in service.output(), service.output()
    # What every process logged and printed in all of this names nobody: no number, no token, no words of a dispute.
    for secret in (PHONE, PHONE.removeprefix("+"), "STRANGER", WORDS):
        assert secret not in service.output()


@contextmanager
def _browser(service: Embedded) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, follow_redirects=True, timeout=10, trust_env=False) as browser:
        yield browser
