"""Services as operators run them: each a folder, a port, gunicorn in a process of its own, and commands."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from unittest.mock import patch

import httpx

from app import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """One service: which party it is, its folder, and its port."""

    party: str
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """As an operator sets it."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("BAYWARDEN_")}
        own = {"DATA_DIR": str(self.folder), "WEB_PORT": str(self.port), "PARTY_ID": self.party, "PUBLIC_URL": self.url}
        return plain | {f"BAYWARDEN_{name}": value for name, value in own.items()}

    def command(self, *words: str, given: str = "") -> str:
        """What a command printed; ``given`` is its standard input. It runs in this process: starting one costs most."""
        said = io.StringIO()
        with self.acting(), patch("sys.stdin", io.StringIO(given)), redirect_stdout(said):
            code = main(words)
        assert code == 0, said.getvalue()
        return said.getvalue()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """This process has the service's environment."""
        with patch.dict(os.environ, self.environment, clear=True):
            yield


@contextmanager
def installed(folders: Path, parties: Mapping[str, Sequence[str]]) -> Iterator[list[Installation]]:
    """Services that run until the end, each with these of its processes (``web`` among them)."""
    made = [Installation(party, folders / party, _free_port()) for party in parties]
    with ExitStack() as ending:
        for service in made:
            service.command("migrate")
            for kind in parties[service.party]:
                log = ending.enter_context((service.folder / f"{kind}.log").open("wb"))
                call = [sys.executable, "-m", "app", kind]
                process = subprocess.Popen(
                    call, cwd=ROOT, env=service.environment, stdout=log, stderr=subprocess.STDOUT
                )
                ending.callback(process.wait, 20)
                ending.callback(process.terminate)
        for service in made:
            _wait_for(service)
        yield made


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(service: Installation) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{service.url}/healthz", timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((service.folder / "web.log").read_text())
