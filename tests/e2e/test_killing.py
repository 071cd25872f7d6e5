"""kill -9 of any process at any moment: every fact is counted once, every message leaves once at most."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from app import utc_now
from commands import demo
from commands.bays_csv import read_bays
from commands.context import open_ledger
from commands.inviting import invite_again
from enforcement.violations import State
from ledger import registry
from ledger.database import Ledger, table
from ledger.rebuild import differences
from models import FactRow, Message, ViolationRow
from models.outbox import Delivery
from outside.map import COUNTRY, NETWORKS, ties_csv
from outside.town import Town
from settings import load
from tests.support.embedded import Embedded
from tests.support.witness import WitnessNetwork, WitnessPublisher

pytestmark = pytest.mark.long

VICTIMS = ("web", "sensors", "clock", "sender")
TRAFFIC_S = 40
FINAL = (State.SETTLED, State.CLEARED)


@contextmanager
def _ledger(service: Embedded) -> Iterator[Ledger]:
    ledger = open_ledger(load(service.environment()))
    yield ledger
    ledger.close()


def _victims(service: Embedded) -> list[psutil.Process]:
    """The supervised processes of the four kinds, and the workers of web."""
    found = [each for each in service.processes() if each.cmdline()[-1:] and each.cmdline()[-1] in VICTIMS]
    return found + [worker for each in found if each.cmdline()[-1] == "web" for worker in each.children()]


def _kill_at_random(service: Embedded, until: float, dice: random.Random) -> Counter[str]:
    killed: Counter[str] = Counter()
    while time.monotonic() < until:
        time.sleep(dice.uniform(0.5, 4.0))
        try:
            victim = dice.choice(_victims(service))
            name = victim.cmdline()[-1]
            os.kill(victim.pid, signal.SIGKILL)
            killed[name] += 1
        except (psutil.NoSuchProcess, ProcessLookupError, IndexError):
            continue  # it was gone already
    return killed


@pytest.mark.timeout(300)
def test_killing_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    service = Embedded(tmp_path)
    with service.running(is_demo=False), _ledger(service) as ledger:
        with ledger.write(utc_now()) as tx:
            demo.prepare(tx)
        publisher = WitnessPublisher(f"mqtt://127.0.0.1:{service.broker_port}", utc_now)
        networks = {
            each.party: WitnessNetwork(COUNTRY, each.party, each.name, tmp_path / each.party, utc_now)
            for each in NETWORKS
        }
        for network in networks.values():
            with ledger.write(utc_now()) as tx:
                token = invite_again(tx, network.name)
            network.register(f"{service.url}/ocpi/versions", token)
        town = Town(networks, publisher, utc_now)
        town.open()
        (tmp_path / "bays.csv").write_text(ties_csv())
        with ledger.write(utc_now()) as tx:
            registry.import_bays(tx, read_bays(tmp_path / "bays.csv"))

        stop = threading.Event()
        playing = threading.Thread(target=town.play, args=(stop,))
        playing.start()
        killed = _kill_at_random(service, time.monotonic() + TRAFFIC_S, random.Random(11))
        stop.set()
        playing.join(60)
        assert not playing.is_alive()
        assert all(killed[name] >= 1 for name in VICTIMS), killed
        # Networks go on talking when vehicles have left: their next word is what lets a stay be final.
        quiet = threading.Event()
        talking = threading.Thread(target=_talk, args=(town, quiet), daemon=True)
        talking.start()
        town.leave()
        publisher.close()

        service.wait_for(lambda: _readings(ledger) == publisher.said, 60, "every reading, each of them once")
        accepted = sum((network.accepted for network in networks.values()), Counter[str]())
        assert _session_updates(ledger) == accepted
        service.wait_for(lambda: _is_final(ledger), 60, "every violation to be final")
        quiet.set()
        talking.join(60)
        service.wait_for(lambda: not _waiting(ledger), 180, "every message to have left, or not")
        for network in networks.values():
            network.close()

    with _ledger(service) as ledger:
        assert list(differences(ledger, utc_now())) == []
        states = _messages(ledger)
    texts = Counter(line for line in service.output().splitlines() if line.startswith("SMS to"))
    left = states[Delivery.SENT] + states[Delivery.UNKNOWN]
    assert states[Delivery.SENT] > 0 and states[Delivery.SENT] <= sum(texts.values()) <= left, (states, texts)


def _talk(town: Town, quiet: threading.Event) -> None:
    while not quiet.wait(1.0):
        town.open()


def _readings(ledger: Ledger) -> Counter[str]:
    facts = table(FactRow)
    query = select(facts.c.subject, func.count()).where(facts.c.kind == "OccupancyRead").group_by(facts.c.subject)
    with ledger.read() as conn:
        return Counter({subject.removeprefix("sensor:"): count for subject, count in conn.execute(query)})


def _session_updates(ledger: Ledger) -> Counter[str]:
    """By session: the identity of these facts is session:ID:last_updated:what."""
    facts = table(FactRow)
    with ledger.read() as conn:
        found = conn.execute(select(facts.c.source_id).where(facts.c.kind == "SessionUpdated")).scalars()
        return Counter(source_id.split(":")[1] for source_id in found)


def _is_final(ledger: Ledger) -> bool:
    rows = table(ViolationRow)
    with ledger.read() as conn:
        return conn.execute(select(rows.c.id).where(rows.c.state.not_in(FINAL)).limit(1)).first() is None


def _waiting(ledger: Ledger) -> bool:
    states = _messages(ledger)
    return bool(states[Delivery.PENDING] or states[Delivery.SENDING])


def _messages(ledger: Ledger) -> Counter[Delivery]:
    rows = table(Message)
    query = select(rows.c.state, func.count()).group_by(rows.c.state)
    with ledger.read() as conn:
        return Counter(dict(conn.execute(query).all()))
