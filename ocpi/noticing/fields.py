"""Fields of documents that nobody has checked: what can't be read is not there."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ocpi.errors import Refused
from ocpi.reading import moment, number
from ocpi.wire import Document


def number_in(document: Document, name: str) -> Decimal | None:
    """A number."""
    try:
        return number(document, name)
    except Refused:
        return None


def moment_in(document: Document, *names: str) -> datetime | None:
    """A moment, under the first of these names that has one."""
    for name in names:
        try:
            found = moment(document, name)
        except Refused:
            found = None
        if found is not None:
            return found
    return None


def list_in(document: Any, name: str) -> list[Any]:
    """A list of anything."""
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def objects_in(document: Any, name: str) -> list[Document]:
    """The objects in a list."""
    return [item for item in list_in(document, name) if isinstance(item, dict)]
