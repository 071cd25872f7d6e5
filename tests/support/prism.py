"""Prism between us and a fake provider: a proxy that judges both directions by the provider's own OpenAPI document."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import require_tool
from tests.support.brokers import free_port
from tests.support.node import node_module


@contextmanager
def prism(document: Path, upstream: str, log: Path) -> Iterator[str]:
    """The proxy's address. What is against the document is refused (``--errors``) and written to ``log``."""
    node, cli = require_tool("node"), node_module("@stoplight/prism-cli/dist/index.js")
    port = free_port()
    command = [node, str(cli), "proxy", str(document), upstream, "--errors", "-h", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
