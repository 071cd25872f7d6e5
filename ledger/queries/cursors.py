"""Places in a list of violations, as clients keep them between two pages."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = datetime.resolution
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two violations: everything after it began earlier, or at the same moment with a lower id."""

    clock_started_at: datetime
    id: int

    def encode(self) -> str:
        """The opaque text that a client sends back."""
        micros = (self.clock_started_at - _EPOCH) // _MICROSECOND
        return base64.urlsafe_b64encode(json.dumps([micros, self.id]).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """The cursor again. Raises ValueError for anything that is not one of ours."""
        try:
            micros, row_id = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
            if type(micros) is not int or type(row_id) is not int or not 0 < row_id <= _LARGEST_ID:
                raise ValueError("wrong types")
            return cls(_EPOCH + micros * _MICROSECOND, row_id)
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
            raise ValueError("not a cursor of this service") from error
