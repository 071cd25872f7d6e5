"""What taking in an object needs and gives, the same for a push and for a pull."""

from dataclasses import dataclass, field
from datetime import datetime

from enforcement.facts import AnyFact
from ledger.database import Tx
from ledger.objects import ObjectFields, Outcome, Stored, get
from ledger.partners import KnownPartner
from ocpi.errors import Refused, bad_content, not_found
from ocpi.keys import network_key
from ocpi.reading import identifier
from ocpi.vocabulary import Version
from ocpi.wire import Document, encode, stamp


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says it: a partner, of one of its networks (as spelled in the URL), in the version that it speaks.

    ``is_fetched``: it did not say it of its own accord but was asked for it.
    """

    version: Version
    partner: int
    synthetic: bool
    country_code: str
    party_id: str
    network: str
    is_fetched: bool = False


def origin_of(partner: KnownPartner, version: Version, country_code: str, party_id: str) -> Origin | None:
    """A party of a partner's; None where it is not one of its own."""
    country_code, party_id = country_code.strip(), party_id.strip()
    network = network_key(country_code, party_id)
    if network not in partner.parties:
        return None
    return Origin(version, partner.id, partner.synthetic, country_code, party_id, network)


def only_party(partner: KnownPartner) -> tuple[str, str] | None:
    """Country code and party id of a partner's one party: whose an object is that does not say it, as in 2.1.1."""
    if len(partner.parties) != 1:
        return None
    country_code, party_id = min(partner.parties).upper().split("*")
    return country_code, party_id


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an object, the facts in it, to be recorded in the same transaction, and what was odd.

    ``last_updated``: when its network last changed it. ``quirks``: codes of :data:`ledger.quirk_words.WORDS` that only
    whoever knows what was stored can notice.
    """

    outcome: Outcome
    last_updated: datetime
    facts: list[AnyFact] = field(default_factory=list)
    remarks: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()


def check_identity(origin: Origin, document: Document, object_id: str) -> None:
    """Refuse a document that says it is another one than the URL says. What it leaves out, the URL says."""
    expected = {"country_code": origin.country_code, "party_id": origin.party_id, "id": object_id}
    for name, wanted in expected.items():
        value = document.get(name)
        if value is not None and identifier(value, name, 39).casefold() != wanted.casefold():
            raise bad_content(f"{name} is not the one in the URL")


def completed(origin: Origin, document: Document, object_id: str) -> Document:
    """The document with its identity, which some leave to the URL, and without nulls, which say nothing."""
    identity = {"id": object_id}
    if origin.version.names_parties:
        identity = {"country_code": origin.country_code, "party_id": origin.party_id, "id": object_id}
    return {**identity, **{name: value for name, value in document.items() if value is not None}}


def dated(origin: Origin, part: Document, now: datetime) -> Document:
    """A part of an object (PATCH) with when it was true; 2.1.1 does not say that, later versions must."""
    if origin.version.dates_parts or part.get("last_updated") is not None:
        return part
    return {**part, "last_updated": stamp(now)}


def fields_of(origin: Origin, module: str, object_id: str, document: Document, last_updated: datetime) -> ObjectFields:
    """What is stored of an object whose personal data was taken out."""
    return ObjectFields(
        module=module,
        network=origin.network,
        object_id=object_id,
        version=origin.version.number,
        partner=origin.partner,
        last_updated=last_updated,
        document=encode(document).decode(),
    )


def unknown(what: str, code: int) -> Refused:
    """The answer to a part of, or a question for, an object that we don't have: its peer is expected to PUT it."""
    return not_found(f"this {what} is not known here", code)


def to_change(tx: Tx, origin: Origin, module: str, object_id: str) -> Stored | None:
    """A stored object, locked, that a part of it may change.

    One that was said in another version of OCPI has other names: its peer is expected to PUT it anew.
    """
    stored = get(tx.conn, module, origin.network, object_id, lock=True)
    return stored if stored is not None and stored.version == origin.version.number else None
