"""What the sender asks of a channel, and the two ways in which it can fail: it did not leave, or nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from ledger.deliveries import Outcome


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way out. ``phone`` is E.164; ``valid_for``: how long it is still worth delivering."""

    id: int
    phone: str = field(repr=False)
    text: str
    valid_for: timedelta


class TransportError(Exception):
    """The message has not left. ``permanent``: nor will it ever; else it may be tried again, safely.

    ``reason`` is shown to operators and holds no personal data. ``opted_out``: the driver said so to the provider.
    ``unusable``: the number takes no SMS. ``alert``: the provider's code for what only the operator can mend.
    ``of_all``: no other message would leave now either.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        opted_out: bool = False,
        unusable: bool = False,
        alert: str | None = None,
        of_all: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.opted_out = opted_out
        self.unusable = unusable
        self.alert = alert
        self.of_all = of_all


class NoAnswerError(Exception):
    """The message may have left: the provider was reached and did not say. It must not be sent again."""


class Channel(Protocol):
    """Sends one message at a time, and gives up well within :data:`ledger.claimed_messages.LEASE`."""

    def send(self, letter: Letter) -> Outcome:
        """Hand a message over. Raises TransportError or NoAnswerError."""
        ...


@runtime_checkable
class TracingChannel(Channel, Protocol):
    """A channel whose provider can be asked what became of a message."""

    def find(self, phone: str, text: str, since: datetime) -> Sequence[Outcome]:
        """What the provider sent to this number with this text since then. Raises TransportError, NoAnswerError."""
        ...


def masked(phone: str) -> str:
    """A number as people may see it: ``+1*****0123``."""
    return f"{phone[:2]}{'*' * max(len(phone) - 6, 5)}{phone[-4:]}"
