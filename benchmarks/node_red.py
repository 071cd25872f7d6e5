"""A Node-RED that writes each message into PostgreSQL: what it takes to run one for the bench.

There are two flows. One is what people build: a node that receives, one that prepares the parameters, and the
PostgreSQL node of the palette as its editor sets it, with ten connections. The other calls node-postgres from a
function, which spares what those nodes cost; with one connection it writes messages in a row, and forgets none however
long they wait. The first run installs Node-RED into a folder of its own, as its lock says.
"""

import os
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import make_url

from benchmarks.places import process


class Flow(NamedTuple):
    """A flow's file, and how many connections its pool has at most."""

    file: str
    connections: int


FLOWS = {
    "Node-RED, its PostgreSQL node": Flow("its_node.json", 10),
    "Node-RED, ten connections by hand": Flow("by_hand.json", 10),
    "Node-RED, one connection by hand": Flow("by_hand.json", 1),
}
_FOLDER = Path(__file__).parent / "nodered"


def node_red(name: str, broker: str, database: str, folder: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The process that subscribes and writes, by the flow of that name; in ``folder`` it may keep what it likes."""
    to, at = urlsplit(broker), make_url(database)
    file, connections = FLOWS[name]
    environment = {
        "BENCH_BROKER_HOST": to.hostname or "",
        "BENCH_BROKER_PORT": str(to.port),
        "BENCH_CONNECTIONS": str(connections),
        "PGHOST": at.host or str(at.query.get("host", "")),
        "PGPORT": str(at.port or at.query.get("port", 5432)),
        "PGUSER": at.username or "",
        "PGPASSWORD": at.password or "",
        "PGDATABASE": at.database or "",
    }
    flow = shutil.copy(_FOLDER / file, folder)  # it writes beside its flow
    words = ["--settings", str(_FOLDER / "settings.js"), "--userDir", str(folder), flow]
    return process([_node(), str(_installed()), *words], os.environ | environment)


def _node() -> str:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise SystemExit("Node-RED needs node and npm on the PATH")
    return node


def _installed() -> Path:
    modules, lock = _FOLDER / "node_modules", _FOLDER / "package-lock.json"
    stamp = modules / ".made"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=_FOLDER, check=True)
        stamp.write_text(lock.read_text())
    return modules / "node-red" / "red.js"
