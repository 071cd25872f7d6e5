"""The Things Stack has QoS 0 only: what it sent while we were away is fetched from its Storage Integration.

Everything since a moment is asked for again and goes the way of live messages: an uplink has the same identity by
either way, so that nothing is recorded twice. Source: The Things Stack documentation, "Storage Integration, Retrieve
Messages": newline-delimited JSON, ``{"result": {end_device_ids, received_at, uplink_message}}``.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import httpx
import msgspec

from ledger.database import Ledger
from sensors.keeping import keep
from sensors.mapping import Mapping
from sensors.reading import Message
from sensors.translate import translate

PAGE = 500
_MOST_PAGES = 2_000
_LONGEST_LINE = 262_144
_LOG = logging.getLogger(__name__)


class BackfillError(RuntimeError):
    """The network does not give what it stored; the sentence says why, without the key."""


class _Application(msgspec.Struct):
    application_id: str = ""


class _Ids(msgspec.Struct):
    device_id: str = ""
    application_ids: _Application = msgspec.field(default_factory=_Application)


class _Head(msgspec.Struct):
    end_device_ids: _Ids
    received_at: str


class _Line(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw()


def backfill(
    ledger: Ledger,
    mapping: Mapping,
    clock: Callable[[], datetime],
    client: httpx.Client,
    url: str,
    key: str,
    since: datetime,
) -> int:
    """Record what the network stored since ``since``; gives how many facts were new. Raises BackfillError.

    ``url`` is the application's, such as https://eu1.cloud.thethings.network/api/v3/as/applications/bays.
    """
    new, after = 0, since.isoformat()
    for _ in range(_MOST_PAGES):
        page = list(_page(client, url, key, after))
        messages = [Message(topic, body, clock(), live=False) for topic, body, _ in page]
        if messages:
            with ledger.write(clock()) as tx:
                new += keep(tx, [translate(mapping, message) for message in messages])
        last = page[-1][2] if page else after
        if len(page) < PAGE or last == after:
            return new
        after = last
    return new


def _page(client: httpx.Client, url: str, key: str, after: str) -> Iterator[tuple[str, bytes, str]]:
    """Topic, body and time of each stored uplink."""
    address = f"{url.rstrip('/')}/packages/storage/uplink_message"
    asked = {"after": after, "limit": str(PAGE), "order": "received_at"}
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    try:
        with client.stream("GET", address, params=asked, headers=headers) as response:
            if response.status_code != 200:
                raise BackfillError(f"The Things Stack answers HTTP {response.status_code}")
            for line in response.iter_lines():
                if line.strip():
                    yield _read(line)
    except httpx.HTTPError as error:
        raise BackfillError(f"The Things Stack can't be reached: {type(error).__name__}") from error


def _read(line: str) -> tuple[str, bytes, str]:
    if len(line) > _LONGEST_LINE:
        raise BackfillError("The Things Stack sends a line that is too long")
    try:
        body = bytes(msgspec.json.decode(line, type=_Line).result)
        head = msgspec.json.decode(body, type=_Head)
    except msgspec.MsgspecError as error:
        raise BackfillError("The Things Stack sends what is no stored uplink") from error
    ids = head.end_device_ids
    return f"v3/{ids.application_ids.application_id}/devices/{ids.device_id}/up", body, head.received_at
