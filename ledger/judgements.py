"""Writing down what the core decided: stays, violations and their steps, postings, messages, in one transaction."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, and_, delete, or_, select, text, update

from enforcement.decision import Decision
from enforcement.judging import JudgedStay
from enforcement.setting import DEFAULT_HABITS, Settlement
from enforcement.telling import USUAL
from enforcement.timeline import Stretch
from enforcement.violations import EXEMPTIONS, State, Violation
from ledger import notices, policies, webhooks
from ledger.batches import Changes, Rows
from ledger.database import Tx, table
from ledger.explanations import explain
from ledger.messages import Wanted, enqueue_notices
from ledger.plates import forget_plates
from ledger.postings import Due, due, post
from ledger.settings_of_bays import BayContext
from ledger.settlements import settle_violations
from ledger.statements import Statement, among
from models import StayRow, ViolationRow, ViolationStep
from models.violations import STAY_IS_OPEN, VIOLATION_IS_OPEN

Windows = Mapping[str, list[str]]
# What becomes of a violation that late facts took the ground from.
_GONE = {"state": State.CLEARED, "reason": "late_facts", "billable_s": 0, "fee_minor": 0, "tax_minor": 0}
# States that a person, or an effect, has given: the core's own does not undo them.
_KEPT = frozenset({State.WAIVED, State.DISPUTED, State.REFERRED})
_FINAL = frozenset({State.SETTLED, State.CLEARED, State.WAIVED})
# What others may have to hear of when it changes.
_NEWS = ("state", "fee_minor", "token", "ended_at")


class _Stay(NamedTuple):
    """The row of a stay; equal to one that was read, where nothing changed."""

    key: str
    bay: str
    arrived_at: datetime
    left_at: datetime | None
    token: str | None
    policy: str | None
    notice: str | None
    is_final: bool


def _standing_rows(rows: Table, is_open: str, columns: Sequence[str] = ()) -> Statement:
    """Rows by key, all of some bays, and the open ones of others."""

    def make(dialect: str) -> Select[Any]:
        own = and_(among(dialect, rows.c.bay, "partly"), text(is_open))
        asked = [rows.c[name] for name in columns or rows.c.keys()]
        return select(*asked).where(or_(among(dialect, rows.c.key, "keys"), among(dialect, rows.c.bay, "whole"), own))

    return Statement(make)


_VIOLATIONS = _standing_rows(table(ViolationRow), VIOLATION_IS_OPEN)
_STAYS = _standing_rows(table(StayRow), STAY_IS_OPEN, _Stay._fields)
_WRITE_VIOLATIONS = Rows(ViolationRow, ["key"], "public_id")
_CHANGE_VIOLATIONS = Changes(ViolationRow, "key")
_WRITE_STAYS = Rows(StayRow, ["key"])
_WRITE_STEPS = Rows(ViolationStep)
_WARN = Statement(
    lambda dialect: (
        update(table(ViolationRow))
        .where(among(dialect, table(ViolationRow).c.key, "keys"), table(ViolationRow).c.state == State.WATCHED)
        .values(state=State.WARNED)
        .returning(table(ViolationRow).c.key)
    )
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A bay with its decision. ``since``: the decision speaks of stays after this only; None: of all.

    ``is_whole``: it was made anew from all facts that are kept, so that rows which it does not name are gone.
    """

    context: BayContext
    decision: Decision
    state: Any
    since: datetime | None
    is_whole: bool

    @property
    def bay(self) -> str:
        """The bay's id."""
        return self.context.setting.bay

    def violations(self) -> Iterator[tuple[JudgedStay, Violation]]:
        """All violations with the stays that they are of."""
        for judged in self.decision.stays:
            for violation in judged.violations:
                yield judged, violation


def write_judgements(tx: Tx, judged: Sequence[Judged]) -> None:
    """Make the rows say what the decisions say. Only what changed is written."""
    windows = _windows(judged)
    _write_stays(tx, judged, windows)
    standing = _standing(tx, judged, windows)
    written = [row for item in judged for row in _changed(tx, item, standing)]
    _write_violations(tx, written)
    forget_plates(tx, {s.stay.plate.plate for j in judged for s in j.decision.stays if s.stay.plate and s.is_final})
    webhooks.tell(tx, [(w.before, w.row) for w in written])
    wanted = [w.wanted for w in written if w.wanted is not None]
    wanted += [each for item in judged for each in _expected(item)]
    _warned(tx, enqueue_notices(tx, wanted))
    withdrawn = _withdraw(tx, judged, standing)
    post(tx, [*(w.due for w in written if w.due is not None), *withdrawn])
    corrected = [w.row["key"] for w in written if w.had_fee and w.row["state"] in _FINAL and not w.is_billed]
    settle_violations(tx, [w.row["key"] for w in written if w.is_billed], [*corrected, *(due.key for due in withdrawn)])


