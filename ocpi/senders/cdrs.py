"""CDRs out, as a CPO offers them: a list of those that are for the party who asks (mod_cdrs, Sender Interface)."""

import logging
from datetime import timedelta

from ledger.cdrs import Record, Window, count, page
from ocpi.calls import Answer, Call
from ocpi.senders.cdr_documents import Unsayable, write_cdr
from ocpi.senders.paging import asked
from ocpi.vocabulary import OLD
from ocpi.wire import Document

MODULE = "cdrs"
_LOG = logging.getLogger(__name__)
# 2.1.1 asks for what is "after" a moment; times are kept to the microsecond.
_MOMENT = timedelta(microseconds=1)


def list_cdrs(call: Call) -> Answer:
    """GET: oldest first."""
    wanted, old = asked(call.query), call.version.number == OLD
    since = wanted.since + _MOMENT if old and wanted.since is not None else wanted.since
    window = Window(parties=call.partner.parties, since=since, until=wanted.until, only_first=old)
    with call.door.ledger.read() as conn:
        total = count(conn, window)
        records = page(conn, call.door.ledger.vault, window, wanted.offset, wanted.limit)
    documents = [document for record in records if (document := _written(call, record)) is not None]
    return Answer(documents, headers=wanted.headers(call.url, total))


def _written(call: Call, record: Record) -> Document | None:
    try:
        return write_cdr(record, call.version.number, call.door.us, call.door.public_url)
    except (Unsayable, ArithmeticError) as error:
        _LOG.error("CDR %s can't be offered in %s: %s", record.cdr_id, call.version.number, error)
        return None
