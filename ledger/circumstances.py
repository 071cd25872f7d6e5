"""What a price may depend on besides a bay's facts, loaded for those bays whose policies ask for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, func, select

from calendars import is_calendar, public_holidays
from enforcement.circumstances import Circumstances
from enforcement.evidence import Evidence
from enforcement.needs import NOTHING, Needs, needs
from enforcement.policy import Policy
from enforcement.scopes import rank_of, scope_of
from enforcement.sites import SiteUse
from enforcement.steps import Step
from ledger import bay_uses, memberships
from ledger.database import Tx, table
from ledger.drivers_days import drivers_of, spent
from ledger.settings_of_bays import BayContext
from models import Message, ViolationRow
from models.outbox import Delivery

# Under this name a process remembers what any policy asks for: mostly nothing, and then no bay's own is looked at.
_OF_ALL = ""

_violations, _messages = table(ViolationRow).c, table(Message).c


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


def remembered_needs(tx: Tx, context: BayContext, known: Sequence[Policy]) -> Needs:
    """The same, asked once while the registry stands."""
    memory, bay = tx.memory.needs, context.setting.bay
    if _OF_ALL not in memory:
        memory[_OF_ALL] = needs(known) or NOTHING
    if not memory[_OF_ALL]:
        return NOTHING
    if bay not in memory:
        memory[bay] = needs_of(context, known)
    found: Needs = memory[bay]
    return found


def load(tx: Tx, cases: Mapping[str, Case], known: Sequence[Policy]) -> dict[str, Circumstances]:
    """The circumstances of those bays whose policies ask for any; what bays were used as is written down before."""
    noted = {bay: bay_uses.note(tx, case.context, case.evidence, known) for bay, case in cases.items()}
    asking: list[Asking] = []
    for bay, case in cases.items():
        wanted, site, cut = remembered_needs(tx, case.context, known), noted[bay], case.evidence.cut
        if wanted:
            use = bay_uses.occupancy(tx.conn, site, cut, tx.now) if wanted.occupancy and site is not None else ()
            asking.append(Asking(case.context, case.evidence, wanted, cut, use))
    return gather(tx.conn, asking) if asking else {}


def gather(conn: Connection, asking: Sequence[Asking]) -> dict[str, Circumstances]:
    """The circumstances of these bays, in a few queries for all of them."""
    tokens = {token for each in asking if each.needs.memberships for token in each.tokens}
    members = memberships.of_tokens(conn, tokens) if tokens else {}
    warned = _warned(conn, [each.context.setting.bay for each in asking if each.needs.warnings])
    days = [each for each in asking if each.needs.driver_days]
    drivers = drivers_of(conn, {token for each in days for token in each.tokens})
    out: dict[str, Circumstances] = {}
    for each in asking:
        out[each.context.setting.bay] = Circumstances(
            site=each.site,
            memberships=members,
            drivers=drivers,
            spent=spent(conn, each.context.setting.bay, each.cut, drivers) if each.needs.driver_days else {},
            warned_at=warned,
            holidays={name: public_holidays(name) for name in _calendars(each) if is_calendar(name)},
        )
    return out


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
