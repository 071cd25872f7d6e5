"""What stands where a network pushes an object: all that taking it in needs to know, in one question."""

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, literal, select

from ledger.database import Outdated, Tx, table
from ledger.objects import Stored, identity_of
from ledger.registry_changes import VERSION
from ledger.statements import Statement
from models import ChargeRecordRow, OcpiObject, Token

_OBJECTS, _TOKENS, _RECORDS = table(OcpiObject), table(Token), table(ChargeRecordRow)


@dataclass(frozen=True, slots=True)
class Of:
    """What is asked for: an object, a driver's token, and whether there are charge records of a ``session``.

    ``may_stand_unseen``: it does not matter what stands, as long as it is older.
    """

    module: str
    network: str
    object_id: str
    token: str = ""
    session: str = ""
    may_stand_unseen: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands: the object, what is kept of the token (its ciphertext), and whether the session has records."""

    stored: Stored | None
    token: str | None
    has_records: bool


def _question(_: str) -> object:
    one = select(literal(1).label("one")).subquery()
    is_it = (
        (_OBJECTS.c.module == bindparam("of_module"))
        & (_OBJECTS.c.network == bindparam("of_network"))
        & (_OBJECTS.c.object_id == bindparam("of_id"))
    )
    has_records = exists().where(_RECORDS.c.session == bindparam("of_session"))
    standing = one.outerjoin(_OBJECTS, is_it).outerjoin(_TOKENS, _TOKENS.c.key == bindparam("of_token"))
    return select(
        _OBJECTS.c.id,
        _OBJECTS.c.last_updated,
        _OBJECTS.c.document,
        _OBJECTS.c.version,
        _TOKENS.c.document.label("token"),
        has_records.label("has_records"),
        VERSION.scalar_subquery().label("registry"),
    ).select_from(standing)


_LOOK = Statement(_question)


def look(tx: Tx, of: Of) -> Standing:
    """Ask for it. Raises :class:`ledger.database.Outdated` if the registry is not as this process remembers it."""
    asked = {**identity_of(of.module, of.network, of.object_id), "of_token": of.token, "of_session": of.session}
    row = _LOOK.first(tx.conn, asked)
    if (row.registry or 0) != tx.memory.version:
        raise Outdated
    stored = None if row.id is None else Stored(row.id, row.last_updated, row.document, row.version)
    return Standing(stored, row.token, bool(row.has_records))
