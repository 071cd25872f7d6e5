"""Servers on a free port of loopback, in threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import Any

from werkzeug.serving import make_server


@contextmanager
def served(server: BaseServer) -> Iterator[None]:
    """Let a server serve until the end. It looks for its end often: half a second, as usual, adds up over many tests."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """Serve a WSGI app; gives its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with served(server):
        yield f"http://127.0.0.1:{server.server_port}"
