"""``/api/v1/webhooks``: a client's own subscriptions to events."""

from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from ledger import subscribers, subscriptions
from ledger.addresses import NotAllowedError, check_url
from ledger.webhook_events import EVENTS
from web.api.blueprint import api, needs
from web.context import current
from web.errors import Problem

_SCOPE = "webhooks:write"
_LARGEST = 4_096
_LONGEST_NAME = 30


@dataclass(frozen=True)
class _Wanted:
    url: str
    events: list[str]
    network: str | None = None
    station: str | None = None


@api.get("/webhooks")
@needs(_SCOPE)
def list_webhooks() -> ResponseReturnValue:
    """The client's subscriptions, and whether what is sent arrives."""
    with current().ledger.read() as conn:
        found = [each for each in subscribers.subscriptions(conn) if each.name.startswith(_prefix())]
    return jsonify({"webhooks": [_shown(each) for each in found]})


@api.put("/webhooks/<name>")
@needs(_SCOPE)
def put_webhook(name: str) -> ResponseReturnValue:
    """Subscribe, or put a subscription anew under its name, switched on again. The secret is answered once."""
    wanted = _wanted()
    here = current()
    try:
        check_url(wanted.url, private=here.options.webhooks_private)
    except NotAllowedError as error:
        raise Problem(400, f"url: {error}.") from error
    strange = sorted(set(wanted.events) - set(EVENTS))
    if strange or not wanted.events:
        raise Problem(400, f"events: choose of {', '.join(EVENTS)}.")
    wish = subscriptions.Wish(
        name=_own(name),
        url=wanted.url,
        events=wanted.events,
        network=wanted.network and wanted.network[:10].casefold(),
        station=wanted.station and wanted.station[:60].casefold(),
        client=g.client.id,
    )
    with here.ledger.write(here.clock()) as tx:
        secret = subscriptions.subscribe(tx, wish, _by())
    return jsonify({"secret": secret})


@api.delete("/webhooks/<name>")
@needs(_SCOPE)
def delete_webhook(name: str) -> ResponseReturnValue:
    """End a subscription. One that never was is ended too."""
    here = current()
    with here.ledger.write(here.clock()) as tx:
        subscriptions.unsubscribe(tx, _own(name), _by())
    return Response(status=204)


def _prefix() -> str:
    return f"client {g.client.id}/"


def _by() -> str:
    return f"client:{g.client.name}"


def _own(name: str) -> str:
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise Problem(400, f"A name has at most {_LONGEST_NAME} printable characters.")
    return _prefix() + name


def _wanted() -> _Wanted:
    request.max_content_length = _LARGEST
    try:
        return msgspec.json.decode(request.get_data(), type=_Wanted)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, "The body is not a subscription: url, events, network, station.") from error


def _shown(each: subscribers.Subscriber) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(each)
    kept = {name: shown[name] for name in ("url", "network", "station", "failing_since", "disabled_at")}
    return {"name": each.name.removeprefix(_prefix()), "events": sorted(each.events), **kept}
