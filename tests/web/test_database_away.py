"""A database that is away for a while: whoever asks is told to come again, in the words of each door."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

import ocpi
from ledger import access
from ledger.database import Ledger
from ocpi.calls import OurParty
from tests.conftest import empty_ledger
from tests.support.browsing import add_owner, log_in, make_app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the database lies."""
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def ledger(folder: Path, now: datetime) -> Iterator[Ledger]:
    with empty_ledger(f"sqlite:///{folder / 'baywarden.db'}") as ledger:
        add_owner(ledger, now)
        yield ledger


@pytest.fixture
def app(ledger: Ledger, now: datetime) -> Flask:
    app = make_app(ledger, lambda: now)
    app.register_blueprint(ocpi.blueprint(ledger, lambda: now, "http://localhost", OurParty("CA", "BWD", "Baywarden")))
    return app


def test_people_programs_and_networks_are_told_to_come_again(
    app: Flask, ledger: Ledger, folder: Path, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    owner, program = app.test_client(), app.test_client()
    log_in(owner)
    with ledger.write(now) as tx:
        token = access.add_client(tx, "city", ["violations:read"])
    headers = {"Authorization": f"Bearer {token}"}
    assert owner.get("/").status_code == program.get("/api/v1/violations", headers=headers).status_code == 200

    ledger.close()
    away = folder.rename(folder.with_name("away"))
    with caplog.at_level(logging.WARNING):
        page, problem = owner.get("/"), program.get("/api/v1/violations", headers=headers)
        bay, answer = program.get("/b/2345678"), program.get("/ocpi/versions", headers={"Authorization": "Token x"})
    for response in (page, problem, bay, answer):
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "be reached just now" in page.text and "Log out" not in page.text
    assert "Away for a moment" in bay.text and "Go to the board" not in bay.text
    assert problem.mimetype == "application/problem+json" and problem.json["status"] == 503
    assert json.loads(answer.data)["status_code"] == 3000
    told = [record for record in caplog.records if "unable to open database file" in record.getMessage()]
    assert len(told) == 4 and not any(record.exc_info for record in caplog.records)

    away.rename(folder)
    assert owner.get("/").status_code == program.get("/api/v1/violations", headers=headers).status_code == 200
