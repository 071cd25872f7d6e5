"""Cameras that speak HTTP: ``POST /hooks/cameras/{name}/{key}``, or ``/hooks/cameras/{name}`` with a signature.

Each webhook of the mapping has a key of its own, derived from the service's secret and its name. A camera that can't
sign has it in its address, which is why the address is as secret as a password; one that can signs as Standard Webhooks
1.0.0 says: HMAC-SHA-256 with the key over ``id.timestamp.body``. It is answered when what it said is committed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from ledger.database import Ledger
from ledger.rejects import Rejected
from sensors.keeping import keep
from sensors.mapping import Subscription
from sensors.reading import MOST_BYTES, Message
from sensors.translate import MOST_POSTED_BYTES, translate_webhook

_TOLERANCE_S = 300
Limit = Callable[[Callable[..., Response]], Callable[..., Response]]


def key_of(secret: str, name: str) -> str:
    """The key of one webhook, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"camera webhook {name}".encode(), hashlib.sha256).hexdigest()


def blueprint(
    ledger: Ledger,
    clock: Callable[[], datetime],
    webhooks: Mapping[str, Subscription],
    secret: str,
    limit: Limit = lambda view: view,
) -> Blueprint:
    """The routes for these webhooks. They carry a key instead of a session: exempt them from CSRF protection.

    ``limit`` keeps a camera, or who tries keys, from asking too often.
    """
    hooks = Blueprint("camera_hooks", __name__)

    def take(name: str, key: str | None = None) -> Response:
        request.max_content_length, request.max_form_memory_size = MOST_POSTED_BYTES, MOST_BYTES + 1
        now = clock()
        try:
            body = request.get_data(cache=True, parse_form_data=False)
            subscription = webhooks.get(name)
            if subscription is None or not _may(key_of(secret, name), key, body, now):
                return Response("There is no such webhook, or its key is wrong.\n", 404, mimetype="text/plain")
            payload = _payload(body)
        except (RequestEntityTooLarge, BadRequest) as error:
            return Response(f"{error.description}\n", error.code, mimetype="text/plain")
        outcome = translate_webhook(subscription, Message(f"webhook/{name}", payload, now))
        with ledger.write(now) as tx:
            keep(tx, [outcome])
        if isinstance(outcome, Rejected):
            return Response(f"It was kept, but not understood: {outcome.reason}.\n", 400, mimetype="text/plain")
        return Response(status=204)

    limited = limit(take)
    hooks.add_url_rule("/hooks/cameras/<name>", "signed", limited, methods=["POST"])
    hooks.add_url_rule("/hooks/cameras/<name>/<key>", "secret", limited, methods=["POST"])
    return hooks


def _payload(body: bytes) -> bytes:
    """The form field ``json`` of a form, else the body itself."""
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return request.form.get("json", "").encode()
    return body


def _may(key: str, told: str | None, body: bytes, now: datetime) -> bool:
    if told is not None:
        return hmac.compare_digest(key.encode(), told.encode())
    identity, stamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not identity or not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(now.timestamp() - int(stamp)) > _TOLERANCE_S:
        return False
    made = hmac.new(bytes.fromhex(key), f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(made)
    given = request.headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected, each) for each in given)
