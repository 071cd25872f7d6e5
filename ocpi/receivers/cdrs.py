"""POST of a CDR: the one object whose URL we give it, so that its own document must say whose it is."""

from urllib.parse import quote

from ledger.objects import Outcome
from ledger.quirks import Noticed
from ledger.record import record
from ocpi.calls import Answer, Call
from ocpi.errors import Refused, bad_content
from ocpi.modules import money
from ocpi.modules.taking import Origin, only_party, origin_of
from ocpi.receivers.oddities import oddities
from ocpi.vocabulary import CdrNews
from ocpi.wire import Document


def post_cdr(call: Call) -> Answer:
    """POST of a CDR. Its URL is in ``Location``; posted again, it has the same one. Some peers add its id to ours."""
    document = call.document()
    try:
        news, origin = _read(call, document)
        with call.door.ledger.write(call.now) as tx:
            taken = money.take_cdr(tx, origin, document)
            record(tx, taken.facts)
            odd = [Noticed("cdr_at_id", f"cdrs/{news.id}")] if call.path else []
            call.door.quirks.note(tx, call.partner.id, [*odd, *oddities(call, document, taken)])
    except Refused as refused:
        with call.door.ledger.write(call.now) as tx:
            call.door.quirks.note(tx, call.partner.id, oddities(call, document, refused))
        raise
    segments = (quote(segment, safe="") for segment in (origin.country_code, origin.party_id, news.id))
    url = call.door.url(call.side, call.version.number, money.CDRS, *segments)
    return Answer(http=201 if taken.outcome is Outcome.CREATED else 200, headers={"Location": url})


def _read(call: Call, document: Document) -> tuple[CdrNews, Origin]:
    news = call.version.cdr(document)
    party = news.party or only_party(call.partner)
    origin = None if party is None else origin_of(call.partner, call.version, *party)
    if origin is None:
        raise bad_content("this party is not among the roles of your credentials")
    return news, origin
