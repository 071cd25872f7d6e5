"""The API, held to the OpenAPI document that it serves."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from ledger.database import Ledger
from tests.conftest import NOON
from tests.support.browsing import bearer, make_app

BOTH = ("violations:read", "evidence:read")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def headers(town: Ledger) -> dict[str, str]:
    return bearer(town, NOON, BOTH)


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return json.loads(client.get("/api/v1/openapi.json").data)


def check(document: dict[str, Any], name: str, body: Any) -> None:
    """Hold a body to a schema of the served document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)


def test_document_is_whole(app: Flask, document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    routes = {
        str(rule).replace("<public_id>", "{id}").replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert routes | {"/healthz"} == set(document["paths"])
    for reference in _references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_list_is_as_promised(client: FlaskClient, headers: dict[str, str], document: dict[str, Any]) -> None:
    response = client.get("/api/v1/violations", headers=headers)
    assert response.status_code == 200 and response.headers["Cache-Control"] == "no-store"
    check(document, "Page", response.json)
    assert "Retry-After" not in response.headers
    assert [(v["bay"]["name"], v["kind"], v["state"]) for v in response.json["data"]] == [
        ("G1", "overstaying", "running"),
        ("H4", "unplugged", "running"),
        ("H1", "idle", "running"),
        ("H6", "idle", "settled"),
    ]
    settled = response.json["data"][3]
    assert settled["amount"] == {
        "currency": "CAD", "exponent": 2, "net_minor": 1120, "tax_minor": 168, "total_minor": 1288, "provisional": False,
    }  # fmt: skip
    assert settled["clock_started_at"] == "2026-03-02T18:10:00Z"
    assert settled["local"]["clock_started_at"] == "2026-03-02T13:10:00-05:00"
    assert settled["synthetic"] is True and settled["plate"] == "unknown"
    assert settled["station"]["coordinates"] == {"latitude": "43.640000", "longitude": "-79.380000"}


def test_every_violation_shows_its_evidence(
    client: FlaskClient, headers: dict[str, str], document: dict[str, Any]
) -> None:
    states = [("state", state) for state in document["components"]["schemas"]["State"]["enum"]]
    listed = client.get("/api/v1/violations", query_string=states, headers=headers).json["data"]
    assert len(listed) > 4
    for each in listed:
        body = client.get(each["url"], headers=headers).json
        check(document, "ViolationDetail", body)
        assert {name: body[name] for name in each} == each
        amount = body["amount"]
        assert amount["net_minor"] + sum(tax["amount_minor"] for tax in body["taxes"]) == amount["total_minor"]
        for entry in body["postings"]:
            assert sum(line["amount_minor"] for line in entry["lines"]) == 0
        assert {fact["type"] for fact in body["evidence"]["facts"]} >= {"occupancy_read"}
        assert client.get(body["policy"]["url"], headers=headers).data.startswith(b'\nid = "town"')
        assert body["notice"]["id"] == f"{body['policy']['id']}@{body['policy']['version']}/1"
        assert set(body["notice"]["texts"]) == {"en", "fr"}


def test_evidence_reaches_from_before_arrival_to_after_departure(client: FlaskClient, headers: dict[str, str]) -> None:
    listed = client.get("/api/v1/violations?state=settled", headers=headers).json["data"]
    body = client.get(listed[0]["url"], headers=headers).json
    evidence = body["evidence"]
    assert (evidence["from"], evidence["to"]) == ("2026-03-02T17:15:00Z", "2026-03-02T19:07:00Z")
    readings = [fact for fact in evidence["facts"] if fact["type"] == "occupancy_read"]
    assert readings[0]["at"] == "2026-03-02T17:30:00Z" and readings[0]["edge"]
    assert [fact["at"] for fact in readings if not fact["occupied"]] == ["2026-03-02T18:52:00Z", "2026-03-02T19:02:00Z"]
    sessions = [fact for fact in evidence["facts"] if fact["type"] == "session_updated"]
    assert (
        sessions[-1]["status"] == "COMPLETED" and sessions[-1]["driver"] == body["driver"] and len(body["driver"]) == 64
    )
    assert [feed["network"] for feed in evidence["feeds"]] == ["ca*nsc"] * len(evidence["feeds"]) != []
    assert {line["treatment"]["code"] for line in body["fee_lines"]} == {"grace", "billed"}
    assert [step["state"] for step in body["steps"]] == ["watched", "running", "ended", "settled"]


def test_messages_have_their_state_and_no_number(client: FlaskClient, headers: dict[str, str]) -> None:
    listed = client.get("/api/v1/violations?kind=overstaying", headers=headers).json["data"]
    response = client.get(listed[0]["url"], headers=headers)
    assert [(m["step"], m["language"], m["state"]) for m in response.json["messages"]] == [
        ("grace_running", "fr", "pending"),
        ("fee_started", "fr", "pending"),
    ]
    assert "+1418" not in response.text


@pytest.mark.parametrize(
    ("query", "bays"),
    [
        ("kind=idle", ["H1", "H6"]),
        ("kind=idle&kind=unplugged", ["H4", "H1", "H6"]),
        ("state=settled", ["H6"]),
        ("station=ca*elv*gare", ["G1"]),
        ("station=CA*ELV*GARE", ["G1"]),
        ("from=2026-03-02T18:35:00Z", ["G1", "H4", "H1"]),
        ("from=2026-03-02T13:35:00-05:00&to=2026-03-02T19:18:00Z", ["H1"]),
        ("from=2026-03-02T18:35:00+00:00", ["G1", "H4", "H1"]),
        ("to=2026-03-02T18:10:00Z", []),
    ],
)
def test_filters(client: FlaskClient, headers: dict[str, str], query: str, bays: list[str]) -> None:
    body = client.get(f"/api/v1/violations?{query}", headers=headers).json
    assert [each["bay"]["name"] for each in body["data"]] == bays


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2026-03-02", "from"),
        ("from=2026-03-02T18:35:00", "from"),
        ("to=0001-01-01T00:00:00%2B14:00", "to"),
        ("to=9999-12-31T23:59:59-14:00", "to"),
        ("kind=late", "kind"),
        ("state=open", "state"),
        ("limit=0", "limit"),
        ("to=", "to"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=5&limit=6", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=WzEsMl0K!!", "cursor"),
        ("station=%00", "station"),
        ("stat=settled", "stat"),
    ],
)
def test_wrong_parameters_are_named(
    client: FlaskClient, headers: dict[str, str], document: dict[str, Any], query: str, parameter: str
) -> None:
    response = client.get(f"/api/v1/violations?{query}", headers=headers)
    assert response.status_code == 400 and response.mimetype == "application/problem+json"
    check(document, "Problem", response.json)
    assert [error["parameter"] for error in response.json["errors"]] == [parameter]


