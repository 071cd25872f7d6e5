"""One request of a charging network to the service, with its token, and the service's answer (OCPI 2.2.1, 4.1)."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

import httpx


class NetworkError(Exception):
    """The service refused what this network sent."""


class NotNowError(NetworkError):
    """The service could not answer; the same push may succeed in a moment."""


def call(http: httpx.Client, method: str, url: str, token: str, body: Mapping[str, Any] | None = None) -> Any:
    """The ``data`` of the answer. Raises :class:`NetworkError`, or ``httpx.TransportError`` if nobody is there."""
    headers = {
        "Authorization": f"Token {base64.b64encode(token.encode()).decode()}",
        "X-Request-ID": secrets.token_hex(8),
        "X-Correlation-ID": secrets.token_hex(8),
    }
    answer = http.request(method, url, headers=headers, json=body)
    if answer.status_code >= 500:
        raise NotNowError(f"HTTP {answer.status_code}")
    try:
        envelope = answer.json()
    except ValueError:
        raise NetworkError(f"HTTP {answer.status_code} without an OCPI envelope") from None
    if answer.status_code >= 400 or envelope.get("status_code", 0) >= 2000:
        message = envelope.get("status_message", "")
        raise NetworkError(f"HTTP {answer.status_code}, OCPI {envelope.get('status_code')}: {message}")
    return envelope.get("data")
