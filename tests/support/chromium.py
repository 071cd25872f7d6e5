"""Chromium without a head, for tests of pages, and a server that is quiet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import WSGIRequestHandler

from tests.conftest import require_tool
from tests.support.browsing import NAME, PASSWORD

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE = 30


class Quiet(WSGIRequestHandler):
    """Counts the answers by path and status instead of logging them."""

    answers: ClassVar[list[tuple[str, int]]] = []

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.answers.append((self.path, int(code)))


def start(profile: Path, *, scripts: bool = True) -> WebDriver:
    """A browser with a profile of its own."""
    options = Options()
    options.binary_location = require_tool("chromium")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(require_tool("chromedriver")))
    driver.set_window_size(1280, 900)
    return driver


@contextmanager
def window(browser: WebDriver) -> Iterator[WebDriver]:
    """A window of its own in a browser that goes on: it begins without cookies, cache and log, and nothing stays."""
    first = browser.current_window_handle
    browser.switch_to.new_window("window")
    browser.set_window_size(1280, 900)
    for forgotten in ("Cookies", "Cache"):
        browser.execute_cdp_cmd(f"Network.clearBrowser{forgotten}", {})
    browser.get_log("browser")  # type: ignore[attr-defined]  # Chromium has it
    yield browser
    browser.close()
    browser.switch_to.window(first)


def log_in(driver: WebDriver, address: str) -> None:
    """Log in as the owner; the board is there then."""
    driver.get(address)
    driver.find_element(By.NAME, "name").send_keys(NAME)
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, ".gate button").click()
    WebDriverWait(driver, PATIENCE).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".tile"))