def test_pages_walk_through_everything_once(client: FlaskClient, headers: dict[str, str]) -> None:
    whole = client.get("/api/v1/violations?state=cleared&state=running&limit=200", headers=headers).json
    assert whole["next_cursor"] is None and len(whole["data"]) > 6
    walked: list[str] = []
    path: str | None = "/api/v1/violations?state=cleared&state=running&limit=2"
    while path:
        response = client.get(path, headers=headers)
        walked += [each["id"] for each in response.json["data"]]
        link = response.headers.get("Link")
        path = link[1:].split(">")[0] if link else None
    assert walked == [each["id"] for each in whole["data"]]


def test_who_may_call(client: FlaskClient, town: Ledger, document: dict[str, Any]) -> None:
    nobody = client.get("/api/v1/violations")
    assert nobody.status_code == 401 and nobody.headers["WWW-Authenticate"] == 'Bearer realm="baywarden"'
    wrong = client.get("/api/v1/violations", headers={"Authorization": "Bearer nonsense"})
    assert wrong.status_code == 401 and 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
    basic = client.get("/api/v1/violations", headers={"Authorization": "Basic YTpi"})
    assert basic.status_code == 401
    lists_only = bearer(town, NOON, ["violations:read"], "lister")
    listed = client.get("/api/v1/violations", headers=lists_only)
    assert listed.status_code == 200
    refused = client.get(listed.json["data"][0]["url"], headers=lists_only)
    assert refused.status_code == 403
    assert 'error="insufficient_scope", scope="evidence:read"' in refused.headers["WWW-Authenticate"]
    for response in (nobody, wrong, basic, refused):
        check(document, "Problem", response.json)


def test_a_session_of_the_pages_is_no_key_to_the_api(owner: FlaskClient) -> None:
    assert owner.get("/api/v1/violations").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/violations", 404),
        ("POST", "/api/v1/violations", 405),
        ("GET", "/api/v1/violations/not-a-uuid", 404),
        ("GET", "/api/v1/violations/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/api/v1/policies/town/2", 404),
        ("GET", "/api/v1/policies/town/99999999999999999999", 404),
        ("GET", "/api/v1/policies/to%00wn/1", 404),
        ("GET", "/api/v1/policies/town/-1", 404),
    ],
)
def test_errors_are_problems(
    client: FlaskClient, headers: dict[str, str], document: dict[str, Any], method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method, headers=headers)
    assert response.status_code == status and response.mimetype == "application/problem+json"
    check(document, "Problem", response.json)
    assert response.json["status"] == status
    assert status != 405 or "GET" in response.headers["Allow"]


