"""What owners see: each page on a filled town."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.database import Ledger
from ledger.queries.violations import ViolationFilter, page
from tests.conftest import ledger_of
from tests.support.browsing import log_in, make_app

PAGES = ("/", "/live", "/violations", "/outbox", "/sensors", "/rejects")


def test_board_shows_every_condition_with_fee_and_sensor_word(owner: FlaskClient) -> None:
    html = owner.get("/").text
    for condition in ("free", "charging", "idle", "overstaying", "unplugged", "unusable", "unknown"):
        assert f'class="tile is-{condition}"' in html
    tile = _tile(html, "H1")
    assert "Idle" in tile and "13:35" in tile and "1 h 25 min" in tile
    assert "34.49 CAD" in tile and "Fee running" in tile
    assert "taken" in tile
    assert "Free until" in _tile(html, "G2") and "15:04" in _tile(html, "G2")
    assert "never heard" in _tile(html, "G4")


def test_board_counts_on_top(owner: FlaskClient) -> None:
    html = _plain(owner.get("/").text)
    assert "Blocked now 4 of 10 bays" in html
    assert "Running fees 63.82 CAD in 3 violations" in html


def test_board_works_without_scripts(owner: FlaskClient) -> None:
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in owner.get("/").text


def test_synthetic_data_is_labelled_everywhere(owner: FlaskClient) -> None:
    for path in ("/", "/violations", "/outbox", "/sensors", _first_violation(owner)):
        html = owner.get(path).text
        assert "Synthetic data." in html, path
        assert '<span class="badge synthetic">synthetic</span>' in html.split("</header>", 1)[1].split("<main", 1)[1], (
            path
        )


def test_unchanged_board_is_not_sent_again(owner: FlaskClient) -> None:
    first = owner.get("/live")
    again = owner.get("/live", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    other = owner.get("/live?show=blocked", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_board_filters(owner: FlaskClient) -> None:
    harbour = owner.get("/?q=harbour").text
    assert "Harbour Street" in harbour and "Gare du Palais" not in harbour
    blocked = owner.get("/live?show=blocked").text
    assert 'class="tile is-idle"' in blocked and 'class="tile is-free"' not in blocked
    assert "No station fits" in owner.get("/?q=%25").text, "a wildcard is a letter like others"


def test_violations_are_those_that_became_one(owner: FlaskClient) -> None:
    html = owner.get("/violations").text
    assert html.count("<tr id=") == 4
    assert "No violation<" not in html.split("<tbody>")[1]
    everything = owner.get("/violations?state=all").text
    assert everything.count("<tr id=") > 4


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=unplugged", 1),
        ("kind=idle", 2),
        ("kind=idle&state=settled", 1),
        ("station=ca*elv*gare", 1),
        ("station=CA*ELV*GARE", 1),
        ("from=2026-03-02&to=2026-03-02", 4),
        ("from=2026-03-03", 0),
        ("to=2026-03-01", 0),
    ],
)
def test_violation_filters(owner: FlaskClient, query: str, count: int) -> None:
    assert owner.get(f"/violations?{query}").text.count("<tr id=") == count


def test_wrong_filters_are_named(owner: FlaskClient) -> None:
    response = owner.get("/violations?kind=late&from=yesterday&after=xyz")
    assert response.status_code == 400
    assert "kind: not one of unplugged, idle, overstaying" in response.text
    assert "from: not a date" in response.text and "after: not a cursor" in response.text


def test_violation_page_says_why(owner: FlaskClient, town: Ledger) -> None:
    with town.read() as conn:
        settled = next(v for v in page(conn, ViolationFilter(), None, 50).violations if v.state == "settled")
    html = owner.get(f"/violations/{settled.public_id}").text
    text = _plain(html)
    assert "Idle Harbour Street, bay H6" in text and "With taxes 12.88 CAD" in text
    assert "13:20:00 13:48:00 28 min Idle Counted." in text
    assert "13:10:00 13:20:00 10 min Idle Free: within the grace." in text
    assert "GST 5 %" in text and "QST 9.975 %" in text and "Total 12.88 CAD" in text
    assert "The network reported that the vehicle no longer asks for energy." in text
    assert 'class="piece look-idle"' in html and 'role="img"' in html
    assert "Entry 1" in text, "what is settled is posted"
    assert "Session eve, completed" in text, "the facts are there"


def test_messages_are_in_their_language(owner: FlaskClient) -> None:
    html = owner.get("/outbox").text
    assert '<p class="bubble" lang="fr">Baywarden: ' in html and '<p class="bubble" lang="en">Baywarden: ' in html
    assert "+1514" not in html and "+1418" not in html
    assert owner.get("/outbox?state=delivered").text.count('class="bubble"') == 0


def test_sensors_show_unassigned_and_silent(owner: FlaskClient) -> None:
    text = _plain(owner.get("/sensors").text)
    assert "Sensors 11 Unassigned 1 Silent 2" in text
    assert "70b3d57ed0012ff0 NPS405 Unassigned Taken 18:39" in text


def test_rejects_show_reason_and_payload(owner: FlaskClient) -> None:
    html = owner.get("/rejects").text
    assert "occupied: Expected `bool`, got `str`" in html and "&#34;maybe&#34;" in html


@pytest.mark.parametrize("path", ["/violations/x", "/violations/00000000-0000-0000-0000-000000000000", "/no/such"])
def test_unknown_addresses_are_pages(owner: FlaskClient, path: str) -> None:
    response = owner.get(path)
    assert response.status_code == 404
    assert "There is nothing at this address." in response.text and "<html" in response.text


def test_htmx_gets_the_live_part_only(owner: FlaskClient) -> None:
    response = owner.get("/violations", headers={"HX-Request": "true"})
    assert "<html" not in response.text and "<table" in response.text
    assert "HX-Request" in response.headers["Vary"]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PAGES),
    query=st.dictionaries(
        st.one_of(
            st.sampled_from(["q", "show", "page", "state", "kind", "station", "from", "to", "after", "before", "endpoint", "_anchor"]),
            st.text(max_size=8),
        ),
        st.one_of(st.text(max_size=20), st.integers().map(str), st.datetimes().map(str), st.just("all")),
        max_size=4,
    ),
    live=st.booleans(),
)  # fmt: skip
def test_hostile_queries_never_fail(owner: FlaskClient, path: str, query: dict[str, str], live: bool) -> None:
    response = owner.get(path, query_string=query, headers={"HX-Request": "true"} if live else {})
    assert response.status_code in (200, 400)


def test_health(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_health_without_database(tmp_path, now) -> None:
    ledger = ledger_of(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    response = make_app(ledger, lambda: now).test_client().get("/healthz")
    assert response.status_code == 503


def test_a_fault_of_ours_is_a_page_without_its_inside(town: Ledger, now) -> None:
    def broken():
        raise RuntimeError("secret inside")

    client = make_app(town, broken).test_client()
    log_in(client)
    response = client.get("/")
    assert response.status_code == 500
    assert "secret inside" not in response.text and "Something went wrong" in response.text


def _first_violation(owner: FlaskClient) -> str:
    found = re.search(r'href="(/violations/[0-9a-f-]{36})"', owner.get("/violations").text)
    assert found
    return found.group(1)


def _tile(html: str, name: str) -> str:
    return next(part for part in html.split('<li class="tile') if f"<h3>{name}</h3>" in part)


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_violations_page_tells_its_fee_minute_by_minute_and_in_words(owner: FlaskClient) -> None:
    listed = owner.get("/violations?state=settled&kind=idle").text
    path = re.search(r'href="(/violations/[0-9a-f-]{36})"', listed)
    assert path
    text = owner.get(path[1]).text
    assert "minute by minute" in text and "0.40 CAD a minute" in text
    assert 'lang="fr"' in text and "Branché, recharge terminée" in text
    assert "Rests on: " in text
