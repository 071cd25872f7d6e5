"""A stay told in local times, as the facts that sensor, charger and network would have sent, and what it then costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from enforcement.circumstances import Circumstances, Membership
from enforcement.decision import Decision, decide
from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    Contract,
    OccupancyRead,
    Period,
    SessionUpdated,
    evse_subject,
    sensor_subject,
)
from enforcement.folding import fold
from enforcement.intervals import Span
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from enforcement.setting import BaySetting, NetworkHabits
from enforcement.tiers import Occupancy
from enforcement.violations import State, Violation

POLICIES = Path(__file__).resolve().parents[2] / "policies"
NETWORK, STATION, EVSE, SENSOR = "ca*abc", "ca*abc*l1", "ca*abc*l1*e1", "s1"
TOKEN = "anna"
MONDAY = "2026-03-02"
_WEEKS = timedelta(days=30)
_HABITS = NetworkHabits(feed_watchdog=_WEEKS, session_watchdog=_WEEKS)


def shipped(name: str) -> Policy:
    """A policy of the folder ``policies``, by its file's name."""
    return read_policy((POLICIES / f"{name}.toml").read_text("utf-8"))


def moment(text: str, zone: str, *, fold: int = 0) -> datetime:
    """A local time: ``12:00:30`` on Monday 2026-03-02, or with its date; ``fold=1``: the second of two."""
    full = text if "-" in text else f"{MONDAY} {text}"
    return datetime.fromisoformat(full).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What truly happened in one stay, and what was known around it. Times are aware; None: it did not happen."""

    arrived: datetime
    left: datetime
    plugged: datetime | None = None
    finished: datetime | None = None
    unplugged: datetime | None = None
    soc: tuple[tuple[datetime, int], ...] = ()
    outage: Span | None = None
    stopped_by_operator: bool = False
    contract: Contract | None = None
    token: str | None = TOKEN
    power_class: str | None = None
    zone: str = "America/Toronto"
    tax_region: str | None = None
    occupancy: Occupancy = ()
    groups: frozenset[str] = frozenset()
    warned: datetime | None = None
    calendar: frozenset[date] | None = None
    spent: Mapping[tuple[str, date], Fraction] = field(default_factory=dict)

    @property
    def setting(self) -> BaySetting:
        """The bay: one sensor, one EVSE, a network whose word holds for long."""
        return BaySetting(
            bay="lot-1",
            station=STATION,
            zone=self.zone,
            sensors={SENSOR: _WEEKS},
            evses=(EVSE,),
            networks={NETWORK: _HABITS},
            power_classes={} if self.power_class is None else {EVSE: self.power_class},
            tax_region=self.tax_region,
        )

    @property
    def feeds(self) -> dict[str, list[Span]]:
        """The network was heard all the time."""
        return {NETWORK: [(self.arrived - timedelta(hours=1), self.left + timedelta(hours=1))]}

    def circumstances(self, policy: Policy) -> Circumstances:
        """What the price depends on besides the facts."""
        keys = [f"x/{clause.kind}" for clause in policy.clauses]
        keys += [f"lot-1/{self.arrived.isoformat()}/{clause.kind}" for clause in policy.clauses]
        return Circumstances(
            occupancy=self.occupancy,
            memberships={self.token: [Membership(name) for name in sorted(self.groups)]} if self.token else {},
            spent=self.spent,
            warned_at={} if self.warned is None else dict.fromkeys(keys, self.warned),
            holidays={} if self.calendar is None or policy.holidays is None else {policy.holidays: self.calendar},
        )

    def facts(self) -> list[AnyFact]:
        """Everything that was sent, each as soon as it was true."""
        told: list[AnyFact] = [self._seen(self.arrived, True), self._seen(self.left, False)]
        if self.outage:
            told += [self._status(self.outage[0], "OUTOFORDER"), self._status(self.outage[1], "CHARGING")]
        if self.plugged is None:
            return told
        told.append(self._session(self.plugged, "start", status="ACTIVE", started_at=self.plugged))
        told += [self._session(at, f"soc{percent}", soc=percent) for at, percent in self.soc]
        if self.finished is not None:
            parking = (Period(start=self.finished, parking=True),)
            told.append(self._session(self.finished, "parking", periods=parking))
        if self.unplugged is not None:
            over = {"ended_at": self.unplugged, "stopped_by_operator": self.stopped_by_operator}
            told.append(self._session(self.unplugged, "zend", status="COMPLETED", **over))
        return sorted(told, key=lambda fact: (fact.at, fact.source_id))

    def _seen(self, at: datetime, occupied: bool) -> OccupancyRead:
        return OccupancyRead(
            at=at,
            seen_at=at,
            source="mqtt",
            source_id=f"{at}/{occupied}",
            subject=sensor_subject(SENSOR),
            occupied=occupied,
            edge=True,
        )

    def _status(self, at: datetime, status: str) -> ChargerStatusSeen:
        identity = {"source": "ocpi", "source_id": f"{at}/{status}", "subject": evse_subject(EVSE)}
        return ChargerStatusSeen(at=at, seen_at=at, **identity, status=status)

    def _session(self, at: datetime, what: str, **said: object) -> SessionUpdated:
        identity = {"source": "ocpi", "source_id": f"{at}/{what}", "subject": evse_subject(EVSE), "session": "x"}
        said |= {"token": self.token, "contract": self.contract}
        return SessionUpdated(at=at, seen_at=at, **identity, **said)  # type: ignore[arg-type]


def stay(
    *,
    zone: str = "America/Toronto",
    arrived: str | None = None,
    plug: str | None = None,
    charged: str | None = None,
    unplug: str | None = None,
    left: str | None = None,
    soc: tuple[str, int] | None = None,
    warned: str | None = None,
    occupancy: Sequence[tuple[str, str, str]] = (),
    **more: object,
) -> Told:
    """A stay in local times (see :func:`moment`). Without arrival or departure it was as long as the cable was in."""

    def at(text: str | None) -> datetime | None:
        return None if text is None else moment(text, zone)

    first, last = arrived or plug, left or unplug
    assert first and last
    return Told(
        zone=zone,
        arrived=moment(first, zone),
        left=moment(last, zone),
        plugged=at(plug),
        finished=at(charged),
        unplugged=at(unplug),
        soc=() if soc is None else ((moment(soc[0], zone), soc[1]),),
        warned=at(warned),
        occupancy=[(moment(a, zone), moment(b, zone), Fraction(share)) for a, b, share in occupancy],
        **more,  # type: ignore[arg-type]
    )


def decision(
    told: Told, *policies: Policy, now: datetime | None = None, facts: list[AnyFact] | None = None
) -> Decision:
    """Let the core decide from the facts; a day after the stay, unless said otherwise."""
    known = told.facts() if facts is None else facts
    circumstances = told.circumstances(policies[0])
    later = now or told.left + timedelta(days=1)
    feeds = {network: [(lo, min(hi, later)) for lo, hi in spans] for network, spans in told.feeds.items()}
    return decide(fold(known, told.setting), told.setting, feeds, policies, later, circumstances)


def violations(told: Told, policy: Policy) -> list[Violation]:
    """What the stay broke in the end."""
    return [v for v in decision(told, policy).violations if v.state is not State.CLEARED]


def fee(name: str | Policy, **said: object) -> tuple[int, int] | None:
    """Net and tax, in minor units, of the one violation of a stay; None where it broke nothing."""
    policy = shipped(name) if isinstance(name, str) else name
    found = violations(stay(**said), policy)  # type: ignore[arg-type]
    assert len(found) <= 1
    return (found[0].fee.net_minor, found[0].fee.tax_minor) if found else None


def net(name: str | Policy, **said: object) -> int | None:
    """The net of :func:`fee`; None where nothing was broken."""
    found = fee(name, **said)
    return None if found is None else found[0]


def with_clause(policy: Policy, **changes: object) -> Policy:
    """The same policy, its clauses changed."""
    return replace(policy, clauses=tuple(replace(clause, **changes) for clause in policy.clauses))  # type: ignore[arg-type]