def test_calls_are_limited_by_client(town: Ledger, document: dict[str, Any], now: Any) -> None:
    client = make_app(town, lambda: now, api_rate="3 per minute").test_client()
    one, other = bearer(town, NOON, BOTH, "one"), bearer(town, NOON, BOTH, "other")
    assert [client.get("/api/v1/violations", headers=one).status_code for _ in range(3)] == [200] * 3
    refused = client.get("/api/v1/violations", headers=one)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    check(document, "Problem", refused.json)
    assert client.get("/api/v1/violations", headers=other).status_code == 200


def test_a_fault_of_ours_is_a_problem_without_its_inside(town: Ledger, document: dict[str, Any]) -> None:
    def broken() -> Any:
        raise RuntimeError("secret inside")

    client = make_app(town, broken).test_client()
    headers = bearer(town, NOON, BOTH)
    path = client.get("/api/v1/violations", headers=headers).json["data"][0]["url"]
    response = client.get(path, headers=headers)
    assert response.status_code == 500 and "secret" not in response.text
    check(document, "Problem", response.json)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(
        st.one_of(st.sampled_from(["from", "to", "station", "kind", "state", "cursor", "limit"]), st.text(max_size=8)),
        st.one_of(
            st.text(max_size=30),
            st.integers().map(str),
            st.datetimes().map(lambda at: at.isoformat() + "Z"),
            st.binary(max_size=20).map(lambda raw: urlsafe_b64encode(raw).decode()),
            st.recursive(st.integers(), st.lists, max_leaves=3).map(
                lambda value: urlsafe_b64encode(json.dumps(value).encode()).decode()
            ),
        ),
        max_size=3,
    )
)
def test_hostile_queries_never_fail(app: Flask, town: Ledger, query: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {_token(town)}"}
    response = app.test_client().get("/api/v1/violations", query_string=query, headers=headers)
    assert response.status_code in (200, 400)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), st.binary(max_size=20))
def test_hostile_tokens_and_ids_never_fail(app: Flask, town: Ledger, text: str, raw: bytes) -> None:
    client = app.test_client()
    wild = client.get(
        "/api/v1/violations", headers={"Authorization": b"Bearer " + raw.replace(b"\n", b"").replace(b"\r", b"")}
    )
    assert wild.status_code == 401
    headers = {"Authorization": f"Bearer {_token(town)}"}
    assert client.get(f"/api/v1/violations/{quote(text, safe='')}", headers=headers).status_code in (404, 200, 308)
    assert client.get(f"/api/v1/policies/{quote(text, safe='')}/1", headers=headers).status_code in (404, 308)


_TOKENS: dict[int, str] = {}


def _token(town: Ledger) -> str:
    """One token for all examples."""
    if id(town) not in _TOKENS:
        _TOKENS[id(town)] = bearer(town, NOON, BOTH, "hostile")["Authorization"].removeprefix("Bearer ")
    return _TOKENS[id(town)]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def test_a_fee_explains_itself_in_two_languages_and_three_voices(
    client: FlaskClient, headers: dict[str, str], document: dict[str, Any]
) -> None:
    listed = client.get("/api/v1/violations?state=settled&kind=idle", headers=headers).json["data"]
    whole = client.get(listed[0]["url"], headers=headers).json
    check(document, "ViolationDetail", whole)
    account = whole["account"]
    pairs = zip(account["lines"], account["lines"][1:], strict=False)
    assert all(a["to"] == b["from"] for a, b in pairs)
    stated = sum((Fraction(line["amount"]) for line in account["lines"]), Fraction(account["rounding"]))
    assert stated == Fraction(whole["amount"]["net_minor"], 100) == Fraction(account["net_minor"], 100)
    told = account["text"]
    assert told["en"]["driver"][-1] == f"Total: {account['total_minor'] / 100:.2f} CAD."
    assert "Total: " in told["fr"]["driver"][-1] and "TPS 5 %" in told["fr"]["owner"][-3]
    assert not any("CAD" in line for voice in told.values() for line in voice["officer"])
    facts = {fact["id"] for fact in whole["evidence"]["facts"]}
    assert all(ground["id"] in facts for line in account["lines"] for ground in line["evidence"])
    assert all(line["evidence"] for line in account["lines"])
