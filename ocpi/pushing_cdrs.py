"""Pushing a CDR (mod_cdrs, Receiver Interface, POST): once under its id, whatever gets lost.

After a try whose answer never came the receiver is asked for the record first. It is to be found under the URL of the
``Location`` header, which got lost too, so the two forms that are in use are tried; what is not found there is posted
again, and is the same record by its id.
"""

from urllib.parse import quote

from ledger import cdrs
from ledger.vault import log_access
from ocpi.answers import PeerError
from ocpi.calls import OurParty
from ocpi.client import PeerClient
from ocpi.pushing import Parcel, Undeliverable
from ocpi.senders.cdr_documents import Unsayable, write_cdr
from ocpi.senders.cdrs import MODULE
from ocpi.wire import Document


def deliver(parcel: Parcel) -> None:
    """Post a CDR, unless it is there already. Raises what :func:`ocpi.pushing.send_next` understands."""
    url = parcel.endpoint(MODULE)
    party, document = _document(parcel)
    client = parcel.client_to(party)
    if parcel.push.attempt > 1 and _is_there(parcel.postman.us, client, url, document):
        return
    client.send("POST", url, document)


def _document(parcel: Parcel) -> tuple[str, Document]:
    """The record's party, and what it is told."""
    postman = parcel.postman
    with postman.ledger.write(postman.clock()) as tx:
        record = cdrs.find(tx.conn, postman.ledger.vault, parcel.push.subject)
        if record is None:
            raise Undeliverable("the record is not known")
        log_access(tx.conn, tx.now, "sender", "token", f"cdr:{record.cdr_id}", f"sent to partner:{parcel.partner.id}")
    try:
        return record.party, write_cdr(record, parcel.version, postman.us, postman.base_url)
    except Unsayable as error:
        raise Undeliverable(str(error)) from error


def _is_there(us: OurParty, client: PeerClient, url: str, document: Document) -> bool:
    names = [quote(name, safe="") for name in (us.country_code, us.party_id, document["id"])]
    for path in ("/".join(names), names[-1]):
        try:
            found = client.get(f"{url}/{path}").data
        except PeerError as error:
            if error.http is None:
                raise  # it does not answer at all: nothing is known yet
            continue
        if isinstance(found, dict) and str(found.get("id")).casefold() == document["id"].casefold():
            return True
    return False
