"""kill -9 of broker, consumer, database and clock at random under load: nothing acknowledged is lost, nothing doubled."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from enforcement.facts import SessionUpdated, evse_subject
from ledger import policies, registry
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.rebuild import differences
from ledger.record import record_due
from ledger.waiting import is_any_waiting
from models import FactRow
from tests.conftest import empty, ledger_of
from tests.support.brokers import RunningBroker, TestPublisher, wait_for
from tests.support.clock_process import keep_time
from tests.support.forked import end, fork
from tests.support.killable_postgres import KillablePostgres
from tests.support.sensors_process import listen
from tests.support.server_folder import server_folder

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "policies" / "idle-10min.toml"
NETWORK, STATION = "ca*kil", "ca*kil*l1"
BAYS = 12
KILLS = 10
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)


class Child:
    """A process of ours that is started again when it is killed, or has ended as it does when it can't go on."""

    def __init__(self, work: Callable[..., None], *urls: str) -> None:
        self._work, self._urls = work, urls
        self._process: ForkServerProcess | None = None

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            end(self._process, kill=True)

    def start(self) -> None:
        """Run, if it does not."""
        if self._process is None or not self._process.is_alive():
            self._process = fork(self._work, *self._urls)


class Sensors:
    """A gateway: it publishes with QoS 1 and keeps what it published, to send it again when the broker was away.

    mosquitto acknowledges up to a second before it saves, so what it loses with that second is the gateway's to repeat.
    """

    def __init__(self, broker: RunningBroker, stop: threading.Event) -> None:
        self.said: list[tuple[str, str]] = []
        self._broker, self._stop = broker, stop
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            with suppress(OSError, AssertionError), TestPublisher(self._broker) as publisher:
                while not self._stop.is_set() and self._broker.is_running():
                    self._say(publisher, number)
                    number += 1
                    time.sleep(0.006)

    def _say(self, publisher: TestPublisher, number: int) -> None:
        at = (START + timedelta(minutes=number // BAYS, seconds=number % BAYS)).isoformat()
        self.said.append((f"s{number % BAYS}", at))
        self.tell(publisher, len(self.said) - 1)

    def tell(self, publisher: TestPublisher, index: int, *, wait: bool = False) -> None:
        """Publish one of the readings, for the first time or again."""
        sensor, at = self.said[index]
        body = {"occupied": index // BAYS % 2 == 0, "at": at, "event": "change"}
        publisher.send(f"x/bays/{sensor}", body, wait=wait)

    def tell_again(self) -> None:
        """All of it."""
        with TestPublisher(self._broker) as publisher:
            for index in range(len(self.said)):
                self.tell(publisher, index, wait=index % 50 == 49 or index == len(self.said) - 1)


class Door:
    """What the OCPI door does: a fact is acknowledged when its transaction is committed, else the network repeats it."""

    def __init__(self, ledger: Ledger, stop: threading.Event) -> None:
        self.acknowledged: set[str] = set()
        self.repeated = 0
        self._ledger, self._stop = ledger, stop
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            fact = _update(number)
            try:
                with self._ledger.write(datetime.now(UTC)) as tx:
                    record_due(tx, [fact])
            except DBAPIError:
                self.repeated += 1
                time.sleep(0.05)
                continue
            self.acknowledged.add(fact.source_id)
            number += 1
            time.sleep(0.006)


def _update(number: int) -> SessionUpdated:
    bay, turn = number % BAYS, number // BAYS
    at = START + timedelta(minutes=turn, seconds=bay)
    return SessionUpdated(
        at=at, seen_at=at, source=f"ocpi:{NETWORK}", source_id=f"session:{number}",
        subject=evse_subject(f"{STATION}*{bay}"), session=f"{NETWORK}*{bay}-{turn // 30}", token=f"t{bay}",
        status="COMPLETED" if turn % 30 == 29 else "ACTIVE", energy_wh=100 * min(turn % 30, 10),
        started_at=START + timedelta(minutes=turn // 30 * 30, seconds=bay), ended_at=at if turn % 30 == 29 else None,
    )  # fmt: skip


@pytest.fixture
def postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KillablePostgres]:
    """A server of this test's own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with server_folder() as folder:
        server = KillablePostgres(folder)
        yield server
        server.start()
        server.cleanup()


def _furnish(ledger: Ledger) -> None:
    with ledger.write(START) as tx:
        policies.publish(tx, POLICY.read_text(encoding="utf-8"))
        registry.upsert_network(tx, NETWORK, "CA", "KIL", "Killed")
        registry.put_station(
            tx, registry.StationFields(key=STATION, network=NETWORK, location_id="L1", name="Lot", zone="UTC")
        )
        evses = [f"{STATION}*{bay}" for bay in range(BAYS)]
        for bay, evse in enumerate(evses):
            registry.put_evse(tx, registry.EvseFields(key=evse, station=STATION, uid=str(bay)))
        ties = [
            BayTie(bay=f"bay-{bay}", station=STATION, name=str(bay), evses=(evse,), sensors=(f"s{bay}",))
            for bay, evse in enumerate(evses)
        ]
        registry.import_bays(tx, ties)


def _identities(ledger: Ledger, kind: str) -> Counter[str]:
    rows = table(FactRow).c
    with ledger.read() as conn:
        return Counter(conn.execute(select(rows.source_id).where(rows.kind == kind)).scalars())


@pytest.mark.mosquitto
@pytest.mark.timeout(240)
def test_killing_broker_consumer_database_and_clock_loses_nothing(tmp_path: Path, postgres: KillablePostgres) -> None:
    empty(postgres.url)
    ledger = ledger_of(postgres.url)
    _furnish(ledger)
    with RunningBroker("mosquitto", tmp_path) as broker:
        consumer = Child(listen, broker.url, postgres.url)
        clock, helper = Child(keep_time, postgres.url), Child(keep_time, postgres.url)
        victims: dict[str, Any] = {
            "broker": broker, "consumer": consumer, "database": postgres, "clock": clock, "helper": helper,
        }  # fmt: skip
        stop = threading.Event()
        sensors, door = Sensors(broker, stop), Door(ledger, stop)
        try:
            consumer.start()
            clock.start()
            helper.start()
            sensors.thread.start()
            door.thread.start()
            safe, killed = _kill_at_random(ledger, victims)
            stop.set()
            sensors.thread.join(20)
            door.thread.join(20)
            consumer.start()
            said = {f"{sensor}:{at}" for sensor, at in sensors.said}
            _tell_until_recorded(sensors, lambda: len(_identities(ledger, "OccupancyRead")) >= len(said))
            clock.start()
            wait_for(lambda: not _is_waiting(ledger), "what waits is assessed", 30)
        finally:
            stop.set()
            consumer.kill()
            clock.kill()
            helper.kill()
    readings, updates = _identities(ledger, "OccupancyRead"), _identities(ledger, "SessionUpdated")
    assert min(killed[name] for name in victims) >= 2, killed
    assert {key.rpartition(":")[0] for key in readings} == said and len(readings) == len(said)
    assert safe <= readings.keys() | updates.keys(), "what was in the database when something was killed is there"
    assert door.acknowledged <= updates.keys() and len(updates) - len(door.acknowledged) <= 1
    assert set(readings.values()) == set(updates.values()) == {1}
    assert len(said) > 200 and len(door.acknowledged) > 100 and door.repeated
    assert list(differences(ledger, datetime.now(UTC))) == []
    ledger.close()


def _tell_until_recorded(sensors: Sensors, is_recorded: Callable[[], bool]) -> None:
    """A broker that was killed before it saved the consumer's subscription drops what comes until it subscribes anew."""
    for _ in range(3):
        sensors.tell_again()
        with suppress(AssertionError):
            wait_for(is_recorded, "every reading is recorded", 20)
            return
    raise AssertionError("the broker was told all of it three times, and not every reading is recorded")


def _kill_at_random(ledger: Ledger, victims: dict[str, Any]) -> tuple[set[str], Counter[str]]:
    """Each part is killed as often as any other, in any order, in the midst of work. Gives what was recorded before, and
    how often.
    """
    dice = random.Random(5)
    order = list(victims) * (KILLS // len(victims))
    dice.shuffle(order)
    safe: set[str] = set()
    for name in order:
        _wait_for_work(ledger, victims)
        time.sleep(dice.uniform(0.0, 0.6))
        safe |= _identities(ledger, "OccupancyRead").keys() | _identities(ledger, "SessionUpdated").keys()
        victims[name].kill()
        time.sleep(dice.uniform(0.0, 0.4))
        victims[name].start()
    return safe, Counter(order)


def _wait_for_work(ledger: Ledger, victims: dict[str, Any]) -> None:
    before = len(_identities(ledger, "OccupancyRead"))

    def goes_on() -> bool:
        for own in ("consumer", "clock", "helper"):  # a supervisor's work: they end by themselves when they can't go on
            victims[own].start()
        return len(_identities(ledger, "OccupancyRead")) > before

    wait_for(goes_on, "readings are recorded again", 60)


def _is_waiting(ledger: Ledger) -> bool:
    with ledger.read() as conn:
        return is_any_waiting(conn)
