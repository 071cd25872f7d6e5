"""A bay by the code on its sign: what it shows, in which language, and what it costs to show it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from ledger.database import Ledger


def test_a_scan_shows_what_the_bay_is_and_what_it_costs(phone: FlaskClient, codes: dict[str, str]) -> None:
    page = phone.get(f"/b/{codes['H1']}", headers={"Accept-Language": "en-CA"}).text
    assert '<html lang="en">' in page and "Harbour Street" in page and "Bay H1" in page
    assert "Charging finished" in page and "A fee has been running since 13:45." in page
    assert "Fee: 0.40 CAD a minute" in page and "Taxes are added: GST 5 %, QST 9.975 %." in page
    assert f'href="/b/{codes["H1"]}/phone"' in page


def test_in_french_by_the_browser_or_by_choice(phone: FlaskClient, codes: dict[str, str]) -> None:
    page = phone.get(f"/b/{codes['H1']}", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}).text
    assert '<html lang="fr">' in page and "Recharge terminée" in page and "Des frais courent depuis 13 h 45." in page
    chosen = phone.get(f"/b/{codes['H1']}?lang=fr", headers={"Accept-Language": "en"}).text
    assert '<html lang="fr">' in chosen and f"/b/{codes['H1']}/phone?lang=fr" in chosen


def test_what_costs_already_is_not_offered_a_text_before_it_costs(phone: FlaskClient, codes: dict[str, str]) -> None:
    running, free = codes["H1"], codes["G2"]
    for path in (f"/b/{running}", f"/b/{running}/phone"):
        page = phone.get(path).text
        assert "Text me about this fee" in page and "before it costs" not in page.partition('class="terms"')[0], path
    assert "Text me before it costs anything" in phone.get(f"/b/{free}").text


def test_the_clock_that_runs_is_free_until(phone: FlaskClient, codes: dict[str, str]) -> None:
    assert "Free until 15:04. A fee may run after that." in phone.get(f"/b/{codes['G2']}").text


def test_nothing_personal_and_kept_for_a_moment_only(phone: FlaskClient, codes: dict[str, str]) -> None:
    response = phone.get(f"/b/{codes['H1']}")
    assert response.headers["Cache-Control"] == "public, max-age=5" and "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers["Vary"] and "Accept-Language" in response.headers["Vary"]
    assert "bea" not in response.text and "+1514" not in response.text
    again = phone.get(f"/b/{codes['H1']}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""


def test_one_request_and_few_queries(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> None:
    phone.get(f"/b/{codes['H1']}")
    queries: list[str] = []
    event.listen(ledger.engine, "before_cursor_execute", lambda *a: queries.append(a[2]))
    page = phone.get(f"/b/{codes['H1']}").text
    assert len([query for query in queries if query.startswith("SELECT")]) <= 5 and len(queries) < 9
    assert len(re.findall(r"<script", page)) == 0


@pytest.mark.parametrize("bay", ["H3", "H5"])
def test_a_bay_without_a_vehicle_asks_for_no_number(phone: FlaskClient, codes: dict[str, str], bay: str) -> None:
    assert "/phone" not in phone.get(f"/b/{codes[bay]}").text
    assert phone.get(f"/b/{codes[bay]}/phone").status_code == 409


def test_codes_are_typed_in_any_way(phone: FlaskClient, codes: dict[str, str]) -> None:
    code = codes["H2"]
    typed = f" {code[:3].lower()}-{code[3:]} "
    assert phone.get("/b", query_string={"code": typed}).location == f"/b/{code}"
    assert phone.get(f"/b/{code.lower()}").location == f"/b/{code}"
    wrong = phone.get("/b", query_string={"code": "ABC DEFG"})
    assert wrong.status_code == 400 and "No sign has this code" in wrong.text
    assert phone.get("/b").status_code == 200


def test_the_driver_pages_hold_the_content_policy(phone: FlaskClient, codes: dict[str, str]) -> None:
    for path in ("/b", f"/b/{codes['H1']}", f"/b/{codes['H1']}/phone", "/s", "/me/phone"):
        response = phone.get(path)
        assert response.status_code == 200, path
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy
        assert "<style" not in response.text and 'style="' not in response.text and "onclick" not in response.text
