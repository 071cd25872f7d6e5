"""The pages in a real browser: live without reload, whole without scripts, quiet under the content policy."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import update
from werkzeug.serving import make_server

from enforcement.facts import OccupancyRead, sensor_subject
from ledger.database import table
from models import Station
from tests.conftest import NOON
from tests.support.browsing import make_app
from tests.support.chromium import PATIENCE, Quiet, log_in, start
from tests.support.filled import filled
from tests.support.servers import served
from tests.support.town import LENGTH, Town

pytestmark = [pytest.mark.long, pytest.mark.browser]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with filled(tmp_path_factory.mktemp("browser") / "baywarden.db") as town:
        yield town


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    """The web door on a port of loopback."""
    end: datetime = NOON + LENGTH
    app = make_app(town.ledger, lambda: end, login_rate="1000 per minute")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    with served(server):
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def driver(driver: WebDriver, address: str) -> WebDriver:
    """Logged in, and at the board."""
    log_in(driver, address)
    return driver


def condition(driver: WebDriver, bay: str) -> str:
    tile = driver.find_element(By.CSS_SELECTOR, f"[id='b-{bay}'] .cond")
    return tile.text


def test_board_changes_without_reload(driver: WebDriver, town: Town) -> None:
    bay = "ca*elv*gare/G3"
    assert condition(driver, bay) == "Free"
    driver.execute_script("window.sameLoad = true")
    driver.find_element(By.NAME, "q").send_keys("typing")
    end = NOON + LENGTH
    town.tell(
        [
            OccupancyRead(
                at=end, seen_at=end, source="sensors", source_id="browser-1", subject=sensor_subject("G3-sensor"),
                occupied=True, edge=True,
            )
        ]
    )  # fmt: skip
    WebDriverWait(driver, PATIENCE).until(lambda _: condition(driver, bay) == "Unplugged")
    assert driver.execute_script("return window.sameLoad") is True
    assert driver.find_element(By.NAME, "q").get_attribute("value") == "typing", "nobody's typing is thrown away"
    assert driver.find_element(By.CSS_SELECTOR, ".pulse").text == "Live"


def test_unchanged_board_is_polled_cheaply(driver: WebDriver) -> None:
    before = len(Quiet.answers)

    def unchanged(_driver: WebDriver) -> bool:
        return ("/live", 304) in Quiet.answers[before:]

    WebDriverWait(driver, PATIENCE).until(unchanged)
    assert driver.find_element(By.CSS_SELECTOR, ".pulse").text == "Live"


WIDE_PAGES = ("/networks", "/partners", "/policies", "/findings", "/webhooks", "/signs?station=ca*nsc*harbour")


@pytest.mark.parametrize("width", [1440, 1280, 1024, 768, 390, 360])
def test_pages_fit_and_break_no_rule(driver: WebDriver, address: str, width: int) -> None:
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(f"{address}/violations")
    violation = driver.find_element(By.CSS_SELECTOR, "tbody a").get_attribute("href")
    pages = ("/", "/violations?state=all", "/outbox", "/sensors", "/rejects", violation.removeprefix(address))
    for page in (*pages, *WIDE_PAGES):
        driver.get(address + page)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width, page
        assert driver.execute_script(_UNFIT) == [], page
    assert [entry["message"] for entry in driver.get_log("browser")] == []  # type: ignore[attr-defined]  # Chromium has it


# What stands beyond the header's edges, or is cut off in it, and what is wider than the card that it is in.
_UNFIT = """
const box = document.querySelector('.top').getBoundingClientRect();
const out = [...document.querySelectorAll('.brand, .who button, .who .name')].filter((each) => {
  const at = each.getBoundingClientRect();
  return at.width && (at.top < box.top || at.bottom > box.bottom || each.scrollWidth > each.clientWidth + 1);
});
const cards = [...document.querySelectorAll('.stat, .panel, .rows, main')].filter((e) => e.scrollWidth > e.clientWidth + 1);
return [...out, ...cards].map((each) => each.outerHTML.slice(0, 120));
"""


def test_a_phone_shows_where_one_is(driver: WebDriver, address: str) -> None:
    metrics = {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(f"{address}/rejects")
    here = driver.find_element(By.CSS_SELECTOR, ".nav [aria-current]")
    assert here.text == "Rejects" and here.rect["x"] + here.rect["width"] <= 360


def test_paper_shows_what_is_folded_away_on_a_screen(driver: WebDriver, address: str) -> None:
    driver.get(f"{address}/violations")
    driver.get(driver.find_element(By.CSS_SELECTOR, "tbody a").get_attribute("href") or "")
    seen = "return document.querySelector('.evidence tbody td').checkVisibility({contentVisibilityAuto: true})"
    assert driver.execute_script(seen) is False
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        WebDriverWait(driver, PATIENCE).until(lambda d: d.execute_script(seen))
        assert not driver.find_element(By.CSS_SELECTOR, ".nav").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_keyboard_reaches_content_first(driver: WebDriver) -> None:
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert driver.switch_to.active_element.text == "Skip to content"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert driver.switch_to.active_element.get_attribute("id") == "main"


def test_board_without_scripts(tmp_path: Path, address: str) -> None:
    driver = start(tmp_path / "profile", scripts=False)
    try:
        log_in(driver, address)
        assert driver.find_elements(By.CSS_SELECTOR, "meta[http-equiv=refresh]")
        assert not driver.find_element(By.CSS_SELECTOR, ".pulse").is_displayed(), "nothing claims to be live"
        driver.find_element(By.CSS_SELECTOR, ".tile a.fee").click()
        WebDriverWait(driver, PATIENCE).until(lambda d: d.find_elements(By.CSS_SELECTOR, "svg.drawing"))
    finally:
        driver.quit()


def test_a_lost_connection_is_said(driver: WebDriver) -> None:
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
    )
    pulse = driver.find_element(By.CSS_SELECTOR, ".pulse")
    WebDriverWait(driver, PATIENCE).until(lambda _: pulse.text.startswith("Connection lost"))


@pytest.mark.parametrize("width", [768, 360])
def test_long_names_fit(driver: WebDriver, address: str, town: Town, width: int) -> None:
    """And a list of stations in several zones says whose time it is."""
    station = table(Station)
    names = {"name": "Gare-Centrale-du-Très-Honorable-Jean-Baptiste-Archambault", "address": "1 " + "x" * 70}
    with town.ledger.write(NOON + LENGTH) as tx:
        tx.conn.execute(update(station).where(station.c.key == "ca*elv*gare").values(**names, zone="Asia/Tokyo"))
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    for page in ("/", "/violations?state=all", "/sensors", "/outbox", "/policies"):
        driver.get(address + page)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width, page
    driver.get(f"{address}/violations?state=all")
    assert "JST" in driver.find_element(By.CSS_SELECTOR, "tbody").text
