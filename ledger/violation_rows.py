"""The rows of violations and of their steps: what a decision makes of those that stand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from enforcement.setting import DEFAULT_HABITS, Settlement
from enforcement.telling import USUAL
from enforcement.violations import State
from ledger.batches import Rows
from ledger.changes import Changes
from ledger.database import Tx, table
from ledger.judged import Judged, Windows, standing_rows
from ledger.messages import Wanted
from ledger.postings import Due, due
from ledger.violation_values import step_of, values_of
from models import ViolationRow, ViolationStep
from models.violations import VIOLATION_IS_OPEN

# What others may have to hear of when it changes.
_NEWS = ("state", "fee_minor", "token", "ended_at")

_VIOLATIONS = standing_rows(table(ViolationRow), VIOLATION_IS_OPEN)
_WRITE = Rows(ViolationRow, ["key"], "public_id")
_CHANGE = Changes(ViolationRow, "key")
_WRITE_STEPS = Rows(ViolationStep)


class Written(NamedTuple):
    """A violation of which something changed, or is to be told. ``before``: its row as it stood, if it did."""

    row: dict[str, Any]
    changed: dict[str, Any]
    step: dict[str, Any] | None
    wanted: Wanted | None
    due: Due | None
    is_billed: bool
    had_fee: bool
    before: Any


def standing_violations(tx: Tx, judged: Sequence[Judged], windows: Windows) -> dict[str, Any]:
    """The violation rows that these decisions speak of."""
    keys = [violation.key for item in judged for _, violation in item.violations()]
    found = _VIOLATIONS.all(tx.conn, {"keys": keys, **windows})
    return {row.key: row for row in found}


def changes(tx: Tx, item: Judged, standing: Mapping[str, Any]) -> Iterator[Written]:
    """The violations of a decision that differ from what stands, and those that may have to be told again."""
    for judged, violation in item.violations():
        before: Any = standing.get(violation.key)
        row = values_of(tx, item, judged, violation, before)
        telling = USUAL if judged.policy is None else judged.policy.messages
        goes_on = violation.state is State.WATCHED or (violation.state is State.RUNNING and telling.goes_on)
        changed = row if before is None else _differing(before, row)
        if not changed and not goes_on:
            continue
        is_step = "state" in changed
        is_news = not changed.keys().isdisjoint(_NEWS)
        # While the grace runs, somebody may become reachable at any moment; what was written once is not written again.
        is_told = is_news or goes_on
        yield Written(
            row=row,
            changed=changed,
            step=step_of(tx, violation, row["state"]) if is_step else None,
            wanted=Wanted(violation, judged.stay, item.context, telling)
            if is_told and row["state"] is not State.WAIVED
            else None,
            due=due(violation, row["network"], row["state"]) if is_news else None,
            is_billed=_is_billed(item, row),
            had_fee=before is not None and before.fee_minor > 0,
            before=before,
        )


def write_violations(tx: Tx, written: Sequence[Written]) -> None:
    """Write what changed, and a step for each that has a new state."""
    _WRITE.write(tx.conn, [w.row for w in written if w.before is None])
    standing = (w for w in written if w.before is not None)
    _CHANGE.write(tx.conn, ({"key": w.row["key"], **w.changed, "updated_at": tx.now} for w in standing))
    write_steps(tx, [w.step for w in written if w.step is not None])


def write_steps(tx: Tx, steps: Sequence[Mapping[str, Any]]) -> None:
    """Add steps to those that violations have gone through."""
    _WRITE_STEPS.write(tx.conn, steps)


def _is_billed(item: Judged, row: Mapping[str, Any]) -> bool:
    """Whether it is final and costs something at a network whose fees we collect."""
    habits = item.context.setting.networks.get(row["network"], DEFAULT_HABITS)
    is_ours = habits.settlement is Settlement.US and row["state"] is State.SETTLED
    return is_ours and bool(row["fee_minor"] + row["tax_minor"])


def _differing(before: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if getattr(before, name) != value and name != "updated_at"}
