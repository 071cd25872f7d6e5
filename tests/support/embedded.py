"""The embedded service as a newcomer runs it: one command, a folder of its own, free ports, real processes."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]


class Embedded:
    """A service in a folder; it can be started again and again, and its output is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web_port, self.broker_port = _free_ports(2)
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.took_to_stop = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._log = folder / "output.log"

    @contextmanager
    def running(self, *, is_demo: bool = True) -> Iterator[None]:
        """The service, started and then ended by what Ctrl-C sends."""
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "app", "run", *(["--demo"] if is_demo else [])]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            self.wait_for(self._is_up, 60, "the service to answer")
            yield
        finally:
            self._stop()

    def run_to_end(self, **environment: str) -> tuple[int, str]:
        """One try that is expected to end by itself: its exit code and what it said."""
        command = [sys.executable, "-m", "app", "run"]
        env = self.environment() | environment
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stderr

    def environment(self) -> dict[str, str]:
        """As a user's, with nothing of ours left in it but what places this service apart."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("BAYWARDEN_")}
        return plain | {
            "BAYWARDEN_DATA_DIR": str(self.folder / "var"),
            "BAYWARDEN_WEB_PORT": str(self.web_port),
            "BAYWARDEN_BROKER_PORT": str(self.broker_port),
        }

    def wait_for(self, is_so: Callable[[], bool], seconds: float, what: str) -> None:
        """Until it is so; fails with the service's output if that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if is_so():
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"waited {seconds} s in vain for {what}; the service said:\n{self.output()[-6000:]}")

    def output(self) -> str:
        """All that it printed, in all runs."""
        return self._log.read_text(errors="replace")

    def curl_line(self) -> str:
        """The line that the console printed last."""
        return re.findall(r"^\s*(curl .*)$", self.output(), re.MULTILINE)[-1]

    def report_token(self) -> str:
        """The bearer token in it."""
        return str(re.search(r"Bearer ([^']+)'", self.curl_line())[1])  # type: ignore[index]

    def curl(self) -> Any:
        """What that line gives, run as it stands."""
        words = shlex.split(self.curl_line())
        done = subprocess.run([*words, "--silent", "--fail"], capture_output=True, timeout=20, check=True)
        return json.loads(done.stdout)

    def get(self, path: str) -> httpx.Response:
        """An API call with the printed token."""
        headers = {"Authorization": f"Bearer {self.report_token()}"}
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=10, trust_env=False)

    def violations(self) -> list[dict[str, Any]]:
        """Up to 200 violations by the API, the newest among them."""
        found: list[dict[str, Any]] = self.get("/api/v1/violations?limit=200").raise_for_status().json()["data"]
        return found

    def kinds_running(self) -> set[str]:
        """The kinds of violation that cost money now."""
        return {violation["kind"] for violation in self.violations() if violation["state"] == "running"}

    def violation_ids(self) -> set[str]:
        """The ids of what the API lists."""
        return {violation["id"] for violation in self.violations()}

    @contextmanager
    def logged_in(self) -> Iterator[httpx.Client]:
        """A browser's session, logged in as the console says."""
        name, password = re.findall(r"log in as (\S+), password (\S+)", self.output())[-1]
        with httpx.Client(base_url=self.url, follow_redirects=True, timeout=10, trust_env=False) as browser:
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/login").text)
            assert token is not None
            form = {"name": name, "password": password, "csrf_token": token[1]}
            answer = browser.post("/login", data=form, headers={"Referer": f"{self.url}/login"})
            assert answer.status_code == 200 and "/login" not in str(answer.url), answer.text[:500]
            yield browser

    def processes(self) -> list[psutil.Process]:
        """The supervised processes: children of the supervisor, not their workers."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children()

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output()
        return httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).is_success

    def _stop(self) -> None:
        assert self.process is not None
        family = [self.process.pid, *(p.pid for p in psutil.Process(self.process.pid).children(recursive=True))]
        began = time.monotonic()
        os.kill(self.process.pid, signal.SIGINT)
        self.process.wait(30)
        self.wait_for(lambda: not any(psutil.pid_exists(pid) for pid in family), 5, "all its processes to end")
        self.took_to_stop = time.monotonic() - began


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
