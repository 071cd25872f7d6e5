"""The two weeks of Boulder through the real doors: OCPI over HTTP, MQTT through a real broker, a service that runs."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

import ocpi
from commands.bays_csv import read_bays
from enforcement.violations import State
from history.backtest import run as backtest
from ledger import policies, rebuild, registrations, registry
from ledger.assess import assess_due
from ledger.database import Ledger, table
from models import FactRow, Message, Reject, ViolationRow
from outside import replay
from sensors import listener
from sensors.address import BrokerAddress
from sensors.mapping_document import DEFAULT_FILE, read_mapping
from tests.support.brokers import RunningBroker, wait_for
from tests.support.servers import served

pytestmark = pytest.mark.long

POLICY = Path(__file__).resolve().parents[2] / "policies" / "idle-10min.toml"
TODAY = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


class Service:
    """Web and sensors, each in a thread of this process, on one ledger."""

    def __init__(self, ledger: Ledger, broker: RunningBroker, folder: Path) -> None:
        self.ledger, self.broker, self.folder = ledger, broker, folder
        self.said: list[str] = []

    def clock(self) -> datetime:
        return TODAY

    @contextmanager
    def running(self) -> Iterator[str]:
        """Yields the URL under which it serves OCPI."""
        app = Flask("service")
        server = make_server("127.0.0.1", 0, app)
        url = f"http://127.0.0.1:{server.port}"
        app.register_blueprint(ocpi.blueprint(self.ledger, self.clock, url, ocpi.OurParty("US", "BAY", "Baywarden")))
        stop = threading.Event()
        address = BrokerAddress.parse(self.broker.url)
        heard = threading.Thread(
            target=listener.run,
            args=(self.ledger, address, read_mapping(DEFAULT_FILE), self.clock, stop, "baywarden-test"),
        )
        assessed = threading.Thread(target=self._assess_until, args=(stop,))
        assessed.start()
        heard.start()
        try:
            with served(server):
                yield url
        finally:
            stop.set()
            heard.join(20)
            assessed.join(20)

    def _assess_until(self, stop: threading.Event) -> None:
        """What the clock does: what networks pushed is recorded at once and waits to be decided."""
        while True:
            if not assess_due(self.ledger, TODAY):
                if stop.is_set():
                    return
                stop.wait(0.05)

    def replay(self, history: Path, url: str) -> replay.ReplaySummary:
        """What ``baywarden replay`` does."""
        ready = replay.prepare(history)
        networks = replay.connect(ready, f"{url}/ocpi/versions", self._invite, self.folder / "memory", self.clock)
        try:
            return replay.run(ready, networks, self.broker.url, self._tie, self.said.append)
        finally:
            for network in networks.values():
                network.close()

    def _invite(self, name: str) -> str:
        with self.ledger.write(TODAY) as tx:
            return registrations.invite(tx, name, synthetic=True)

    def _tie(self, bays_csv: str) -> None:
        path = self.folder / "bays.csv"
        path.write_text(bays_csv, encoding="utf-8")
        with self.ledger.write(TODAY) as tx:
            registry.import_bays(tx, read_bays(path))

    def has_heard(self, readings: int) -> Callable[[], bool]:
        """Whether so many readings have been recorded."""

        def look() -> bool:
            facts = table(FactRow)
            with self.ledger.read() as conn:
                query = select(func.count()).select_from(facts).where(facts.c.kind == "OccupancyRead")
                return bool(conn.execute(query).scalar_one() >= readings)

        return look


@pytest.fixture
def service(ledger: Ledger, tmp_path: Path) -> Iterator[Service]:
    with RunningBroker("mosquitto", tmp_path) as broker:
        yield Service(ledger, broker, tmp_path)


@pytest.fixture
def history(service: Service, shared_data: Path) -> Path:
    """The two weeks on SQLite; on PostgreSQL their first 120 sessions, because the way is the same and it takes long."""
    whole = shared_data / "boulder" / "boulder_demo_2019-10-07_2019-10-20.csv.gz"
    if service.ledger.engine.dialect.name == "sqlite":
        return whole
    part = service.folder / "part.csv"
    part.write_text("\n".join(gzip.decompress(whole.read_bytes()).decode().splitlines()[:121]), encoding="utf-8")
    return part


@pytest.mark.mosquitto
@pytest.mark.timeout(600)
def test_two_weeks_of_boulder_give_the_same_by_replay_as_by_backtest(service: Service, history: Path) -> None:
    with service.ledger.write(TODAY) as tx:
        policies.publish(tx, POLICY.read_text(encoding="utf-8"))
    with service.running() as url:
        summary = service.replay(history, url)
        wait_for(service.has_heard(summary.sent["reading"]), "all readings are recorded")
    expected = backtest(history, POLICY)
    assert (summary.sessions, summary.lost, summary.refused) == (expected.sessions, 0, [])
    if service.ledger.engine.dialect.name == "sqlite":
        assert (expected.sessions, expected.violations, expected.billable_minutes) == (471, 145, 49_011)

    with service.ledger.read() as conn:
        rows = conn.execute(select(table(ViolationRow)).where(table(ViolationRow).c.violated_at.is_not(None))).all()
        messages = conn.execute(select(func.count()).select_from(table(Message))).scalar_one()
        rejects = conn.execute(select(func.count()).select_from(table(Reject))).scalar_one()
    settled = [row for row in rows if row.state is State.SETTLED]
    assert len(settled) == len(rows) == expected.violations > 0
    assert timedelta(seconds=sum(row.billable_s for row in settled)) == expected.billable
    assert sum(row.fee_minor for row in settled) == expected.fee_minor
    assert {row.kind.value for row in settled} == {"idle"}
    assert messages == 0, "what happened in 2019 is no news to any driver"
    assert rejects == 0
    assert list(rebuild.differences(service.ledger, TODAY)) == []
