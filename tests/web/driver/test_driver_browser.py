"""The drivers' pages in a real browser, at a phone's size, in each language: no fault for axe, no script needed,
every step by keyboard, quiet under the content policy, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import make_server

from ledger.database import Ledger
from ledger.drivers import add_driver
from tests.conftest import NOON
from tests.support.accessible import faults, faults_of_colour, look
from tests.support.browsing import make_app
from tests.support.chromium import PATIENCE, Quiet, start
from tests.support.drivers_phone import PHONE as PHONE_NUMBER
from tests.support.drivers_phone import codes_of, last_code, scan
from tests.support.filled import filled
from tests.support.servers import served
from tests.support.starting import known_token, open_network
from tests.support.town import LENGTH, Town
from web.driver.words import LANGUAGES

pytestmark = [pytest.mark.long, pytest.mark.browser]

END = NOON + LENGTH
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
DESKTOP = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with filled(tmp_path_factory.mktemp("driver") / "baywarden.db") as town:
        open_network(town.ledger)
        yield town


@pytest.fixture(scope="module")
def codes(town: Town) -> dict[str, str]:
    return codes_of(town.ledger, "ca*nsc*harbour", END) | codes_of(town.ledger, "ca*elv*gare", END)


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    app = make_app(town.ledger, lambda: END)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    with served(server):
        yield f"http://127.0.0.1:{server.port}"


class Claimed(NamedTuple):
    """A stay that was claimed, its driver's session, and where they contest it."""

    stay: str
    contest: str
    cookie: str


@pytest.fixture(scope="module")
def claimed(town: Town, codes: dict[str, str]) -> Claimed:
    """The stay in H1, of a driver with a token of their own."""
    client = make_app(town.ledger, lambda: END).test_client()
    stay = scan(client, town.ledger, codes["H1"])
    token = known_token(town.ledger)
    with town.ledger.write(END) as tx:
        add_driver(tx, PHONE_NUMBER, "en", [token])
    contest = re.search(r'href="([^"]+/contest/[^"]+)"', client.get(stay).text)
    cookie = client.get_cookie("baywarden")
    assert contest is not None and cookie is not None
    return Claimed(stay, contest[1], cookie.value)


@pytest.fixture
def driver(driver: WebDriver) -> WebDriver:
    """As large as a phone's."""
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    return driver


def speak(driver: WebDriver, language: str) -> None:
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": f"{language}-CA,{language}"}})


def press(driver: WebDriver, *keys: str) -> None:
    for key in keys:
        driver.switch_to.active_element.send_keys(key)


def tab_to(driver: WebDriver, css: str) -> None:
    """Move by keyboard alone until the element has the focus."""
    for _ in range(40):
        if driver.execute_script("return document.activeElement.matches(arguments[0])", css):
            return
        ActionChains(driver).send_keys(Keys.TAB).perform()
    raise AssertionError(f"the keyboard does not reach {css}")


def wait_for(driver: WebDriver, css: str) -> None:
    WebDriverWait(driver, PATIENCE).until(lambda d: d.find_elements(By.CSS_SELECTOR, css))


def claim(driver: WebDriver, address: str, code: str, ledger: Ledger, number: str) -> str:
    """The whole way by keyboard alone; gives the stay's address."""
    driver.get(f"{address}/b/{code}")
    tab_to(driver, "a.button")
    press(driver, Keys.ENTER)
    wait_for(driver, "#phone")
    tab_to(driver, "#phone")
    press(driver, number)
    tab_to(driver, "#remember")
    press(driver, Keys.SPACE)
    tab_to(driver, "form.ask button")
    press(driver, Keys.ENTER)
    wait_for(driver, "input[autocomplete='one-time-code']")
    tab_to(driver, "#code")
    press(driver, last_code(ledger), Keys.ENTER)
    wait_for(driver, "#live")
    return driver.current_url


