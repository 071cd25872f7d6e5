"""Record: facts once, and what follows from them, in the sender's one transaction."""

from collections.abc import Iterable, Sequence
from itertools import chain

from enforcement.facts import AnyFact
from ledger import due, feeds, waiting
from ledger import facts as fact_rows
from ledger.assess import assess
from ledger.database import Tx
from ledger.remembered_bays import bays_of


def record(tx: Tx, facts: Sequence[AnyFact]) -> int:
    """Write facts that are not known yet and assess their bays at once. Returns how many were new.

    The sender may be told that its facts are safe when the transaction is committed, not before.
    """
    new = fact_rows.append(tx, facts)
    about = bays_of(tx, new)
    _hear(tx, new, about)
    assess(tx, about)
    return len(new)


def record_due(tx: Tx, facts: Sequence[AnyFact]) -> int:
    """Write facts that are not known yet and make their bays due: who assesses them next, folds them in.

    For a door that takes one fact at a time: it costs a third of :func:`record`, and the result is the same.
    """
    new = fact_rows.append(tx, facts)
    _hear(tx, new)
    waiting.wait(tx, bays_of(tx, new))
    return len(new)


def _hear(tx: Tx, new: Sequence[AnyFact], about: Iterable[str] = ()) -> None:
    """Note when networks were heard, and wake the bays that waited for them.

    Whoever judges one of its bays at this moment may know nothing of this word, so all of them are taken before it is
    asked which ones wait. They are taken at once: some now and some later could be a circle.
    """
    news = feeds.hear(tx, new) if new else []
    if not news:
        return
    bays = [feeds.bays_of(tx.conn, each) for each in news]
    due.hold(tx.conn, [*about, *chain.from_iterable(bays)])
    for each, of_network in zip(news, bays, strict=True):
        is_past, found = feeds.woken(tx.conn, each, of_network)
        due.look_again(tx, found, is_stale=is_past)
