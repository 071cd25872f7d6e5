"""One module of a partner's, pulled page by page. No transaction and no lock is held while the peer is waited for.

What was pushed already is the same fact. An answered pull is evidence, too: the network was heard at its end, also
where it had nothing to tell.
"""

from collections.abc import Callable
from datetime import datetime

from ledger.database import Tx
from ledger.partners import KnownPartner
from ledger.record import record
from ocpi import hubs
from ocpi.answers import PeerError
from ocpi.client import PeerClient
from ocpi.facts import heard_fact
from ocpi.fetched import Pulled, take_page
from ocpi.modules import sessions
from ocpi.pages import crawl
from ocpi.puller import Puller
from ocpi.wire import stamp


def endpoint(partner: KnownPartner, module: str) -> str | None:
    """Where a partner offers a module's objects."""
    for item in partner.connection.get("endpoints", []):
        # 2.1.1 knows no roles: the CPO that we are connected to offers what it has to be fetched.
        if item["identifier"] == module and item["role"] in ("SENDER", ""):
            return str(item["url"])
    return None


def pull_module(
    puller: Puller,
    client: PeerClient,
    partner: KnownPartner,
    module: str,
    since: datetime | None,
    now: datetime,
    may_go_on: Callable[[Tx], bool] = lambda _: True,
) -> Pulled:
    """Fetch what a module's objects last said from ``since`` to ``now``, or all of them.

    Raises :class:`ocpi.answers.PeerError`; what came before it is kept. After sessions, it is noted that the network
    was heard. ``may_go_on`` is asked before each page is taken in.
    """
    url = endpoint(partner, module)
    if url is None:
        raise PeerError(f"it offers no {module} to fetch")
    query = {} if since is None else {"date_from": stamp(since), "date_to": stamp(now)}
    pulled = Pulled()
    for page in crawl(client, url, query):
        with puller.ledger.write(puller.clock()) as tx:
            if not may_go_on(tx):
                raise PeerError("its connection was ended or made anew meanwhile")
        pulled += Pulled(at=page.at) + take_page(puller, partner, module, page.data)
    if module == sessions.MODULE:
        with puller.ledger.write(now) as tx:
            record(tx, [heard_fact(each, now, now, "pulled") for each in sorted(hubs.present(tx.conn, partner))])
    return pulled
