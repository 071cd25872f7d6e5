"""Two services of ours that talk OCPI with each other over HTTP: real servers on loopback, each with its own ledger."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

import ocpi
from ledger.database import Ledger
from ledger.partners import KnownPartner, by_token, known
from ledger.registrations import Party, Registration, invite, register
from ocpi.client import peers
from ocpi.pushing import Postman
from tests.conftest import NOON
from tests.support.servers import served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass
class Service:
    """One service. ``calls``: what it was asked, as method and path; ``posted``: ids that it got,
    and its answers; ``told``: for which party each request said that it is.

    ``slowness_s``: how long it takes to answer what it has done.
    """

    ledger: Ledger
    us: ocpi.OurParty
    clock: Callable[[], datetime]
    url: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)
    posted: list[tuple[str, int]] = field(default_factory=list)
    told: list[str | None] = field(default_factory=list)
    slowness_s: float = 0.0

    @property
    def network(self) -> str:
        """Its party's key."""
        return f"{self.us.country_code}*{self.us.party_id}".casefold()

    @property
    def postman(self) -> Postman:
        """What its sender needs."""
        return Postman(ledger=self.ledger, clock=self.clock, peer=peers(), us=self.us, base_url=self.url)

    def watched(self, app: "WSGIApplication") -> "WSGIApplication":
        """The service, with each request noted, and what a POST came to, for which one's time may be taken."""

        def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            request = Request(environ)
            self.calls.append((request.method, request.path))
            self.told.append(request.headers.get("OCPI-to-party-id"))
            body = environ["wsgi.input"] = BytesIO(request.get_data())
            answer = Response.from_app(app, environ, buffered=True)
            if request.method == "POST":
                self.posted.append((str(json.loads(body.getvalue() or b"{}").get("id")), answer.status_code))
                time.sleep(self.slowness_s)
            return answer(environ, start_response)

        return serve

    def partner(self, name: str) -> KnownPartner:
        """One of its partners."""
        with self.ledger.read() as conn:
            return next(each for each in known(conn) if each.name == name)


@contextmanager
def serving(ledger: Ledger, country: str, party: str, clock: Callable[[], datetime]) -> Iterator[Service]:
    """A service on a free port, in a thread."""
    service = Service(ledger, ocpi.OurParty(country, party, f"Service {party}"), clock)
    app = Flask(party)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    service.url = f"http://127.0.0.1:{server.server_port}"
    app.register_blueprint(ocpi.blueprint(ledger, clock, service.url, service.us))
    app.wsgi_app = service.watched(app.wsgi_app)  # type: ignore[method-assign]
    with served(server):
        yield service


def acquaint(one: Service, other: Service, *more: tuple[str, str], version: str = "2.2.1") -> str:
    """Make two services partners, without the handshake. ``more`` are further parties behind the other one.

    Returns the token that the other one uses with the first.
    """
    tokens = [_invite(one, other.us.party_id), _invite(other, one.us.party_id)]
    theirs = [(other.us.country_code, other.us.party_id), *more]
    given = _register(one, other, tokens[0], theirs, "B" * 20, version)
    back = _register(other, one, tokens[1], [(one.us.country_code, one.us.party_id)], given, version)
    _register(one, other, given, theirs, back, version, keeps=given)
    return given


def _invite(service: Service, name: str) -> str:
    with service.ledger.write(NOON) as tx:
        return invite(tx, name)


def _register(
    service: Service,
    other: Service,
    token: str,
    parties: list[tuple[str, str]],
    theirs: str,
    version: str,
    keeps: str | None = None,
) -> str:
    """Register at one side; ``keeps``: the token that it accepts from then on stays the same."""
    base = f"{other.url}/ocpi/{version}"
    modules = [("cdrs", "RECEIVER"), ("locations", "RECEIVER"), ("commands", "RECEIVER"), ("cdrs", "SENDER")]
    endpoints = [{"identifier": name, "role": role, "url": f"{base}/{name}"} for name, role in modules]
    found = Registration(
        token=theirs,
        versions_url=f"{other.url}/ocpi/versions",
        connection={"version": version, "literal": version == "2.1.1", "endpoints": endpoints},
        parties=[
            Party(network=f"{c}*{p}".casefold(), country_code=c, party_id=p, name=f"Party {p}") for c, p in parties
        ],
    )
    with service.ledger.write(NOON) as tx:
        partner = by_token(tx.conn, token)
        assert partner is not None
        given = register(tx, partner[0], found)
        if keeps is None:
            return given
        _accept(tx, other.us.party_id, keeps)
        return keeps


def _accept(tx: object, name: str, token: str) -> None:
    import hashlib

    from sqlalchemy import update

    from ledger.database import table
    from models import Partner

    rows = table(Partner)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    tx.conn.execute(update(rows).where(rows.c.name == name).values(our_token_hash=hashed))  # type: ignore[attr-defined]
