"""One statement for PostgreSQL that stores an object, keeps a token and records a fact, or does nothing of it.

Each part of it is a common table expression that writes; what stands before is in the conditions, so that it needs no
lock and no transaction around it: one round trip, one commit.
"""

from typing import Any

from sqlalchemy import ARRAY, Boolean, Text, bindparam, exists, func, literal_column, select, update

from enforcement.facts import AnyFact
from ledger import facts as fact_rows
from ledger.database import Tx, table
from ledger.objects import ObjectFields, Stored, row_of
from ledger.registry_changes import VERSION
from ledger.remembered_bays import bays_of
from ledger.statements import Statement, Values
from ledger.tables import insert_in
from models import FactRow, OcpiObject, Token, WaitingFact

_OBJECTS, _TOKENS, _FACTS = table(OcpiObject), table(Token), table(FactRow)
_KEY = ("module", "network", "object_id")
_CHANGED = ("document", "last_updated", "partner", "version")


def write(tx: Tx, stored: Stored | None, fields: ObjectFields, token: Values | None, fact: AnyFact) -> bool:
    """Write all, if the object is still as it was ``stored``; False if it is not, and then nothing was written."""
    values = _given_of(tx, fields, fact)
    if token is not None:
        values |= {f"token_{name}": value for name, value in token.items()}
    if stored is not None:
        values |= {"was_id": stored.id, "was_last_updated": stored.last_updated, "was_document": stored.document}
    statement = _STATEMENTS[stored is not None, token is not None]
    return bool(statement.first(tx.conn, values).written)


def write_unseen(tx: Tx, fields: ObjectFields, token: tuple[str, str | None] | None, fact: AnyFact) -> bool | None:
    """Write all, if what stands is older or nothing, the registry is as it is remembered, and so is the ``token``: its
    key and its ciphertext. Whether the object was there; None if nothing was written."""
    values = _given_of(tx, fields, fact) | {"registry": tx.memory.version}
    if token is not None:
        values |= {"token_key": token[0], "token_document": token[1]}
    row = _UNSEEN[token is not None].first(tx.conn, values)
    return None if row is None else not row.is_new


def _given_of(tx: Tx, fields: ObjectFields, fact: AnyFact) -> dict[str, Any]:
    fact = fact_rows.clamped(fact)
    values: dict[str, Any] = {f"object_{name}": value for name, value in row_of(tx, fields).items()}
    values |= {f"fact_{name}": value for name, value in fact_rows.to_row(fact).items()}
    values["bays"] = [bay for bay, own in bays_of(tx, [fact]).items() for _ in own]
    values["line"] = fact_rows.to_line(fact)
    return values


def _made(*, is_known: bool, has_token: bool) -> Any:
    written = (_replaced() if is_known else _created()).returning(_OBJECTS.c.id).cte("written")
    parts = _recorded(written)
    if has_token:
        parts.append(_token_kept(exists(select(written.c.id))).cte("kept"))
    return select(func.count().label("written")).select_from(written).add_cte(*parts)


def _made_unseen(*, has_token: bool) -> Any:
    # A row that an upsert found has the upsert's own transaction as the one that locked it.
    is_new = literal_column("ocpi_object.xmax = 0", Boolean()).label("is_new")
    written = _replacing(has_token=has_token).returning(_OBJECTS.c.id, is_new).cte("written")
    return select(written.c.is_new).add_cte(*_recorded(written))


def _recorded(written: Any) -> list[Any]:
    is_written = exists(select(written.c.id))
    row = {name: _given(_FACTS, "fact", name) for name in fact_rows.COLUMNS}
    recorded = (
        insert_in("postgresql", FactRow)
        .from_select([*row], select(*row.values()).where(is_written), include_defaults=False)
        .on_conflict_do_nothing(index_elements=["source", "source_id"])
        .returning(_FACTS.c.id)
        .cte("recorded")
    )
    waiting = select(func.unnest(bindparam("bays", type_=ARRAY(Text()))), bindparam("line", type_=Text()))
    return [
        insert_in("postgresql", WaitingFact)
        .from_select(["bay", "body"], waiting.where(exists(select(recorded.c.id))), include_defaults=False)
        .cte("waiting")
    ]


def _replacing(*, has_token: bool) -> Any:
    row = _object_given()
    is_remembered = func.coalesce(VERSION.scalar_subquery(), 0) == bindparam("registry")
    if has_token:
        own = (_TOKENS.c.key == bindparam("token_key")) & (_TOKENS.c.document == bindparam("token_document"))
        is_remembered &= exists(select(_TOKENS.c.key).where(own))
    statement = insert_in("postgresql", OcpiObject)
    statement = statement.from_select([*row], select(*row.values()).where(is_remembered), include_defaults=False)
    new = statement.excluded
    is_older = _OBJECTS.c.last_updated < new.last_updated
    set_ = {name: new[name] for name in _CHANGED}
    return statement.on_conflict_do_update(index_elements=_KEY, set_=set_, where=is_older)


def _object_given() -> dict[str, Any]:
    return {column.name: _given(_OBJECTS, "object", column.name) for column in _OBJECTS.c if column.name != "id"}


def _created() -> Any:
    row = _object_given()
    return insert_in("postgresql", OcpiObject).values(row).on_conflict_do_nothing(index_elements=_KEY)


def _replaced() -> Any:
    rows = _OBJECTS.c
    is_as_it_was = (
        (rows.id == bindparam("was_id"))
        & (rows.last_updated == bindparam("was_last_updated"))
        & (rows.document == bindparam("was_document"))
    )
    return update(_OBJECTS).where(is_as_it_was).values({name: _given(_OBJECTS, "object", name) for name in _CHANGED})


def _token_kept(condition: Any) -> Any:
    row = {column.name: _given(_TOKENS, "token", column.name) for column in _TOKENS.c}
    statement = insert_in("postgresql", Token)
    statement = statement.from_select([*row], select(*row.values()).where(condition), include_defaults=False)
    new = {name: statement.excluded[name] for name in ("document", "contract")}
    return statement.on_conflict_do_update(index_elements=["key"], set_=new)


def _given(of: Any, prefix: str, name: str) -> Any:
    return bindparam(f"{prefix}_{name}", type_=of.c[name].type)


def _statement(is_known: bool, has_token: bool) -> Statement:
    return Statement(lambda _: _made(is_known=is_known, has_token=has_token))


_UNSEEN = {
    True: Statement(lambda _: _made_unseen(has_token=True)),
    False: Statement(lambda _: _made_unseen(has_token=False)),
}
_STATEMENTS = {(known, token): _statement(known, token) for known in (False, True) for token in (False, True)}
