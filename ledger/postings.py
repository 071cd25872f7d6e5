"""Money as entries that sum to zero. An entry is never changed: a correction takes it back and posts a new one.

Accounts: ``driver:<token>`` owes the total, ``operator:<network>`` earns the net, ``tax:<name>`` is owed to the state.
A violation without a token has nobody to bill and posts nothing: it can only be reported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from enforcement.violations import State, Violation
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.statements import Statement, among
from models import Entry, Posting

_FINAL = frozenset({State.ENDED, State.SETTLED})

Lines = dict[str, int]

_ENTRIES, _POSTINGS = table(Entry), table(Posting)
_STANDING = Statement(
    lambda dialect: (
        select(_ENTRIES.c.violation, _ENTRIES.c.number, _ENTRIES.c.reverses, _POSTINGS)
        .join(_POSTINGS, _POSTINGS.c.entry == _ENTRIES.c.id)
        .where(among(dialect, _ENTRIES.c.violation, "keys"))
        .order_by(_ENTRIES.c.violation, _ENTRIES.c.number)
    )
)
_ENTER = Statement(
    lambda _: (
        _ENTRIES.insert()
        .values({name: bindparam(name) for name in ("violation", "number", "reverses", "reason", "posted_at")})
        .returning(_ENTRIES.c.id)
    )
)
_POST = Rows(Posting)


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
    out: dict[str, tuple[int, Lines | None, str]] = {}
    for row in _STANDING.all(tx.conn, {"keys": keys}):
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
    entry = _ENTER.first(tx.conn, row).id
    amounts = [
        {"entry": entry, "account": account, "amount_minor": amount, "currency": currency}
        for account, amount in lines.items()
    ]
    _POST.write(tx.conn, amounts)
