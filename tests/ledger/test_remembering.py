"""What a process remembers is looked up: nothing goes through all of it, however many bays it holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledger.assess import assess_due
from ledger.database import Ledger
from ledger.memory import Shelf
from ledger.record import record, record_due
from tests.conftest import minutes
from tests.support import lots


class _Large(Shelf[Any, Any]):
    """So large that nobody may go through it."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("all that is remembered was gone through")


def test_facts_and_their_bays_are_looked_up_in_what_is_remembered(ledger: Ledger) -> None:
    lots.build(ledger)
    lots.play(ledger, [*lots.heard(0, 20), lots.seen("a", 1, occupied=True)], 21)
    memory = ledger.remembered
    for shelf in (memory.ties, memory.contexts):
        shelf.__class__ = _Large
    with pytest.raises(AssertionError, match="gone through"):
        list(memory.ties)  # type: ignore[call-overload]
    for at, take in ((22, record), (24, record_due)):
        with ledger.write(minutes(at)) as tx:
            assert take(tx, [lots.seen("a", at, occupied=at == 22)]) == 1
            assert tx.memory is memory
    while assess_due(ledger, minutes(25)):
        pass
    assert isinstance(ledger.remembered.ties, _Large)
