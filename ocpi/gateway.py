"""HTTP as a WSGI server (PEP 3333) hands it over: what the door needs of a request, and how it answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from ocpi.errors import INVALID, Refused, bad_json

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

# A location with 500 EVSEs has half of this.
_MAX_BODY = 2 * 1024 * 1024
_PERSONAL = "tokens/"
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(slots=True)
class Inbound:
    """A request. ``path``: what follows the door's own, without the slash between."""

    environ: Environ
    method: str
    path: str
    _body: bytes | None = None

    @property
    def path_to_log(self) -> str:
        """The path without what is personal in it: whatever follows ``tokens`` is a driver's."""
        where = self.path.casefold().find(_PERSONAL)
        return self.path if where < 0 else self.path[: where + len(_PERSONAL)]

    def body(self) -> bytes:
        """All of the body. Raises :class:`ocpi.errors.Refused` (413, 400) for one that is too large or broken off."""
        if self._body is None:
            self._body = self._read()
        return self._body

    def _read(self) -> bytes:
        said = self.environ.get("CONTENT_LENGTH") or ""
        length = int(said) if said.isascii() and said.isdigit() else None
        if length is None and not self.environ.get("wsgi.input_terminated"):
            return b""
        if length is None:  # in chunks
            length, found = 0, _read(self.environ, _MAX_BODY + 1)
        else:
            found = b"" if length > _MAX_BODY else _read(self.environ, length)
        if max(length, len(found)) > _MAX_BODY:
            raise Refused(413, INVALID, f"the body is larger than {_MAX_BODY // 1024} KiB")
        if len(found) < length:
            raise bad_json("the body is shorter than was said")
        return found

    def query(self) -> Mapping[str, str]:
        """The URL's parameters; of one that is given twice the first counts."""
        said = self.environ.get("QUERY_STRING")
        return dict(reversed(parse_qsl(said, keep_blank_values=True, errors="replace"))) if said else {}


def inbound(environ: Environ, path: str) -> Inbound:
    """A request whose ``path``, as WSGI has it, is Latin-1 of what is UTF-8."""
    text = path if path.isascii() else path.encode("latin-1").decode(errors="replace")
    return Inbound(environ, environ["REQUEST_METHOD"], text)


def respond(
    request: Inbound, start_response: StartResponse, http: int, headers: Sequence[tuple[str, str]], body: bytes
) -> Iterable[bytes]:
    """Answer with JSON."""
    length = ("Content-Length", str(len(body)))
    start_response(_STATUS_LINES[http], [("Content-Type", "application/json"), length, *headers])
    return [] if request.method == "HEAD" else [body]


def _read(environ: Environ, most: int) -> bytes:
    parts: list[bytes] = []
    while most > 0 and (part := environ["wsgi.input"].read(most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)
