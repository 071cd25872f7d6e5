"""The list of violations as a spreadsheet takes it: the same rows as the page has, and no formula of anybody's."""

import csv
import html
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from ledger.database import Ledger, table
from models import Station
from tests.conftest import NOON
from web import case_table


def rows(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/violations.csv{query}")
    assert response.status_code == 200 and response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.text)))


@pytest.mark.parametrize(
    "query", ["", "?state=all", "?kind=idle&state=settled", "?station=ca*elv*gare", "?to=2026-03-01"]
)
def test_it_has_the_rows_of_the_page(owner: FlaskClient, query: str) -> None:
    page = owner.get(f"/violations{query}").text
    link = re.search(r'href="/violations\.csv([^"]*)"', page)
    assert link and len(rows(owner, html.unescape(link[1]))) == page.count("<tr id=")


def test_amounts_and_times_are_the_stations(owner: FlaskClient) -> None:
    (idle,) = [each for each in rows(owner, "?kind=idle") if each["bay"] == "H1"]
    assert (idle["total"], idle["currency"], idle["provisional"]) == ("34.49", "CAD", "yes")
    assert idle["clock_started_at"] == "2026-03-02T13:35:00-05:00" and idle["ended_at"] == ""
    assert idle["kind"] == "Idle" and idle["state"] == "Fee running" and idle["synthetic"] == "yes"


def test_long_lists_come_whole(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows(owner, "?state=all")
    monkeypatch.setattr(case_table, "_AT_ONCE", 2)
    assert len(whole) > 4 and rows(owner, "?state=all") == whole


def test_a_name_is_no_formula(owner: FlaskClient, town: Ledger) -> None:
    name = table(Station).c.name
    with town.write(NOON) as tx:
        before = tx.conn.execute(table(Station).select().where(table(Station).c.key == "ca*elv*gare")).one().name
        tx.conn.execute(update(table(Station)).where(name == before).values(name='=HYPERLINK("http://x")'))
    try:
        assert {each["station_name"] for each in rows(owner, "?station=ca*elv*gare")} == {'\'=HYPERLINK("http://x")'}
    finally:
        with town.write(NOON) as tx:
            tx.conn.execute(update(table(Station)).where(table(Station).c.key == "ca*elv*gare").values(name=before))


def test_not_for_everybody_and_wrong_filters_are_refused(app: Flask, owner: FlaskClient) -> None:
    assert app.test_client().get("/violations.csv").status_code in (302, 303, 401)
    assert owner.get("/violations.csv?kind=late").status_code == 400
