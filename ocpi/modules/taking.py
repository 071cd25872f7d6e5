"""What taking in an object needs and gives, the same for a push and for a pull."""

from dataclasses import dataclass, field
from datetime import datetime

from enforcement.facts import AnyFact
from ledger.objects import ObjectFields, Outcome
from ocpi.errors import Refused, bad_content, not_found
from ocpi.reading import identifier
from ocpi.vocabulary import Version
from ocpi.wire import Document, encode


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says it: a partner, of one of its networks (as spelled in the URL), in the version that it speaks."""

    version: Version
    partner: int
    synthetic: bool
    country_code: str
    party_id: str
    network: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an object, the facts in it, to be recorded in the same transaction, and what was odd.

    ``last_updated``: when its network last changed it.
    """

    outcome: Outcome
    last_updated: datetime
    facts: list[AnyFact] = field(default_factory=list)
    remarks: tuple[str, ...] = ()


def check_identity(origin: Origin, document: Document, object_id: str) -> None:
    """Refuse a document that says it is another one than the URL says. What it leaves out, the URL says."""
    expected = {"country_code": origin.country_code, "party_id": origin.party_id, "id": object_id}
    for name, wanted in expected.items():
        value = document.get(name)
        if value is not None and identifier(value, name, 39).casefold() != wanted.casefold():
            raise bad_content(f"{name} is not the one in the URL")


def completed(origin: Origin, document: Document, object_id: str) -> Document:
    """The document with its identity, which some leave to the URL, and without nulls, which say nothing."""
    identity = {"country_code": origin.country_code, "party_id": origin.party_id, "id": object_id}
    return {**identity, **{name: value for name, value in document.items() if value is not None}}


def fields_of(origin: Origin, module: str, object_id: str, document: Document, last_updated: datetime) -> ObjectFields:
    """What is stored of an object whose personal data was taken out."""
    return ObjectFields(
        module=module,
        network=origin.network,
        object_id=object_id,
        partner=origin.partner,
        last_updated=last_updated,
        document=encode(document).decode(),
    )


def unknown(what: str, code: int) -> Refused:
    """The answer to a part of, or a question for, an object that we don't have: its peer is expected to PUT it."""
    return not_found(f"this {what} is not known here", code)
