"""Noticing what is odd in an object that was taken: for the partner's quirk report, never to refuse it.

Each module looks at documents as they came, and gives what it noticed (codes of :data:`ledger.quirk_words.WORDS`).
Values of fields that may be personal are never among it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from ledger.quirks import Noticed
from ocpi.noticing.cdrs import in_cdr
from ocpi.noticing.locations import in_location
from ocpi.noticing.sessions import in_session
from ocpi.noticing.tariffs import in_tariff
from ocpi.vocabulary import Version
from ocpi.wire import Document

_LOOKS: Mapping[str, Callable[..., Iterator[Noticed]]] = {
    "locations": in_location,
    "sessions": in_session,
    "tariffs": in_tariff,
    "cdrs": in_cdr,
}


def of_object(module: str, document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in an object of any module. ``is_whole``: what it leaves out is missing; else it is a PATCH."""
    look = _LOOKS.get(module)
    if look is not None:
        yield from look(document, version, now, is_whole=is_whole)
