"""What a process remembers is looked up: nothing goes through all of it, however many bays it holds."""

from collections.abc import Iterator
from typing import Any

from ledger.assess import assess_due
from ledger.database import Ledger
from ledger.record import record, record_due
from tests.conftest import minutes
from tests.support import lots


class _Large(dict[Any, Any]):
    """So large that nobody may go through it."""

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("all that is remembered was gone through")

    keys = values = items = __iter__  # type: ignore[assignment]


def test_facts_and_their_bays_are_looked_up_in_what_is_remembered(ledger: Ledger) -> None:
    lots.build(ledger)
    lots.play(ledger, [*lots.heard(0, 20), lots.seen("a", 1, occupied=True)], 21)
    memory = ledger.remembered
    assert memory.ties
    assert memory.contexts
    memory.ties, memory.contexts = _Large(memory.ties), _Large(memory.contexts)
    for at, take in ((22, record), (24, record_due)):
        with ledger.write(minutes(at)) as tx:
            assert take(tx, [lots.seen("a", at, occupied=at == 22)]) == 1
            assert tx.memory is memory
    while assess_due(ledger, minutes(25)):
        pass
    assert isinstance(ledger.remembered.ties, _Large)
