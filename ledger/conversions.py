"""How values of columns go to a driver and come back, and what lists of them are in a statement."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Any, cast

import msgspec
from sqlalchemy import ARRAY, DateTime, String, Text
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine
from sqlmodel import AutoString

Convert = Callable[[Any], Any]
ConvertMany = Callable[[Sequence[Any]], Sequence[Any]]
_ENCODE = msgspec.json.Encoder().encode
_WITH_MICROSECONDS = len("2026-03-02 17:00:00.000000")


class JsonList(TypeDecorator[Any]):
    """A list that SQLite takes apart itself."""

    impl = Text
    cache_ok = True


class Word(TypeDecorator[Any]):
    """A value of an enumeration, in an array."""

    impl = Text
    cache_ok = True


def element(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What an array of a column's values holds. Without a length: a cast would cut what a column refuses."""
    if isinstance(kind, SqlEnum):
        return Word()
    return Text() if isinstance(kind, String | AutoString) else kind


def into(kind: TypeEngine[Any], dialect: str) -> Convert | None:
    """How a value of a column goes to the driver; None: as it is."""
    if isinstance(kind, ARRAY):
        return partial(_array, into(kind.item_type, dialect) or (lambda value: value))
    if isinstance(kind, JsonList):
        return _json
    if isinstance(kind, SqlEnum | Word):
        return _plain
    if _is_moment(kind):
        return _text_of if dialect == "sqlite" else _iso
    return None


def out_of(kind: TypeEngine[Any], dialect: str) -> Convert | None:
    """How a value of a column comes back from the driver; None: as it is."""
    if isinstance(kind, SqlEnum):
        return {member.value: member for member in cast(Any, kind.enum_class)}.__getitem__
    if _is_moment(kind):
        return _moment_of if dialect == "sqlite" else _utc
    return bool if isinstance(kind, Boolean) and dialect == "sqlite" else None


def of_many(convert: Convert | None) -> ConvertMany:
    """The same for a whole column, in which moments cost a quarter of what they do one by one."""
    if convert is None:
        return list
    if convert is _text_of:
        return _texts_of
    return _moments_of if convert is _moment_of else partial(_each, convert)


def _each(convert: Convert, values: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None else convert(value) for value in values]


def _is_moment(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, DateTime)


def _array(convert: Convert, values: Sequence[Any]) -> str:
    """A list as PostgreSQL's own text of an array: the driver would take ten times as long to write it.

    JSON's is the same but for its brackets, what a backslash stands before, and moments without an offset.
    """
    if convert is _iso and any(value is not None and value.tzinfo is None for value in values):
        raise ValueError("a moment without its offset")
    text = _ENCODE(values).decode()
    if "\\" not in text:
        return "{" + text[1:-1] + "}"
    return "{" + ",".join(["NULL" if value is None else _item(convert(value)) for value in values]) + "}"


def _item(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _json(values: Any) -> str:
    return _ENCODE(values).decode()


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("a moment without its offset")
    return moment.astimezone(UTC)


def _iso(moment: datetime) -> str:
    return _utc(moment).isoformat()


def _text_of(moment: datetime) -> str:
    """As SQLAlchemy writes it on SQLite: UTC without its offset, microseconds always."""
    text = _ENCODE(_utc(moment)).decode()  # in quotes and with a Z; datetime's own isoformat takes five times as long
    return f"{text[1:11]} {text[12:20]}{text[20:-2] or '.000000'}"


def _texts_of(moments: Sequence[datetime | None]) -> Sequence[str | None]:
    given = [moment for moment in moments if moment is not None]
    texts = _ENCODE(given).decode()
    if texts.count('Z"') != len(given) or not given:  # not all of them are UTC
        return [None if moment is None else _text_of(moment) for moment in moments]
    each = texts[2:-3].replace("T", " ").split('Z","')
    whole = [text if len(text) == _WITH_MICROSECONDS else f"{text}.000000" for text in each]
    if len(given) == len(moments):
        return whole
    rest = iter(whole)
    return [None if moment is None else next(rest) for moment in moments]


def _moments_of(texts: Sequence[str | None]) -> Sequence[datetime | None]:
    read = datetime.fromisoformat
    return [None if text is None else read(text + "+00:00") for text in texts]


def _moment_of(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")
