"""A filled town, made once for each module and database, for tests that only read it; and a browser."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selenium.webdriver.remote.webdriver import WebDriver

from ledger.database import Ledger
from tests.conftest import NOON, empty_ledger
from tests.support.browsing import add_owner, log_in, make_app
from tests.support.chromium import start, window
from tests.support.templates import CompiledTemplates
from tests.support.town import LENGTH, fill

END = NOON + LENGTH

Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The ledger of the filled town; nobody writes to its facts."""
    url = f"sqlite:///{tmp_path_factory.mktemp('town') / 'baywarden.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    with empty_ledger(url) as ledger:
        fill(ledger, NOON)
        add_owner(ledger, NOON)
        yield ledger


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """A browser, one for each test process: to start one takes longer than most tests take in it."""
    browser = start(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def driver(browser: WebDriver) -> Iterator[WebDriver]:
    """A window of one's own."""
    with window(browser) as driver:
        yield driver


@pytest.fixture
def now() -> datetime:
    """The end of the town's day."""
    return END


@pytest.fixture
def app(town: Ledger) -> Flask:
    """The web door on the town."""
    return make_app(town, lambda: END, api_rate="10000 per minute")


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """Somebody who is logged in."""
    client = app.test_client()
    assert log_in(client).status_code == 303
    return client
