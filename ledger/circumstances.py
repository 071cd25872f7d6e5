"""What a price may depend on besides a bay's facts, loaded for those bays whose policies ask for it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Protocol

from sqlalchemy import Connection, func, select

from calendars import is_calendar, public_holidays
from enforcement.circumstances import Circumstances
from enforcement.evidence import Evidence
from enforcement.needs import NOTHING, Needs, needs
from enforcement.policy import Policy
from enforcement.scopes import rank_of, scope_of
from enforcement.sites import SiteUse
from enforcement.violations import State
from enforcement.warnings import Step
from ledger import due, memberships, policies, sites
from ledger.database import Tx, table
from ledger.settings_of_bays import BayContext, remembered
from ledger.statements import Statement, among
from models import DriverToken, Message, ViolationRow
from models.outbox import Delivery

# A stay that begins after the cut may share its local day with what ended so long before it.
_A_DAY_AND_MORE = timedelta(hours=50)
# Under this name a process remembers what any policy asks for: mostly nothing, and then no bay's own is looked at.
_OF_ALL = ""
_OVER = frozenset({State.SETTLED, State.CLEARED, State.WAIVED, State.REFERRED})

_violations, _messages, _ties = table(ViolationRow).c, table(Message).c, table(DriverToken).c
_BAYS_OF = Statement(
    lambda dialect: select(_violations.bay).where(among(dialect, _violations.token, "tokens")).distinct()
)


class Case(Protocol):
    """A bay that is to be judged. ``refolded``: its evidence reaches back to its first fact."""

    @property
    def context(self) -> BayContext:
        """The bay."""
        ...

    @property
    def evidence(self) -> Evidence:
        """What is known of it."""
        ...

    @property
    def refolded(self) -> bool:
        """Whether that is all."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """A bay whose policies ask for something. ``cut``: what came before it is settled; ``site``: how full that was."""

    context: BayContext
    evidence: Evidence
    needs: Needs
    cut: datetime | None
    site: Sequence[SiteUse]

    @property
    def tokens(self) -> list[str]:
        """The tokens of whoever charged there."""
        return sorted({session.token for session in self.evidence.sessions.values() if session.token})


def needs_of(context: BayContext, known: Sequence[Policy]) -> Needs:
    """What the policies ask for that can hold in a bay."""
    scope = scope_of(context.setting)
    return needs(policy for policy in known if rank_of(policy, scope))


def load(tx: Tx, cases: Mapping[str, Case], known: Sequence[Policy]) -> dict[str, Circumstances]:
    """The circumstances of those bays whose policies ask for any; what bays were used as is written down before."""
    noted = {bay: sites.note(tx, case.context, case.evidence, _cut(case), known) for bay, case in cases.items()}
    asking: list[Asking] = []
    for bay, case in cases.items():
        wanted, site, cut = _remembered(tx, case.context, known), noted[bay], _cut(case)
        if wanted:
            use = sites.occupancy(tx.conn, site, cut, tx.now) if wanted.occupancy and site is not None else ()
            asking.append(Asking(case.context, case.evidence, wanted, cut, use))
    return gather(tx.conn, asking) if asking else {}


def gather(conn: Connection, asking: Sequence[Asking]) -> dict[str, Circumstances]:
    """The circumstances of these bays, in a few queries for all of them."""
    tokens = {token for each in asking if each.needs.memberships for token in each.tokens}
    members = memberships.of_tokens(conn, tokens) if tokens else {}
    warned = _warned(conn, [each.context.setting.bay for each in asking if each.needs.warnings])
    days = [each for each in asking if each.needs.driver_days]
    drivers = _drivers(conn, {token for each in days for token in each.tokens})
    out: dict[str, Circumstances] = {}
    for each in asking:
        out[each.context.setting.bay] = Circumstances(
            site=each.site,
            memberships=members,
            drivers=drivers,
            spent=_spent(conn, each, drivers) if each.needs.driver_days else {},
            warned_at=warned,
            holidays={name: public_holidays(name) for name in _calendars(each) if is_calendar(name)},
        )
    return out


def delivered(tx: Tx, message: int) -> None:
    """A receipt says that a message reached its driver: where a grace begins with that, the bay is due."""
    query = select(_violations.bay, _violations.state).join_from(table(Message), table(ViolationRow))
    row = tx.conn.execute(query.where(_messages.id == message, _messages.step == Step.GRACE_RUNNING.value)).first()
    if row is None:
        return
    context = remembered(tx, [row.bay]).get(row.bay)
    if context is not None and _remembered(tx, context, policies.remembered(tx)).warnings:
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


def _cut(case: Case) -> datetime | None:
    return case.evidence.cut


def _remembered(tx: Tx, context: BayContext, known: Sequence[Policy]) -> Needs:
    memory, bay = tx.memory.needs, context.setting.bay
    if _OF_ALL not in memory:
        memory[_OF_ALL] = needs(known)
    if not memory[_OF_ALL]:
        return NOTHING
    if bay not in memory:
        memory[bay] = needs_of(context, known)
    found: Needs = memory[bay]
    return found


def _calendars(each: Asking) -> set[str]:
    setting = each.context.setting
    own = {setting.calendar, *(then.calendar for then in setting.earlier)} if each.needs.calendars else set()
    return {name for name in {*each.needs.calendars, *own} if name}


def _warned(conn: Connection, bays: Sequence[str]) -> dict[str, datetime]:
    """When the warning of each violation was delivered, for the first time."""
    if not bays:
        return {}
    query = (
        select(_messages.violation, func.min(_messages.delivered_at).label("at"))
        .join_from(table(Message), table(ViolationRow))
        .where(_violations.bay.in_(sorted(bays)), _messages.step == Step.GRACE_RUNNING.value)
        .where(_messages.state == Delivery.DELIVERED, _messages.delivered_at.is_not(None))
        .group_by(_messages.violation)
    )
    return {row.violation: row.at for row in conn.execute(query)}


def _drivers(conn: Connection, tokens: Iterable[str]) -> dict[str, str]:
    """Whose tokens these are, where that is certain: one scan at a bay is not."""
    query = select(_ties.token, _ties.driver).where(_ties.token.in_(sorted(tokens)), _ties.scanned.is_(False))
    return {row.token: f"driver:{row.driver}" for row in conn.execute(query)}


def _spent(conn: Connection, each: Asking, drivers: Mapping[str, str]) -> dict[tuple[str, date], Fraction]:
    """What drivers were charged by violations that are settled and that the evidence no longer tells of."""
    if each.cut is None:
        return {}
    recent = _violations.ended_at > each.cut - _A_DAY_AND_MORE
    settled = (_violations.bay == each.context.setting.bay) & (_violations.clock_started_at <= each.cut)
    query = select(_violations.token, _violations.explanation).where(settled, recent, _violations.token.is_not(None))
    rows = conn.execute(query.where(_violations.state != State.CLEARED)).all()
    known = {**_drivers(conn, {row.token for row in rows}), **drivers}
    out: dict[tuple[str, date], Fraction] = {}
    for row in rows:
        for day, amount in json.loads(row.explanation).get("by_day", {}).items():
            key = (known.get(row.token, row.token), date.fromisoformat(day))
            out[key] = out.get(key, Fraction(0)) + Fraction(amount)
    return out
