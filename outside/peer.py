"""The small server that a charging network shows us: versions, their details, and nothing else to call yet.

OCPI 2.2.1, 6 and 7: during the credentials handshake the other side asks for both with the token that it was given.
"""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_VERSION = "2.2.1"


class PeerServer:
    """Serves one network's versions on loopback, in a thread, until it is closed."""

    def __init__(self, port: int, clock: Callable[[], datetime]) -> None:
        """``port``: the one it had last time; if that is taken now, or 0, any free one is used."""
        handler = _handler(self, clock)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="peer", daemon=True).start()

    @property
    def versions_url(self) -> str:
        """Where the handshake begins."""
        return f"http://127.0.0.1:{self.port}/ocpi/versions"

    def answer(self, path: str) -> Any:
        """The data behind a path; None where there is nothing."""
        details = f"http://127.0.0.1:{self.port}/ocpi/{_VERSION}"
        if path == "/ocpi/versions":
            return [{"version": _VERSION, "url": details}]
        if path == f"/ocpi/{_VERSION}":
            endpoint = {"identifier": "credentials", "role": "RECEIVER", "url": f"{details}/credentials"}
            return {"version": _VERSION, "endpoints": [endpoint]}
        return None

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler(peer: PeerServer, clock: Callable[[], datetime]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = peer.answer(self.path.rstrip("/"))
            status = (404, 2003) if data is None else (200, 1000)
            stamp = clock().isoformat().replace("+00:00", "Z")
            body = json.dumps({"data": data, "status_code": status[1], "timestamp": stamp}).encode()
            self.send_response(status[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Requests are not worth a line each."""

    return Handler
