"""Writing down what the core decided: stays, violations and their steps, postings, messages, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import update

from enforcement.violations import State
from ledger import webhooks
from ledger.database import Tx, table
from ledger.judged import Judged, windows_of
from ledger.messages import Wanted, enqueue_notices
from ledger.plates import forget_plates
from ledger.postings import Due, post
from ledger.settlements import settle_violations
from ledger.statements import Statement, among
from ledger.stay_rows import write_stays
from ledger.violation_rows import changes, standing_violations, write_steps, write_violations
from models import ViolationRow

# What becomes of a violation that late facts took the ground from.
_GONE = {"state": State.CLEARED, "reason": "late_facts", "billable_s": 0, "fee_minor": 0, "tax_minor": 0}
_FINAL = frozenset({State.SETTLED, State.CLEARED, State.WAIVED})
_WARN = Statement(
    lambda dialect: (
        update(table(ViolationRow))
        .where(among(dialect, table(ViolationRow).c.key, "keys"), table(ViolationRow).c.state == State.WATCHED)
        .values(state=State.WARNED)
        .returning(table(ViolationRow).c.key)
    )
)


def write_judgements(tx: Tx, judged: Sequence[Judged]) -> None:
    """Make the rows say what the decisions say. Only what changed is written."""
    windows = windows_of(judged)
    write_stays(tx, judged, windows)
    standing = standing_violations(tx, judged, windows)
    written = [row for item in judged for row in changes(tx, item, standing)]
    write_violations(tx, written)
    forget_plates(tx, {s.stay.plate.plate for j in judged for s in j.decision.stays if s.stay.plate and s.is_final})
    webhooks.tell(tx, [(w.before, w.row) for w in written])
    wanted = [w.wanted for w in written if w.wanted is not None]
    wanted += [each for item in judged for each in _expected(item)]
    _warned(tx, enqueue_notices(tx, wanted))
    withdrawn = _withdraw(tx, judged, standing)
    post(tx, [*(w.due for w in written if w.due is not None), *withdrawn])
    corrected = [w.row["key"] for w in written if w.had_fee and w.row["state"] in _FINAL and not w.is_billed]
    settle_violations(tx, [w.row["key"] for w in written if w.is_billed], [*corrected, *(due.key for due in withdrawn)])


def _expected(item: Judged) -> Iterator[Wanted]:
    for judged in item.decision.stays:
        if judged.expected is not None and judged.policy is not None:
            yield Wanted(judged.expected, judged.stay, item.context, judged.policy.messages, is_expected=True)


def _warned(tx: Tx, keys: Sequence[str]) -> None:
    warned = _WARN.all(tx.conn, {"keys": keys}) if keys else []
    step = {"state": State.WARNED, "reason": "warned", "at": tx.now, "decided_at": tx.now}
    write_steps(tx, [{"violation": row.key, **step} for row in warned])


def _withdraw(tx: Tx, judged: Sequence[Judged], standing: Mapping[str, Any]) -> list[Due]:
    """Violations that late facts took the ground from: kept, as cleared, with their postings taken back."""
    by_bay = {item.bay: item for item in judged}
    found = {violation.key for item in judged for _, violation in item.violations()}
    out: list[Due] = []
    for key, row in standing.items():
        item = by_bay.get(row.bay)
        if key in found or item is None or row.state is State.CLEARED or not item.speaks_of(row.clock_started_at):
            continue
        rows = table(ViolationRow)
        tx.conn.execute(update(rows).where(rows.c.key == key).values({**_GONE, "updated_at": tx.now}))
        step = {"violation": key, "state": State.CLEARED, "reason": "late_facts", "at": tx.now, "decided_at": tx.now}
        write_steps(tx, [step])
        out.append(Due(key, None, row.currency, "late_facts"))
    webhooks.tell(tx, [(standing[due.key], {**standing[due.key]._asdict(), **_GONE}) for due in out])
    return out
