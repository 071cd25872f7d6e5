"""A charging network as an OCPI 2.2.1 client (role CPO): it registers once, then pushes locations and sessions."""

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from outside.calling import NetworkError, NotNowError, call
from outside.peer import PeerServer

_LOG = logging.getLogger(__name__)
_VERSION = "2.2.1"
# A service that restarts answers again within this; a push is the same push however often it is made.
_PATIENCE_S = 20.0


@dataclass(slots=True)
class Kept:
    """What a network remembers between two starts: its credentials, and the sessions that it left open."""

    token: str = ""
    endpoints: dict[str, str] = field(default_factory=dict)
    peer_port: int = 0
    open_sessions: dict[str, dict[str, Any]] = field(default_factory=dict)


class Network:
    """One charging network, connected or about to be."""

    def __init__(
        self,
        country: str,
        party: str,
        name: str,
        memory: Path,
        clock: Callable[[], datetime],
        stop: threading.Event | None = None,
    ) -> None:
        """``memory``: a file for :class:`Kept`; it holds a credential, so only its owner may read it.

        ``stop``: once it is set, a push that is not answered is not made again.
        """
        self._stop = stop or threading.Event()
        self.country, self.party, self.name = country, party, name
        self.lost = 0
        self._memory, self._clock = memory, clock
        self.kept = Kept(**json.loads(memory.read_text(encoding="utf-8"))) if memory.exists() else Kept()
        self._peer = PeerServer(self.kept.peer_port, clock)
        self._http = httpx.Client(timeout=10.0, trust_env=False)

    def is_welcome(self) -> bool:
        """Whether the credentials of an earlier handshake are still good."""
        if not self.kept.token:
            return False
        try:
            self._call("GET", self.kept.endpoints["credentials"], self.kept.token)
        except NetworkError:
            return False
        return True

    def register(self, versions_url: str, token_a: str) -> None:
        """Make the credentials handshake (OCPI 2.2.1, 7). Raises :class:`NetworkError` if it fails."""
        versions = self._call("GET", versions_url, token_a)
        url = next((v["url"] for v in versions if v["version"] == _VERSION), None)
        if url is None:
            raise NetworkError(f"{versions_url} does not offer OCPI {_VERSION}")
        endpoints = {e["identifier"]: e["url"] for e in self._endpoints(url, token_a)}
        role = {
            "role": "CPO",
            "business_details": {"name": self.name},
            "country_code": self.country,
            "party_id": self.party,
        }
        own = {"token": secrets.token_urlsafe(32), "url": self._peer.versions_url, "roles": [role]}
        given = self._call("POST", endpoints["credentials"], token_a, own)
        self.kept = Kept(given["token"], endpoints, self._peer.port)
        self.remember()

    def put_location(self, location: Mapping[str, Any]) -> None:
        """Push a whole location."""
        self._push("PUT", f"{self._at('locations')}/{location['id']}", location)

    def patch_evse(self, location: str, evse: str, change: Mapping[str, Any]) -> None:
        """Push a change of an EVSE, such as its status."""
        self._push("PATCH", f"{self._at('locations')}/{location}/{evse}", change)

    def put_session(self, session: Mapping[str, Any]) -> None:
        """Push a whole session, and remember it while it is open."""
        self._push("PUT", f"{self._at('sessions')}/{session['id']}", session)
        if session["status"] == "ACTIVE":
            self.kept.open_sessions[session["id"]] = dict(session)
        else:
            self.kept.open_sessions.pop(session["id"], None)
        self.remember()

    def patch_session(self, session: str, change: Mapping[str, Any]) -> None:
        """Push a change of a session; periods are appended to those that it has (OCPI 2.2.1, 9.2.2.3)."""
        self._push("PATCH", f"{self._at('sessions')}/{session}", change)
        kept = self.kept.open_sessions.get(session)
        if kept is not None:
            periods = [*kept["charging_periods"], *change.get("charging_periods", ())]
            self.kept.open_sessions[session] = {**kept, **change, "charging_periods": periods}
            self.remember()

    def remember(self) -> None:
        """Write down what must be known at the next start."""
        draft = self._memory.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self.kept)))
        draft.replace(self._memory)

    def close(self) -> None:
        """Stop serving and calling."""
        self._peer.close()
        self._http.close()

    def _at(self, module: str) -> str:
        return f"{self.kept.endpoints[module].rstrip('/')}/{self.country}/{self.party}"

    def _endpoints(self, url: str, token: str) -> list[dict[str, str]]:
        """Of what the service offers, the sides that a CPO pushes to."""
        details = self._call("GET", url, token)
        wanted = [e for e in details["endpoints"] if e["identifier"] == "credentials" or e["role"] == "RECEIVER"]
        if not any(e["identifier"] == "credentials" for e in wanted):
            raise NetworkError(f"{url} offers no credentials endpoint")
        return wanted

    def _push(self, method: str, url: str, body: Mapping[str, Any]) -> None:
        """Push until it is answered, for a while; then it is lost, as it would be with a real network."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self._call(method, url, self.kept.token, body)
                return
            except (httpx.TransportError, NotNowError) as error:
                if time.monotonic() > deadline or self._stop.is_set():
                    _LOG.warning("%s: a push was given up (%s)", self.name, type(error).__name__)
                    self.lost += 1
                    return
                self._stop.wait(0.25)
            except NetworkError as error:
                _LOG.warning("%s: a push was refused: %s", self.name, error)
                self.lost += 1
                return

    def _call(self, method: str, url: str, token: str, body: Mapping[str, Any] | None = None) -> Any:
        return call(self._http, method, url, token, body)