def started(driver: WebDriver, address: str, start: str) -> str:
    """Start a session; gives the path of the page that says what became of it."""
    driver.get(address + start)
    tab_to(driver, "form.ask button")
    press(driver, Keys.ENTER)
    wait_for(driver, "[role=status]")
    assert driver.current_url != address + start
    return driver.current_url.removeprefix(address)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_without_fault(
    driver: WebDriver, address: str, claimed: Claimed, codes: dict[str, str], language: str
) -> None:
    speak(driver, language)
    driver.get(f"{address}/b")
    driver.add_cookie({"name": "baywarden", "value": claimed.cookie})
    start = f"/b/{codes['H4']}/start"
    pages = ["/b", *(f"/b/{each}" for each in (codes["H1"], codes["H3"], "NOTHING")), f"/b/{codes['G1']}/phone"]
    pages += ["/code/x", "/s", "/me", "/me/phone", claimed.stay, claimed.contest]
    pages += [claimed.contest.replace("/contest/", "/receipt/"), start, started(driver, address, start)]
    found: list[tuple[str, str, str]] = []
    for page in pages:
        look(driver, "light")
        driver.get(address + page)
        assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == language, page
        found += [(page, "light", fault) for fault in faults(driver)]
        look(driver, "dark")  # the same page in other colours: its style sheet changes nothing else
        found += [(page, "dark", fault) for fault in faults_of_colour(driver)]
        for metrics in (DESKTOP, {**PHONE, "width": 320}, PHONE):
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            width = driver.execute_script("return document.documentElement.scrollWidth")
            assert width <= metrics["width"], (page, metrics)
    assert found == []
    noise = [entry["message"] for entry in driver.get_log("browser") if "404" not in entry["message"]]  # type: ignore[attr-defined]  # Chromium has it
    assert noise == [], "nothing breaks the content policy"


def test_the_fee_ticks_between_two_looks(driver: WebDriver, address: str, town: Town, codes: dict[str, str]) -> None:
    claim(driver, address, codes["H4"], town.ledger, "514 555 0144")
    shown = driver.find_element(By.CSS_SELECTOR, ".fee-now b").text
    estimate = driver.find_element(By.CSS_SELECTOR, ".estimate")
    first = float(estimate.text.split()[0])
    WebDriverWait(driver, PATIENCE).until(lambda _: float(estimate.text.split()[0]) > first)
    assert driver.find_element(By.CSS_SELECTOR, ".fee-now b").text == shown, "what counts is the server's"
    assert first >= float(shown.split()[0])


def test_whole_without_scripts(tmp_path: Path, address: str, town: Town, codes: dict[str, str]) -> None:
    driver = start(tmp_path / "plain", scripts=False)
    try:
        driver.get(f"{address}/b/{codes['G1']}")
        driver.find_element(By.CSS_SELECTOR, "a.button").click()
        wait_for(driver, "#phone")
        driver.find_element(By.ID, "phone").send_keys("514 555 0145")
        driver.find_element(By.CSS_SELECTOR, "form.ask button").click()
        wait_for(driver, "input[autocomplete='one-time-code']")
        driver.find_element(By.ID, "code").send_keys(last_code(town.ledger), Keys.ENTER)
        wait_for(driver, ".fee-now")
        assert driver.find_elements(By.CSS_SELECTOR, "noscript, meta[http-equiv=refresh]")
    finally:
        driver.quit()


def test_the_owners_page_of_a_dispute_is_without_fault(
    driver: WebDriver, address: str, town: Town, codes: dict[str, str]
) -> None:
    from tests.support.chromium import log_in

    stay = claim(driver, address, codes["G1"], town.ledger, "514 555 0146")
    contest = driver.find_element(By.CSS_SELECTOR, "a[href*='/contest/']").get_attribute("href")
    driver.get(contest)
    tab_to(driver, "#text")
    press(driver, "It was not me.")
    tab_to(driver, "form.ask button")
    press(driver, Keys.ENTER)
    wait_for(driver, ".dispute")
    assert driver.current_url == stay
    driver.delete_all_cookies()
    log_in(driver, address)
    driver.get(f"{address}/violations/{contest.rsplit('/', 1)[1]}")
    wait_for(driver, ".contested")
    assert [each for each in faults(driver) if "contested" in each or "label" in each] == []
