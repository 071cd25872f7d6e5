"""After a part (PATCH) of something unknown: ask its network for the whole (OCPI 2.2.1, 4.1.3: GET, then PUT).

A location can be asked for by its id; sessions and tariffs only by the time at which they were last updated.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import quote

from ledger import pulls
from ledger.partners import KnownPartner, PartnerError, known
from ledger.pulls import Wanted
from ledger.record import record
from ocpi.answers import PeerError
from ocpi.client import PeerClient
from ocpi.errors import Refused
from ocpi.modules import locations
from ocpi.pull import Puller, client_of
from ocpi.pulling_modules import endpoint, pull_module, take_item

_LOG = logging.getLogger(__name__)
_BEFORE = timedelta(minutes=5)
# A part that says that it is of years ago asks for no years of sessions.
_FARTHEST = timedelta(days=7)


def fetch_wanted(puller: Puller) -> int:
    """Ask each partner for what parts came of; returns for how many objects."""
    with puller.ledger.read() as conn:
        partners = [(each, pulls.wanted(conn, each, puller.clock())) for each in known(conn) if each.is_registered]
    return sum(_fetch(puller, partner, wanted) for partner, wanted in partners if wanted)


def _fetch(puller: Puller, partner: KnownPartner, wanted: list[Wanted]) -> int:
    modules = sorted({item.module for item in wanted})
    for module in modules:
        now, items = puller.clock(), [item for item in wanted if item.module == module]
        try:
            client = client_of(puller, partner)
            if module == locations.MODULE:
                _by_id(puller, client, partner, items, now)
            else:
                since = max(min(item.since for item in items) - _BEFORE, now - _FARTHEST)
                pull_module(puller.ledger, client, partner, module, since, now, puller.quirks)
                _done(puller, items, now)
        except (PeerError, PartnerError, Refused) as error:
            _failed(puller, partner, items, now, error)
    return len(wanted)


def _by_id(puller: Puller, client: PeerClient, partner: KnownPartner, items: list[Wanted], now: datetime) -> None:
    base = endpoint(partner, locations.MODULE)
    if base is None:
        raise PeerError("it offers no locations to fetch")
    for item in items:
        try:
            found = client.get(f"{base.rstrip('/')}/{quote(item.object_id, safe='')}").data
            with puller.ledger.write(now) as tx:
                record(tx, take_item(tx, partner, locations.MODULE, found))
                pulls.has(tx, item)
        except (PeerError, Refused) as error:
            if isinstance(error, PeerError) and error.http is None:
                raise  # it does not answer at all, so the others need not be asked for now
            _failed(puller, partner, [item], now, error)


def _failed(puller: Puller, partner: KnownPartner, items: list[Wanted], now: datetime, error: Exception) -> None:
    """None of these that is still wanted was given."""
    _LOG.info("partner %s: %s that a part came of can't be fetched: %s", partner.name, items[0].module, error)
    with puller.ledger.write(now) as tx:
        for item in items:
            pulls.has_not(tx, item)


def _done(puller: Puller, items: list[Wanted], now: datetime) -> None:
    with puller.ledger.write(now) as tx:
        for item in items:
            pulls.has(tx, item)
