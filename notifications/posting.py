"""One POST to an address that somebody else named: only to where it may go, no redirects, nothing kept open.

The name is looked up once and the connection made to the very address that was checked: a name that points elsewhere a
moment later (DNS rebinding) gains nothing.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from ledger.addresses import NotAllowedError, check_url

_TIMEOUT_S = 10.0
_READ_AT_MOST = 4096


def post(url: str, headers: Mapping[str, str], body: bytes, *, private: bool) -> int:
    """POST, and the status of the answer. Raises NotAllowedError, OSError or http.client.HTTPException."""
    check_url(url, private=private)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    raw = socket.create_connection((_address(host, port, private=private), port), timeout=_TIMEOUT_S)
    try:
        is_tls = parts.scheme == "https"
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if is_tls else raw
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        answer.read(_READ_AT_MOST)
        return answer.status
    finally:
        connection.close()
        raw.close()


def _address(host: str, port: int, *, private: bool) -> str:
    """The first address of a name, if all that it has may be sent to."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not private and not all(_is_public(address) for address in found):
        raise NotAllowedError("the name leads to an address that is not public")
    return found[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or mapped.is_global)
