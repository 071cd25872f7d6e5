"""What all rows share: names of constraints, identity columns and how enumerations are stored."""

from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlalchemy import Enum as SqlEnum
from sqlmodel import SQLModel

METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only in a plain INTEGER primary key.
BIG_ID = BigInteger().with_variant(Integer, "sqlite")


# Marks a column that holds ciphertexts of the vault, whole or within a longer text: a new key goes through all of them.
SEALED: dict[str, Any] = {"info": {"sealed": True}}


def enum_type(enum: type[Enum]) -> Any:
    """A VARCHAR that holds an enumeration's *values*, checked by the database; not a native PostgreSQL type."""
    return SqlEnum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
        name=enum.__name__.lower(),
    )
