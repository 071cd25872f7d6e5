"""How a message gets its words without the ledger knowing any: the composition root hands a composer in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from enforcement.steps import Notice
from enforcement.violations import Violation


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens, as a driver reads it; ``zone`` is the IANA time zone of the station.

    ``code``: what the driver types to see the stay's page, if they have one.
    """

    station: str
    bay: str
    zone: str
    code: str = ""


class Composer(Protocol):
    """Writes the text of a message. Pure: the text is frozen in the transaction that decides it."""

    def __call__(self, notice: Notice, violation: Violation, place: Place, language: str, now: datetime) -> str:
        """The words of one message in one language."""
        ...
