"""OCPI's own tables of fields, held against what we send: types, lengths, cardinalities, enumerations."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "ocpi" / "field_tables.txt"
_TYPE = re.compile(r"(\w+)(?:\((\d+)\))?")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LATITUDE, _LONGITUDE = re.compile(r"-?\d{1,2}\.\d{5,7}"), re.compile(r"-?\d{1,3}\.\d{5,7}")

Fields = dict[str, tuple[str, str]]


@cache
def tables() -> dict[str, tuple[dict[str, Fields], dict[str, frozenset[str]]]]:
    """By version: the classes with their fields (type, cardinality), and the enumerations."""
    out: dict[str, tuple[dict[str, Fields], dict[str, frozenset[str]]]] = {}
    version = ""
    for line in _FILE.read_text().splitlines():
        if line.startswith("["):
            version = line.strip("[]")
            out[version] = ({}, {})
        elif line.startswith("enum "):
            name, _, values = line.removeprefix("enum ").partition(": ")
            out[version][1][name] = frozenset(values.split())
        elif ": " in line and not line.startswith("#"):
            name, _, fields = line.partition(": ")
            parts = (field.split() for field in fields.split("; "))
            out[version][0][name] = {field: (kind, card) for field, kind, card in parts}
    return out


def faults(document: Any, name: str, version: str, place: str = "") -> Iterator[str]:
    """What in an object is not as its table says; nothing where it is."""
    place = place or name
    if not isinstance(document, dict):
        yield f"{place}: not an object"
        return
    fields = tables()[version][0][name]
    yield from (f"{place}.{unknown}: not in the table" for unknown in document.keys() - fields.keys())
    for field, (kind, cardinality) in fields.items():
        yield from _field(document.get(field), f"{place}.{field}", kind, cardinality, version)


def _field(value: Any, place: str, kind: str, cardinality: str, version: str) -> Iterator[str]:
    if value is None:
        if cardinality in "1+":
            yield f"{place}: missing"
    elif cardinality in "*+":
        if not isinstance(value, list) or (cardinality == "+" and not value):
            yield f"{place}: not a list of {cardinality}"
            return
        for index, item in enumerate(value):
            yield from _value(item, f"{place}[{index}]", kind, version)
    else:
        yield from _value(value, place, kind, version)


def _value(value: Any, place: str, kind: str, version: str) -> Iterator[str]:
    classes, enums = tables()[version]
    found = _TYPE.fullmatch(kind)
    assert found is not None, kind
    name, limit = found[1], int(found[2] or 0)
    if name in classes:
        yield from faults(value, name, version, place)
        if name == "GeoLocation":
            yield from _geo(value, place)
    elif name in enums:
        if value not in enums[name]:
            yield f"{place}: {value!r} is no {name}"
    elif name in ("number", "int"):
        yield from _number(value, place, is_whole=name == "int")
    elif name == "boolean":
        if not isinstance(value, bool):
            yield f"{place}: {value!r} is no boolean"
    elif not isinstance(value, str):
        yield f"{place}: {value!r} is no text"
    else:
        yield from _text(value, place, name, limit, version)


def _number(value: Any, place: str, *, is_whole: bool) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        yield f"{place}: {value!r} is no number"
    elif is_whole and value != int(value):
        yield f"{place}: {value!r} is no whole number"
    elif value != round(Decimal(value), 4):
        yield f"{place}: {value!r} has more than 4 decimals"


def _text(value: str, place: str, name: str, limit: int, version: str) -> Iterator[str]:
    if name == "DateTime":
        if not _DATE_TIME.fullmatch(value):
            yield f"{place}: {value!r} is no DateTime"
        return
    assert name in ("string", "CiString", "URL"), name
    limit = 255 if name == "URL" else limit
    if limit and len(value) > limit:
        yield f"{place}: longer than {limit}"
    if not value or not value.isprintable() or ((name == "CiString" or version == "2.1.1") and not value.isascii()):
        yield f"{place}: {value!r} has characters that it may not have"


def _geo(value: Any, place: str) -> Iterator[str]:
    if not _LATITUDE.fullmatch(value["latitude"]) or not _LONGITUDE.fullmatch(value["longitude"]):
        yield f"{place}: {value!r} is not of the form"
