"""A Sparkplug edge node for tests: it numbers its messages, and what it says comes to a mapping or into a ledger."""

from collections.abc import Mapping as Table
from datetime import datetime
from typing import Any

from enforcement.facts import OccupancyRead
from ledger.database import Ledger
from ledger.rejects import Rejected
from sensors.keeping import keep
from sensors.mapping import Mapping
from sensors.mapping_document import parse_mapping
from sensors.reading import Message, Said
from sensors.sparkplug_wire import payload_class
from sensors.translate import Outcome, translate
from tests.conftest import minutes

TEXT = '[[subscription]]\ntopic = "spBv1.0/#"\nenvelope = "sparkplug"\nvalue = "Bays/{bay}/Occupied"\n'


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def bay(name: object, occupied: bool | None = None, *, alias: int | None = None, named: bool = True) -> dict[str, Any]:
    """A metric of a bay."""
    metric: dict[str, Any] = {"name": f"Bays/{name}/Occupied"} if named else {}
    metric |= {} if alias is None else {"alias": alias}
    return metric | ({"is_null": True} if occupied is None else {"boolean_value": occupied})


def packed(*metrics: Table[str, Any], at: float | None = 0, seq: int | None = None, bd_seq: int | None = None) -> bytes:
    """A payload; ``at``: minutes from noon."""
    payload = payload_class()()
    if at is not None:
        payload.timestamp = milliseconds(minutes(at))
    if seq is not None:
        payload.seq = seq
    for metric in metrics:
        payload.metrics.add(**metric)
    if bd_seq is not None:
        payload.metrics.add(name="bdSeq", long_value=bd_seq)
    return bytes(payload.SerializeToString())


class Edge:
    """The node ``lot/edge``. ``mapping``: what hears it, a new one after a restart of ours."""

    def __init__(self, text: str = TEXT, ledger: Ledger | None = None) -> None:
        self.mapping: Mapping = parse_mapping(text)
        self.ledger = ledger
        self.seq = 0
        self.bd_seq = 0

    def born(self, at: float, *metrics: Table[str, Any], **flags: Any) -> list[Said]:
        self.seq = 0
        return self._say("NBIRTH/edge", packed(*metrics, at=at, seq=0, bd_seq=self.bd_seq), at, **flags)

    def died(self, at: float, bd_seq: int | None = None, **flags: Any) -> list[Said]:
        number = self.bd_seq if bd_seq is None else bd_seq
        return self._say("NDEATH/edge", packed(at=None, bd_seq=number), at, **flags)

    def says(self, kind: str, at: float, *metrics: Table[str, Any], seq: int | None = None, **flags: Any) -> list[Said]:
        """``kind``: such as DDATA/edge/level1."""
        self.seq = (self.seq + 1) % 256 if seq is None else seq
        return self._say(kind, packed(*metrics, at=at, seq=self.seq), at, **flags)

    def refused(self, kind: str, at: float, *metrics: Table[str, Any]) -> str:
        self.seq = (self.seq + 1) % 256
        outcome = self.hears(kind, packed(*metrics, at=at, seq=self.seq), at)
        assert isinstance(outcome, Rejected), outcome
        return outcome.reason

    def lost(self, count: int = 1) -> None:
        """So many messages that never come."""
        self.seq = (self.seq + count) % 256

    def _say(self, kind: str, payload: bytes, at: float, **flags: Any) -> list[Said]:
        outcome = self.hears(kind, payload, at, **flags)
        assert not isinstance(outcome, Rejected), outcome
        return list(outcome) if isinstance(outcome, tuple) else [outcome] if outcome else []

    def hears(self, kind: str, payload: bytes, at: float, **flags: Any) -> Outcome:
        verb, _, node = kind.partition("/")
        outcome = translate(self.mapping, Message(f"spBv1.0/lot/{verb}/{node}", payload, minutes(at), **flags))
        if self.ledger is not None:
            with self.ledger.write(minutes(at)) as tx:
                keep(tx, [outcome])
        return outcome


def reads(said: list[Said]) -> list[OccupancyRead]:
    return [each.read for each in said if each.read is not None]


def states(said: list[Said]) -> dict[str, bool | None]:
    """What is said last of each sensor, by the last part of its name."""
    return {read.subject.rpartition("/")[2]: read.occupied for read in reads(said)}
