"""What becomes known besides a bay's facts, and whose price that may change: these bays are judged again."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from enforcement.needs import needs
from enforcement.steps import Step
from enforcement.violations import State
from ledger import due, memberships, policies
from ledger.circumstances import remembered_needs
from ledger.database import Tx, table
from ledger.remembered_bays import remembered
from ledger.statements import Statement, among
from models import Message, ViolationRow

_OVER = frozenset({State.SETTLED, State.CLEARED, State.WAIVED, State.REFERRED})
_violations, _messages = table(ViolationRow).c, table(Message).c
_BAYS_OF = Statement(
    lambda dialect: select(_violations.bay).where(among(dialect, _violations.token, "tokens")).distinct()
)


def delivered(tx: Tx, message: int) -> None:
    """A receipt says that a message reached its driver: where a grace begins with that, the bay is due."""
    query = select(_violations.bay, _violations.state).join_from(table(Message), table(ViolationRow))
    row = tx.conn.execute(query.where(_messages.id == message, _messages.step == Step.GRACE_RUNNING.value)).first()
    if row is None:
        return
    context = remembered(tx, [row.bay]).get(row.bay)
    if context is not None and remembered_needs(tx, context, policies.remembered(tx)).warnings:
        due.look_again(tx, [row.bay], is_stale=row.state in _OVER)


def put_members(tx: Tx, name: str, members: Sequence[memberships.MembershipFields], *, is_permit: bool) -> None:
    """Make a group, or a kind of permit, consist of these, and judge again whom that concerns."""
    tokens_changed(tx, memberships.put(tx, name, is_permit=is_permit, members=members))


def tokens_changed(tx: Tx, tokens: Iterable[str]) -> None:
    """Whose a token is, or what it is entitled to, has changed: bays where it was seen are folded again."""
    wanted = needs(policies.remembered(tx))
    if not wanted.driver_days and not wanted.memberships:
        return
    due.look_again(tx, (row.bay for row in _BAYS_OF.all(tx.conn, {"tokens": sorted(set(tokens))})))
