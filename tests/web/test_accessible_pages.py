"""The pages of owners and officers: no fault for axe in light and dark, and nothing wider than a phone."""

import re
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from werkzeug.serving import make_server

from tests.conftest import NOON
from tests.support.accessible import faults, faults_of_colour, look
from tests.support.browsing import make_app
from tests.support.chromium import Quiet, log_in
from tests.support.filled import filled
from tests.support.servers import served
from tests.support.town import LENGTH

pytestmark = [pytest.mark.long, pytest.mark.browser]

PHONE = {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True}
PAGES = (
    "/", "/violations", "/sensors", "/policies", "/networks", "/outbox", "/partners", "/findings", "/rejects", "/signs",
    "/webhooks",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with filled(tmp_path_factory.mktemp("accessible") / "baywarden.db") as town:
        app = make_app(town.ledger, lambda: NOON + LENGTH, login_rate="1000 per minute")
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        with served(server):
            yield f"http://127.0.0.1:{server.port}"


def test_no_page_has_a_fault(driver: WebDriver, address: str) -> None:
    driver.get(address)
    found = _faults(driver, "log-in")
    log_in(driver, address)
    for path in [*PAGES, *_one_of_each(driver, address)]:
        driver.get(address + path)
        assert driver.find_elements(By.TAG_NAME, "h1"), path
        found += _faults(driver, path)
    assert found == []


def _one_of_each(driver: WebDriver, address: str) -> list[str]:
    """A page of each kind of violation that the list shows, and what leads on from it."""
    driver.get(f"{address}/violations")
    hrefs = [link.get_attribute("href") or "" for link in driver.find_elements(By.CSS_SELECTOR, "main a")]
    violations = [href.removeprefix(address) for href in hrefs if re.search(r"/violations/[0-9a-f-]{36}$", href)]
    assert violations
    return [*dict.fromkeys(violations)][:4]


def _faults(driver: WebDriver, page: str) -> list[tuple[str, str, str]]:
    look(driver, "light")
    found = [(page, "light", fault) for fault in faults(driver)]
    look(driver, "dark")
    found += [(page, "dark", fault) for fault in faults_of_colour(driver)]
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    wide = driver.execute_script("return document.documentElement.scrollWidth")
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return found if wide <= PHONE["width"] else [*found, (page, "phone", f"is {wide} px wide")]
