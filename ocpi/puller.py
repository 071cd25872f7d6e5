"""What pulling needs, and how it speaks to a partner."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger.database import Ledger
from ledger.partners import KnownPartner, token_to_send
from ledger.quirks import QuirkBook
from ocpi.calls import OurParty
from ocpi.client import PeerClient
from ocpi.message_routing import to_partner


@dataclass(frozen=True, slots=True)
class Puller:
    """``interval``: how often sessions and locations are asked for; the rest more seldom.

    ``taking``: held while a page is taken in, and never while a peer is waited for. Many may be waited for at once,
    but SQLite has one writer, and who decides meanwhile shares the process with us.
    """

    ledger: Ledger
    clock: Callable[[], datetime]
    peer: Callable[[str, bool], PeerClient]
    us: OurParty
    interval: timedelta
    quirks: QuirkBook = field(default_factory=QuirkBook)
    taking: threading.Lock = field(default_factory=threading.Lock)


def client_of(puller: Puller, partner: KnownPartner) -> PeerClient:
    """A client that speaks to this partner in our name. Raises :class:`ledger.partners.PartnerError`."""
    client = puller.peer(token_to_send(puller.ledger.vault, partner), bool(partner.connection.get("literal")))
    return to_partner(client, (puller.us.country_code, puller.us.party_id), partner)
