"""Messages on the console instead of on telephones: the default, so that a new installation reaches nobody."""

import sys
from typing import TextIO

from ledger.deliveries import Outcome
from models.outbox import Delivery
from notifications.channels.base import Letter, masked


class ConsoleChannel:
    """Prints one line a message, with the number masked."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stdout if out is None else out

    def send(self, letter: Letter) -> Outcome:
        """Print it. What was printed counts as sent; nothing will say that it was read."""
        print(f"SMS to {masked(letter.phone)}: {letter.text}", file=self._out, flush=True)
        return Outcome(Delivery.SENT)
