"""Money as entries that sum to zero. An entry is never changed: a correction takes it back and posts a new one.

Accounts: ``driver:<token>`` owes the total, ``operator:<network>`` earns the net, ``tax:<name>`` is owed to the state.
A violation without a token has nobody to bill and posts nothing: it can only be reported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from enforcement.violations import State, Violation
from ledger.database import Tx, table
from models import Entry, Posting

_FINAL = frozenset({State.ENDED, State.SETTLED})

Lines = dict[str, int]


@dataclass(frozen=True, slots=True)
class Due:
    """What a violation's postings must come to now; None: nothing (it runs still, or was withdrawn)."""

    key: str
    lines: Lines | None
    currency: str
    reason: str


def due(violation: Violation, network: str | None, state: State) -> Due:
    """What the ledger must hold of a violation, whose ``state`` may be a person's: what is waived is owed by nobody."""
    fee = violation.fee
    if violation.state not in _FINAL or state is State.WAIVED or violation.token is None or fee.total_minor == 0:
        return Due(violation.key, None, fee.currency, violation.reason)
    lines = {f"driver:{violation.token}": fee.total_minor, f"operator:{network or 'unknown'}": -fee.net_minor}
    lines |= {f"tax:{tax.name}": -tax.amount_minor for tax in fee.taxes}
    return Due(violation.key, lines, fee.currency, violation.reason)


def post(tx: Tx, dues: Sequence[Due]) -> None:
    """Make the ledger come to this, by reversals and new entries where it does not yet."""
    standing = _standing(tx, [item.key for item in dues]) if dues else {}
    for item in dues:
        number, lines, currency = standing.get(item.key, (0, None, item.currency))
        if (lines, currency) == (item.lines, item.currency) or (lines is None and item.lines is None):
            continue
        if lines is not None:
            number += 1
            back = {account: -amount for account, amount in lines.items()}
            _entry(tx, item.key, number, back, currency, reason="correction", reverses=number - 1)
        if item.lines is not None:
            _entry(tx, item.key, number + 1, item.lines, item.currency, reason=item.reason, reverses=None)


def balance(lines: Iterable[int]) -> int:
    """What an entry's amounts come to: 0, always."""
    return sum(lines)


def _standing(tx: Tx, keys: Sequence[str]) -> dict[str, tuple[int, Lines | None, str]]:
    """For each violation the number of its last entry, and that entry's lines unless it was a reversal."""
    entries, postings = table(Entry), table(Posting)
    query = (
        select(entries.c.violation, entries.c.number, entries.c.reverses, postings)
        .join(postings, postings.c.entry == entries.c.id)
        .where(entries.c.violation.in_(keys))
        .order_by(entries.c.violation, entries.c.number)
    )
    out: dict[str, tuple[int, Lines | None, str]] = {}
    for row in tx.conn.execute(query):
        number, lines, _ = out.get(row.violation, (0, None, row.currency))
        if row.number != number:
            lines = None if row.reverses is not None else {}
        if lines is not None:
            lines = {**lines, row.account: row.amount_minor}
        out[row.violation] = (row.number, lines, row.currency)
    return out


def _entry(tx: Tx, key: str, number: int, lines: Lines, currency: str, *, reason: str, reverses: int | None) -> None:
    if balance(lines.values()) != 0:
        raise ArithmeticError(f"an entry of {key} does not balance: {lines}")
    row = {"violation": key, "number": number, "reverses": reverses, "reason": reason, "posted_at": tx.now}
    inserted = tx.conn.execute(table(Entry).insert().values(row)).inserted_primary_key
    entry = inserted[0] if inserted else None
    amounts = [
        {"entry": entry, "account": account, "amount_minor": amount, "currency": currency}
        for account, amount in lines.items()
    ]
    tx.conn.execute(table(Posting).insert(), amounts)
