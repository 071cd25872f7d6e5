"""Record: facts once, and what follows from them, in the sender's one transaction."""

from collections.abc import Sequence

from enforcement.facts import AnyFact
from ledger import facts as fact_rows
from ledger import feeds
from ledger.assess import assess
from ledger.database import Tx
from ledger.settings_of_bays import bays_of


def record(tx: Tx, facts: Sequence[AnyFact]) -> int:
    """Write facts that are not known yet and assess their bays at once. Returns how many were new.

    The sender may be told that its facts are safe when the transaction is committed, not before.
    """
    new = fact_rows.append(tx, facts)
    if new:
        feeds.hear(tx, new)
        assess(tx, bays_of(tx, new))
    return len(new)