class _Written(NamedTuple):
    row: dict[str, Any]
    changed: dict[str, Any]
    step: dict[str, Any] | None
    wanted: Wanted | None
    due: Due | None
    is_billed: bool
    had_fee: bool
    before: Any


def _standing(tx: Tx, judged: Sequence[Judged], windows: Windows) -> dict[str, Any]:
    """The violation rows that these decisions speak of."""
    keys = [violation.key for item in judged for _, violation in item.violations()]
    found = _VIOLATIONS.all(tx.conn, {"keys": keys, **windows})
    return {row.key: row for row in found}


def _windows(judged: Sequence[Judged]) -> Windows:
    """Of bays that were folded anew all rows are meant, of others those that are not over."""
    return {
        "whole": [item.bay for item in judged if item.is_whole or item.since is None],
        "partly": [item.bay for item in judged if not item.is_whole and item.since is not None],
    }


def _changed(tx: Tx, item: Judged, standing: Mapping[str, Any]) -> Iterator[_Written]:
    for judged, violation in item.violations():
        before: Any = standing.get(violation.key)
        row = _row(tx, item, judged, violation, before)
        telling = USUAL if judged.policy is None else judged.policy.messages
        goes_on = violation.state is State.WATCHED or (violation.state is State.RUNNING and telling.goes_on)
        changed = row if before is None else _differing(before, row)
        if not changed and not goes_on:
            continue
        is_step = "state" in changed
        is_news = not changed.keys().isdisjoint(_NEWS)
        # While the grace runs, somebody may become reachable at any moment; what was written once is not written again.
        is_told = is_news or goes_on
        yield _Written(
            row=row,
            changed=changed,
            step=_step(tx, violation, row["state"]) if is_step else None,
            wanted=Wanted(violation, judged.stay, item.context, telling)
            if is_told and row["state"] is not State.WAIVED
            else None,
            due=due(violation, row["network"], row["state"]) if is_news else None,
            is_billed=_is_billed(item, row),
            had_fee=before is not None and before.fee_minor > 0,
            before=before,
        )


def _expected(item: Judged) -> Iterator[Wanted]:
    for judged in item.decision.stays:
        if judged.expected is not None and judged.policy is not None:
            yield Wanted(judged.expected, judged.stay, item.context, judged.policy.messages, is_expected=True)


def _is_billed(item: Judged, row: Mapping[str, Any]) -> bool:
    """Whether it is final and costs something at a network whose fees we collect."""
    habits = item.context.setting.networks.get(row["network"], DEFAULT_HABITS)
    is_ours = habits.settlement is Settlement.US and row["state"] is State.SETTLED
    return is_ours and bool(row["fee_minor"] + row["tax_minor"])


def _differing(before: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if getattr(before, name) != value and name != "updated_at"}


def _row(tx: Tx, item: Judged, judged: JudgedStay, violation: Violation, before: Any) -> dict[str, Any]:
    setting = item.context.setting
    fee = violation.fee
    return {
        "public_id": str(uuid.uuid4()) if before is None else before.public_id,
        "key": violation.key,
        "bay": violation.bay,
        "station": setting.station,
        "network": "*".join(setting.station.split("*")[:2]),
        "kind": violation.kind,
        "state": _state(violation, before),
        "reason": violation.reason,
        "policy": violation.policy,
        "session": violation.session,
        "token": violation.token,
        "plate": None if judged.stay.plate is None else judged.stay.plate.plate,
        "clock_started_at": violation.clock_started_at,
        "grace_ends_at": violation.grace_ends_at,
        "violated_at": violation.violated_at,
        "ended_at": violation.ended_at,
        "billable_s": int(fee.billable.total_seconds()),
        "fee_minor": fee.net_minor,
        "tax_minor": fee.tax_minor,
        "currency": fee.currency,
        "explanation": explain(_told(judged, violation), fee, violation.clause, tx.now),
        "synthetic": item.context.synthetic,
        "updated_at": tx.now,
    }


def _told(judged: JudgedStay, violation: Violation) -> list[Stretch]:
    """The timeline up to the violation's end: what came later in the stay is not a reason for it."""
    return [s for s in judged.stretches if violation.ended_at is None or s.start < violation.ended_at]


