"""Clients manage their own subscriptions."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from ledger.database import Ledger
from ledger.subscribers import subscriptions
from tests.conftest import NOON
from tests.support.browsing import bearer, make_app

WANTED = {"url": "https://desk.example.org/hooks", "events": ["violation.opened"], "network": "CA*FLO"}


@pytest.fixture
def client(ledger: Ledger) -> Iterator[FlaskClient]:
    yield make_app(ledger, lambda: NOON, api_rate="10000 per minute").test_client()


def test_a_client_subscribes_sees_its_own_and_ends_it(client: FlaskClient, ledger: Ledger) -> None:
    desk, other = (bearer(ledger, NOON, ["webhooks:write"], name) for name in ("desk", "other"))
    answer = client.put("/api/v1/webhooks/main", json=WANTED, headers=desk)
    assert (answer.status_code, answer.json["secret"][:6]) == (200, "whsec_")
    (shown,) = client.get("/api/v1/webhooks", headers=desk).json["webhooks"]
    assert (shown["name"], shown["events"], shown["network"]) == ("main", ["violation.opened"], "ca*flo")
    assert "secret" not in shown
    assert client.get("/api/v1/webhooks", headers=other).json == {"webhooks": []}
    assert client.delete("/api/v1/webhooks/main", headers=other).status_code == 204
    with ledger.read() as conn:
        assert len(subscriptions(conn)) == 1, "another's is not ended"
    assert client.delete("/api/v1/webhooks/main", headers=desk).status_code == 204
    with ledger.read() as conn:
        assert subscriptions(conn) == []


def test_without_the_scope_nothing(client: FlaskClient, ledger: Ledger) -> None:
    reader = bearer(ledger, NOON, ["violations:read"])
    assert client.get("/api/v1/webhooks", headers=reader).status_code == 403
    assert client.put("/api/v1/webhooks/x", json=WANTED).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        *({"url": "http://desk.example.org/"}, {"url": "https://a:b@desk.example.org/"}, {"url": 7}, {"url": "x" * 9}),
        *({"events": []}, {"events": ["violation.exploded"]}, {"events": "violation.opened"}, {"events": None}),
    ],
)
def test_what_can_not_be_one_is_refused(client: FlaskClient, ledger: Ledger, change: dict[str, object]) -> None:
    desk = bearer(ledger, NOON, ["webhooks:write"])
    assert client.put("/api/v1/webhooks/x", json={**WANTED, **change}, headers=desk).status_code == 400
    assert client.put(f"/api/v1/webhooks/{'x' * 31}", json=WANTED, headers=desk).status_code == 400
    assert client.put("/api/v1/webhooks/x", data=b"[" * 3000, headers=desk).status_code == 400
