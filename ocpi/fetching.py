"""After a part (PATCH) of something unknown: ask its network for the whole (OCPI 2.2.1, 4.1.3: GET, then PUT).

A location can be asked for by its id; sessions and tariffs only by the time at which they were last updated.
"""

import logging
from datetime import timedelta
from urllib.parse import quote

from ledger import wanted_objects
from ledger.failures import PASSING
from ledger.partners import KnownPartner, PartnerError
from ledger.wanted_objects import Wanted
from ocpi.answers import PeerError
from ocpi.client import PeerClient
from ocpi.fetched import take_page
from ocpi.modules import locations
from ocpi.puller import Puller, client_of
from ocpi.pulling_modules import endpoint, pull_module

_LOG = logging.getLogger(__name__)
_BEFORE = timedelta(minutes=5)
# A part that says that it is of years ago asks for no years of sessions.
_FARTHEST = timedelta(days=7)


def fetch_wanted(puller: Puller, partner: KnownPartner) -> int:
    """Ask a partner for what parts came of; returns for how many objects."""
    with puller.ledger.read() as conn:
        wanted = wanted_objects.wanted(conn, partner, puller.clock())
    for module in sorted({item.module for item in wanted}):
        _fetch(puller, partner, module, [item for item in wanted if item.module == module])
    return len(wanted)


def _fetch(puller: Puller, partner: KnownPartner, module: str, items: list[Wanted]) -> None:
    now = puller.clock()
    try:
        client = client_of(puller, partner)
        if module == locations.MODULE:
            _by_id(puller, client, partner, items)
        else:
            since = max(min(item.since for item in items) - _BEFORE, now - _FARTHEST)
            pull_module(puller, client, partner, module, since, now)
            _done(puller, items)
    except PASSING:
        raise
    except Exception as error:
        _failed(puller, partner, items, error)


def _by_id(puller: Puller, client: PeerClient, partner: KnownPartner, items: list[Wanted]) -> None:
    base = endpoint(partner, locations.MODULE)
    if base is None:
        raise PeerError("it offers no locations to fetch")
    for item in items:
        try:
            found = client.get(f"{base.rstrip('/')}/{quote(item.object_id, safe='')}").data
            if take_page(puller, partner, locations.MODULE, [found]).refused:
                raise PeerError("what it gives can't be taken in", http=200)
            _done(puller, [item])
        except PeerError as error:
            if error.http is None:
                raise  # it does not answer at all, so the others need not be asked for now
            _failed(puller, partner, [item], error)


def _failed(puller: Puller, partner: KnownPartner, items: list[Wanted], error: Exception) -> None:
    """None of these that is still wanted was given."""
    said = str(error) if isinstance(error, PeerError | PartnerError) else f"a fault of ours ({type(error).__name__})"
    _LOG.info("partner %s: %s that a part came of can't be fetched: %s", partner.name, items[0].module, said)
    with puller.ledger.write(puller.clock()) as tx:
        for item in items:
            wanted_objects.has_not(tx, item)


def _done(puller: Puller, items: list[Wanted]) -> None:
    with puller.ledger.write(puller.clock()) as tx:
        for item in items:
            wanted_objects.has(tx, item)
