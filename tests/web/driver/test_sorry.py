"""What can't be done is said in the driver's language, with the ways that a driver has."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.drivers_phone import send

NOBODYS = "/s/nobodys-link"


@pytest.mark.parametrize(("language", "words"), [("en", "Not found"), ("fr", "Introuvable"), ("es", "No se encuentra")])
def test_a_link_that_is_nobodys(phone: FlaskClient, language: str, words: str) -> None:
    answer = phone.get(NOBODYS, headers={"Accept-Language": language})
    assert answer.status_code == 404 and "Accept-Language" in answer.vary
    assert f"<h1>{words}</h1>" in answer.text and f'<html lang="{language}">' in answer.text
    assert 'href="/b"' in answer.text and "Go to the board" not in answer.text
    assert words in phone.get(f"{NOBODYS}?lang={language}").text, "and as it was chosen"


def test_owners_and_programs_read_their_own(app: Flask) -> None:
    client = app.test_client()
    assert "Go to the board" in client.get("/nowhere").text
    assert client.get("/api/v1/nowhere").json["status"] == 404


def test_a_form_of_a_megabyte(phone: FlaskClient, codes: dict[str, str]) -> None:
    answer = send(phone, f"/b/{codes['H1']}/phone", phone="5" * 1_000_000)
    assert answer.status_code == 413 and "<h1>Too large</h1>" in answer.text


def test_a_fault_of_ours_shows_nothing_of_it(
    app: Flask, phone: FlaskClient, codes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("web.driver.bay.bay_page.load", fails)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = phone.get(f"/b/{codes['H1']}?lang=fr")
    assert answer.status_code == 500 and "Un problème est survenu" in answer.text and "secret" not in answer.text
