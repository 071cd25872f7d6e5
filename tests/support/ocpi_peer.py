"""A charging network for tests: it calls our door, and it is a real HTTP server that can be called back."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.support.servers import served


def base64_of(token: str) -> str:
    """A token as OCPI 2.2.1 wants it sent."""
    return base64.b64encode(token.encode()).decode()


@dataclass
class Peer:
    """Calls our door with one token."""

    client: FlaskClient
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One request; ``body`` is sent as JSON, or as it is where it is bytes."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        sent = {"Authorization": f"Token {base64_of(self.token)}", **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(f"/ocpi/{path}", method=method, data=data, headers=sent)
        if method != "HEAD":
            envelope(answer)
        return answer

    def put(self, path: str, body: Any) -> TestResponse:
        """PUT to a 2.2.1 module."""
        return self.call("PUT", f"2.2.1/{path}", body)

    def patch(self, path: str, body: Any) -> TestResponse:
        """PATCH to a 2.2.1 module."""
        return self.call("PATCH", f"2.2.1/{path}", body)

    def get(self, path: str) -> TestResponse:
        """GET of a 2.2.1 module."""
        return self.call("GET", f"2.2.1/{path}")


def envelope(answer: TestResponse) -> dict[str, Any]:
    """The envelope, which every answer must have."""
    body: dict[str, Any] = json.loads(answer.data)
    assert isinstance(body["status_code"], int), body
    assert body["timestamp"].endswith("Z"), body
    assert answer.mimetype == "application/json"
    return body


def result(answer: TestResponse) -> tuple[int, int]:
    """HTTP status and OCPI status."""
    return answer.status_code, envelope(answer)["status_code"]


@dataclass
class Platform:
    """The peer's own OCPI server. ``pages`` maps a path to a function of the query that gives (status, body, headers).

    ``calls`` are the paths that it was asked for, with the Authorization header of each; ``headers``: those with which
    each path was asked for last, and under ``sent`` those with which something was sent last.
    """

    url: str = ""
    pages: dict[str, Callable[[dict[str, str]], tuple[int, Any, dict[str, str]]]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    sent: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: dict[str, Any] = field(default_factory=dict)
    _taking: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def takes(self, path: str, data: Any, *, http: int = 200, code: int = 1000) -> None:
        """Answer what is sent to a path so; it is kept in ``sent`` with its method."""
        body = {"status_code": code, "timestamp": "2026-03-02T17:00:00Z"}
        self._taking[path] = http, body if data is None else {**body, "data": data}

    def says(self, path: str, data: Any, *, http: int = 200, code: int = 1000) -> None:
        """Answer a path with an envelope."""
        self.pages[path] = lambda _query: (
            http,
            {"data": data, "status_code": code, "timestamp": "2026-03-02T17:00:00Z"},
            {},
        )

    def offers(self, *modules: tuple[str, str]) -> None:
        """Have versions and details, with these endpoints."""
        self.says(
            "/versions",
            [{"version": "2.1.1", "url": f"{self.url}/2.1.1"}, {"version": "2.2.1", "url": f"{self.url}/2.2.1"}],
        )
        endpoints = [{"identifier": name, "role": role, "url": f"{self.url}/2.2.1/{name}"} for name, role in modules]
        self.says("/2.2.1", {"version": "2.2.1", "endpoints": endpoints})

    def credentials(self, token: str, *parties: tuple[str, str]) -> dict[str, Any]:
        """The peer's Credentials object."""
        roles = [
            {
                "role": "CPO",
                "country_code": country,
                "party_id": party,
                "business_details": {"name": f"Network {party}"},
            }
            for country, party in parties
        ]
        return {"token": token, "url": f"{self.url}/versions", "roles": roles}


@contextmanager
def serving() -> Iterator[Platform]:
    """A platform on a free port of loopback, in a thread."""
    platform = Platform()
    app = Flask(__name__)

    @app.get("/<path:path>")
    def page(path: str) -> Response:
        platform.calls.append((f"/{path}", request.headers.get("Authorization", "")))
        platform.headers[f"/{path}"] = request.headers
        make = platform.pages.get(f"/{path}")
        status, body, headers = make(request.args.to_dict()) if make else (404, {"status_code": 2000}, {})
        data = body if isinstance(body, bytes) else json.dumps(body)
        return Response(data, status, mimetype="application/json", headers=headers)

    @app.route("/<path:path>", methods=["POST", "PUT", "PATCH", "DELETE"])
    def take(path: str) -> Response:
        platform.sent.append((request.method, f"/{path}", request.get_json(silent=True)))
        platform.headers["sent"] = request.headers
        status, body = platform._taking.get(f"/{path}", (404, {"status_code": 2000}))
        return Response(json.dumps(body), status, mimetype="application/json")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    platform.url = f"http://127.0.0.1:{server.server_port}"
    with served(server):
        yield platform