def _state(violation: Violation, before: Any) -> State:
    if before is None:
        return violation.state
    is_kept = before.state in _KEPT and before.reason not in EXEMPTIONS
    if is_kept and violation.state is not State.CLEARED:
        return State(before.state)
    if before.state is State.WARNED and violation.state is State.WATCHED:
        return State.WARNED
    return violation.state


def _step(tx: Tx, violation: Violation, state: State) -> dict[str, Any]:
    """A step is stamped when it became true, which may be long before it was noticed."""
    became_true = {
        State.WATCHED: violation.clock_started_at,
        State.RUNNING: violation.violated_at,
        State.ENDED: violation.ended_at,
        State.CLEARED: violation.ended_at,
    }
    at = became_true.get(state) or tx.now
    return {"violation": violation.key, "state": state, "reason": violation.reason, "at": at, "decided_at": tx.now}


def _write_violations(tx: Tx, written: Sequence[_Written]) -> None:
    _WRITE_VIOLATIONS.write(tx.conn, [w.row for w in written if w.before is None])
    standing = (w for w in written if w.before is not None)
    _CHANGE_VIOLATIONS.write(tx.conn, ({"key": w.row["key"], **w.changed, "updated_at": tx.now} for w in standing))
    _WRITE_STEPS.write(tx.conn, [w.step for w in written if w.step is not None])


def _warned(tx: Tx, keys: Sequence[str]) -> None:
    warned = _WARN.all(tx.conn, {"keys": keys}) if keys else []
    step = {"state": State.WARNED, "reason": "warned", "at": tx.now, "decided_at": tx.now}
    _WRITE_STEPS.write(tx.conn, [{"violation": row.key, **step} for row in warned])


def _withdraw(tx: Tx, judged: Sequence[Judged], standing: Mapping[str, Any]) -> list[Due]:
    """Violations that late facts took the ground from: kept, as cleared, with their postings taken back."""
    by_bay = {item.bay: item for item in judged}
    found = {violation.key for item in judged for _, violation in item.violations()}
    out: list[Due] = []
    for key, row in standing.items():
        item = by_bay.get(row.bay)
        if key in found or item is None or row.state is State.CLEARED or not _speaks_of(item, row):
            continue
        rows = table(ViolationRow)
        tx.conn.execute(update(rows).where(rows.c.key == key).values({**_GONE, "updated_at": tx.now}))
        step = {"violation": key, "state": State.CLEARED, "reason": "late_facts", "at": tx.now, "decided_at": tx.now}
        _WRITE_STEPS.write(tx.conn, [step])
        out.append(Due(key, None, row.currency, "late_facts"))
    webhooks.tell(tx, [(standing[due.key], {**standing[due.key]._asdict(), **_GONE}) for due in out])
    return out


def _speaks_of(item: Judged, row: Any) -> bool:
    return _is_after(row.clock_started_at, item.since)


def _is_after(moment: datetime, since: datetime | None) -> bool:
    return since is None or moment > since


def _write_stays(tx: Tx, judged: Sequence[Judged], windows: Windows) -> None:
    """Stays are derived, not facts: one that late facts moved or joined to another is simply gone."""
    rows = table(StayRow)
    held = notices.remembered(tx, policies.remembered(tx)) if judged else {}
    told = (_told_stay(item.bay, stay, held) for item in judged for stay in item.decision.stays)
    own = {stay.key: stay for stay in told}
    found = _STAYS.all(tx.conn, {"keys": list(own), **windows})
    since = {item.bay: item.since for item in judged}
    standing = {row.key: row for row in found if row.key in own or _is_after(row.arrived_at, since[row.bay])}
    gone = sorted(standing.keys() - own.keys())
    if gone:
        tx.conn.execute(delete(rows).where(rows.c.key.in_(gone)))
    _WRITE_STAYS.write(tx.conn, [stay._asdict() for key, stay in own.items() if standing.get(key) != stay])


def _told_stay(bay: str, judged: JudgedStay, held: notices.Held) -> _Stay:
    stay, policy = judged.stay, judged.policy
    arrived_at = stay.arrived_at
    return _Stay(
        f"{bay}/{arrived_at.isoformat()}",
        bay,
        arrived_at,
        stay.left_at,
        stay.token,
        None if policy is None else policy.name,
        None if policy is None else notices.held_at(held, policy.name, arrived_at),
        judged.is_final,
    )
