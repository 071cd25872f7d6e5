"""Who gets in: log-in, sessions, forms, headers, limits."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger import access
from ledger.database import Ledger
from tests.conftest import NOON
from tests.support.browsing import NAME, PASSWORD, add_owner, csrf_token, log_in, make_app


@pytest.fixture
def app(ledger: Ledger) -> Flask:
    add_owner(ledger, NOON)
    return make_app(ledger, lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/live", "/violations", "/violations/x", "/outbox", "/sensors", "/rejects"])
def test_pages_are_for_those_who_are_logged_in(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 303
    assert response.location.startswith("/login?next=")


def test_log_in_leads_to_where_one_wanted_to_go(client: FlaskClient) -> None:
    asked = client.get("/violations?kind=idle").location
    assert log_in(client, path=asked).location == "/violations?kind=idle"
    assert client.get("/violations?kind=idle").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_log_in_never_leads_elsewhere(client: FlaskClient, target: str) -> None:
    token = csrf_token(client)
    form = {"name": NAME, "password": PASSWORD, "csrf_token": token}
    response = client.post("/login", query_string={"next": target}, data=form)
    assert response.location == "/"


@pytest.mark.parametrize(
    ("name", "password"),
    [(NAME, "wrong horse battery"), ("nobody", PASSWORD), ("", ""), ("a\0b", "x"), (NAME, "x" * 5000)],
)
def test_wrong_log_ins(client: FlaskClient, name: str, password: str) -> None:
    response = log_in(client, name, password)
    assert response.status_code == 401
    assert "fit together" in response.text
    assert client.get("/").status_code == 303


def test_forms_need_their_token(client: FlaskClient) -> None:
    assert client.post("/login", data={"name": NAME, "password": PASSWORD}).status_code == 400
    log_in(client)
    assert client.post("/logout").status_code == 400
    assert client.get("/").status_code == 200, "another site can't log anybody out"


def test_log_out(client: FlaskClient) -> None:
    log_in(client)
    token = client.get("/").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    assert client.get("/").status_code == 303


def test_a_new_password_ends_sessions(client: FlaskClient, ledger: Ledger) -> None:
    log_in(client)
    assert client.get("/").status_code == 200
    with ledger.write(NOON) as tx:
        access.add_login(tx, NAME, "another good password")
    assert client.get("/").status_code == 303


def test_an_open_page_whose_session_ended_goes_to_log_in(client: FlaskClient) -> None:
    response = client.get("/live", headers={"HX-Request": "true"})
    assert response.status_code == 401 and response.headers["HX-Redirect"] == "/login"


def test_log_ins_are_limited_by_address_and_name(client: FlaskClient) -> None:
    token = csrf_token(client)
    form = {"name": NAME, "password": "wrong wrong wrong", "csrf_token": token}
    assert [client.post("/login", data=form).status_code for _ in range(6)] == [401] * 5 + [429]
    refused = client.post("/login", data={**form, "name": NAME.upper()})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert "Too many attempts" in refused.text
    assert client.post("/login", data={**form, "name": "somebody else"}).status_code == 401
    elsewhere = client.post("/login", data={**form, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 303, "an attacker locks nobody else out"


def test_cookies_and_headers(client: FlaskClient) -> None:
    response = log_in(client)
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    page = client.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in page.headers
    assert "<style" not in page.text and 'style="' not in page.text and "onclick" not in page.text


def test_over_https(ledger: Ledger) -> None:
    add_owner(ledger, NOON)
    client = make_app(ledger, lambda: NOON, secure_cookies=True).test_client()
    assert "Secure" in client.get("/login", base_url="https://bays.example").headers["Set-Cookie"]
    headers = client.get("/login", base_url="https://bays.example").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_assets_are_kept_by_their_digest(client: FlaskClient) -> None:
    page = client.get("/login").text
    path = page.split('rel="stylesheet" href="')[1].split('"')[0]
    with client.get(path) as response:
        assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]
    with client.get("/assets/icons.svg?v=1") as response:
        assert response.mimetype == "image/svg+xml"


def test_other_doors_keep_their_own_errors(app: Flask) -> None:
    response = app.test_client().get("/ocpi/2.2.1/nothing")
    assert response.status_code == 404
    assert "There is nothing at this address" not in response.text
    assert "Content-Security-Policy" not in response.headers


def test_other_doors_pay_nothing_for_log_ins_and_limits(app: Flask) -> None:
    app.add_url_rule("/ocpi/open", view_func=lambda: "ok", endpoint="ocpi.open")
    response = app.test_client().get("/ocpi/open")
    assert response.text == "ok" and not {"Vary", "Set-Cookie", "X-RateLimit-Limit"} & set(response.headers.keys())
    hooks = [*app.before_request_funcs.get(None, []), *app.after_request_funcs.get(None, [])]
    assert [hook.__module__ for hook in hooks] == ["web.headers"]
