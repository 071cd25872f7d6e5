"""Partners say how the drivers of their own tokens are reached; held to the OpenAPI document that is served."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import select

from ledger import access
from ledger.database import Ledger, table
from ledger.token_ties import DriverRef, driver_for_token
from ledger.vault import token_key
from models import Consent, Driver, DriverToken, TokenAlert
from tests.conftest import NOON
from tests.support.browsing import bearer, make_app

PHONE = {"phone": "+15145550133", "language": "fr", "consent": "J'accepte les avis de stationnement."}


@pytest.fixture
def app(ledger: Ledger) -> Flask:
    return make_app(ledger, lambda: NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def headers(ledger: Ledger) -> dict[str, str]:
    with ledger.write(NOON) as tx:
        return {"Authorization": f"Bearer {access.add_client(tx, 'FLO', ['contacts:write'], 'CA*FLO')}"}


def known(ledger: Ledger, party: str, uid: str) -> DriverRef | None:
    with ledger.read() as conn:
        return driver_for_token(conn, token_key(ledger.vault, "ca", party, uid))


def alerts(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(TokenAlert))))


def test_a_number_is_tied_to_a_token_of_the_partners_own(
    client: FlaskClient, ledger: Ledger, headers: dict[str, str]
) -> None:
    assert client.put("/api/v1/contacts/04AB", json=PHONE, headers=headers).status_code == 204
    ref = known(ledger, "flo", "04AB")
    assert ref is not None and ref.language == "fr" and not ref.is_scanned
    assert known(ledger, "cpt", "04AB") is None, "another party's token of the same uid is another token"
    with ledger.read() as conn:
        (consent,) = conn.execute(select(table(Consent))).all()
        kept = "".join(map(str, conn.execute(select(table(Driver))).all()))
    assert (consent.what, consent.text, consent.source) == ("contact", PHONE["consent"], "partner FLO")
    assert "5550133" not in kept


def test_the_partner_may_keep_the_number(client: FlaskClient, ledger: Ledger, headers: dict[str, str]) -> None:
    client.put("/api/v1/contacts/04AB", json=PHONE, headers=headers)
    assert client.put("/api/v1/contacts/04AB", json={"reach": "webhook"}, headers=headers).status_code == 204
    assert known(ledger, "flo", "04AB") is None
    (alert,) = alerts(ledger)
    assert alert.party == "ca*flo" and "04AB" not in alert.uid and ledger.vault.decrypt(alert.uid) == "04AB"
    assert alert.token == token_key(ledger.vault, "CA", "FLO", "04AB")
    client.put("/api/v1/contacts/04AB", json=PHONE, headers=headers)
    assert alerts(ledger) == [] and known(ledger, "flo", "04AB") is not None


def test_it_is_taken_back(client: FlaskClient, ledger: Ledger, headers: dict[str, str]) -> None:
    client.put("/api/v1/contacts/04AB", json=PHONE, headers=headers)
    for _ in range(2):
        assert client.delete("/api/v1/contacts/04AB", headers=headers).status_code == 204
    assert known(ledger, "flo", "04AB") is None and alerts(ledger) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"x"', b"[" * 3000, b'{"phone": "+15145550133"}', b'{"phone": 5, "consent": "x"}',
        b'{"phone": "+33612345678", "consent": "x"}', b'{"phone": "+15145550133", "consent": " "}',
        b'{"phone": "+15145550133", "consent": "x", "language": "de"}', b'{"reach": "fax"}',
        b'{"phone": "+15145550133", "consent": "x", "party": "ca*cpt"}', b'{"reach": "webhook", "phone": "+15145550133"}',
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(client: FlaskClient, ledger: Ledger, headers: dict[str, str], body: bytes) -> None:
    response = client.put("/api/v1/contacts/04AB", data=body, headers=headers, content_type="application/json")
    assert response.status_code == 400 and response.mimetype == "application/problem+json"
    assert "5550133" not in response.text
    with ledger.read() as conn:
        assert conn.execute(select(table(DriverToken))).all() == []


def test_uids_that_cannot_be(client: FlaskClient, headers: dict[str, str]) -> None:
    for uid in ("x" * 37, "a%00b"):
        assert client.put(f"/api/v1/contacts/{uid}", json=PHONE, headers=headers).status_code == 400
    huge = client.put("/api/v1/contacts/04AB", data=b" " * 10_000, headers=headers)
    assert huge.status_code == 413


def test_only_for_clients_that_speak_for_a_party(client: FlaskClient, ledger: Ledger) -> None:
    assert client.put("/api/v1/contacts/04AB", json=PHONE).status_code == 401
    reader = bearer(ledger, NOON, ["violations:read"])
    assert client.put("/api/v1/contacts/04AB", json=PHONE, headers=reader).status_code == 403
    for scopes, party in ((["contacts:write"], None), (["violations:read"], "ca*flo"), (["contacts:write"], "flo")):
        with pytest.raises(access.AccessError, match="speaks for a party"), ledger.write(NOON) as tx:
            access.add_client(tx, "X", scopes, party)


def test_bodies_are_as_the_document_says(client: FlaskClient) -> None:
    document = json.loads(client.get("/api/v1/openapi.json").data)
    schema = {"$ref": "#/components/schemas/Contact", "components": document["components"]}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(PHONE) and validator.is_valid({"reach": "webhook"})
    assert not validator.is_valid({"reach": "webhook", "phone": "+1"}) and not validator.is_valid({"phone": "+1"})
