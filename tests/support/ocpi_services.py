"""Two services of ours on real HTTP servers, each with a ledger of its own, that connect to each other by OCPI."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

import ocpi
from ledger.database import Ledger
from ledger.partners import KnownPartner, known
from ledger.registrations import invite
from ocpi.calls import Door
from ocpi.client import peers
from tests.conftest import NOON, empty, ledger_of
from tests.support.servers import served


@dataclass
class Running:
    """One service: its door as its own commands see it, and where it is."""

    door: Door
    url: str

    @property
    def ledger(self) -> Ledger:
        return self.door.ledger

    def invite(self, name: str) -> str:
        """A token A for the other one."""
        with self.ledger.write(NOON) as tx:
            return invite(tx, name)

    def partner(self, name: str) -> KnownPartner:
        """A partner as it stands."""
        with self.ledger.read() as conn:
            return next(each for each in known(conn) if each.name == name)


@contextmanager
def running(folder: Path, clock: Callable[[], datetime], party: str) -> Iterator[Running]:
    """A service of the party CA*party on a free port of loopback, in threads: it is called back while it waits."""
    url = f"sqlite:///{folder / f'{party}.db'}"
    empty(url)
    ledger = ledger_of(url)
    app = Flask(party)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    us = ocpi.OurParty("CA", party, f"Service {party}")
    app.register_blueprint(ocpi.blueprint(ledger, clock, base, us))
    with closing(ledger), served(server):
        yield Running(Door(ledger, clock, f"{base}/ocpi", us, peers()), base)
