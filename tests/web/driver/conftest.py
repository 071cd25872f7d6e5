"""A town that each test may change, on SQLite; the ledger tests hold both databases to the same rules."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger.database import Ledger
from tests.conftest import NOON
from tests.support.browsing import log_in, make_app
from tests.support.drivers_phone import codes_of
from tests.support.filled import filled
from tests.support.town import LENGTH, POLICY, Town

END = NOON + LENGTH


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = END

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def policy() -> str:
    """The document of the town's policy; a test may put another in its place."""
    return POLICY


@pytest.fixture
def town(tmp_path: Path, policy: str) -> Iterator[Town]:
    with filled(tmp_path / "town.db", policy) as town:
        yield town


@pytest.fixture
def ledger(town: Town) -> Ledger:
    return town.ledger


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(ledger: Ledger, clock: Clock) -> Flask:
    return make_app(ledger, clock)


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """A driver's browser."""
    return app.test_client()


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert log_in(client).status_code == 303
    return client


@pytest.fixture
def codes(ledger: Ledger) -> dict[str, str]:
    """The codes of all signs, by the bays' names."""
    return codes_of(ledger, "ca*nsc*harbour", END) | codes_of(ledger, "ca*elv*gare", END)
