"""The court that judges a stay (bay, policy, taxes, circumstances), and which of its clauses are for whom."""

from collections.abc import Container
from datetime import date
from typing import NamedTuple

from enforcement.circumstances import Circumstances
from enforcement.clauses import Clause, Kind
from enforcement.evidence import SessionTrace
from enforcement.money import Tax
from enforcement.policy import OF_STATION, Policy
from enforcement.setting import BaySetting
from enforcement.stays import Stay
from enforcement.taxes import region_named, taxes_at
from enforcement.violations import EXEMPT_GROUP, EXEMPT_PERMIT


class Court(NamedTuple):
    """Where a stay is judged: its bay, the policy that it is under, the taxes that hold, and the circumstances."""

    setting: BaySetting
    policy: Policy
    taxes: tuple[Tax, ...]
    circumstances: Circumstances

    @property
    def zone(self) -> str:
        """The time zone of windows and days."""
        return self.policy.zone or self.setting.zone

    @property
    def calendar(self) -> Container[date] | None:
        """The public holidays; None where they are not known."""
        name = self.setting.calendar if self.policy.holidays == OF_STATION else self.policy.holidays
        return self.circumstances.holidays.get(name or "")


def court_of(stay: Stay, setting: BaySetting, policy: Policy, circumstances: Circumstances) -> Court:
    """The court for a stay under this policy: what was said of its place when it began holds for all of it."""
    then = setting.as_of(stay.arrived_at)
    return Court(then, policy, _taxes(policy, then, stay), circumstances)


def clause_for(kind: Kind, session: SessionTrace | None, court: Court, stay: Stay) -> Clause | None:
    """Of several clauses of one kind the first that is for this vehicle holds; None where none is."""
    session = session or next(iter(stay.sessions), None)
    for clause in court.policy.clauses:
        if clause.kind is kind and (clause.who.is_everybody or _is_for(clause, session, court, stay)):
            return clause
    return None


def exemption(clause: Clause, token: str | None, stay: Stay, court: Court) -> str | None:
    """Why this driver is spared; None where nothing says so."""
    who = clause.who
    if not (who.exempt_groups or who.exempt_permits):
        return None
    for reason, spared in ((EXEMPT_GROUP, who.exempt_groups), (EXEMPT_PERMIT, who.exempt_permits)):
        if spared:
            is_permit, station = reason == EXEMPT_PERMIT, court.setting.station
            held = court.circumstances.groups(token, stay.arrived_at, station, permits=is_permit)
            if not spared.isdisjoint(held):
                return reason
    return None


def _is_for(clause: Clause, session: SessionTrace | None, court: Court, stay: Stay) -> bool:
    """Before a vehicle plugs in, its bay tells the power class if all of its EVSEs are for this clause."""
    evses = court.setting.evses if session is None else (session.evse,)
    classes = {court.setting.power_classes.get(evse) for evse in evses}
    contract = None if session is None else session.contract
    groups: frozenset[str] = frozenset()
    if clause.who.groups:
        groups = court.circumstances.groups(stay.token, stay.arrived_at, court.setting.station)
    return clause.who.fits(classes, contract, groups)


def _taxes(policy: Policy, setting: BaySetting, stay: Stay) -> tuple[Tax, ...]:
    """The taxes of the local day on which the stay began.

    A station whose region is not known, or has no rates for that day, has none: not knowing makes nothing dearer.
    """
    if policy.tax_region is None:
        return policy.taxes
    if policy.tax_region != OF_STATION:
        return taxes_at(policy.tax_region, stay.arrived_at, setting.zone, policy.taxes_charged)
    try:
        return () if setting.tax_region is None else _of_station(setting, stay)
    except ValueError:
        return ()


def _of_station(setting: BaySetting, stay: Stay) -> tuple[Tax, ...]:
    """An operator charges its optional taxes wherever they are known: elsewhere there are none of that name."""
    region = region_named(setting.tax_region or "")
    charged = (
        setting.taxes_charged and {levy.name for levy in region.levies if levy.is_optional} & setting.taxes_charged
    )
    return taxes_at(region.key, stay.arrived_at, setting.zone, charged)
