"""The core's one question: given what is known of a bay, what is it, what does it cost, why, and when to look again?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.evidence import Evidence
from enforcement.expecting import expected_idle
from enforcement.facts import evse_subject
from enforcement.intervals import Span
from enforcement.money import Tax
from enforcement.policy import OF_STATION, Policy, Scope, policy_for
from enforcement.presence import Presence, presence
from enforcement.setting import BaySetting
from enforcement.stays import ABANDONED_AFTER, Stay, find_stays
from enforcement.taxes import region_named, taxes_at
from enforcement.timeline import Condition, Stretch, timeline
from enforcement.traces import is_over
from enforcement.violations import (
    DEFAULT_SETTLE_AFTER,
    Court,
    Violation,
    find_violations,
    is_final,
    next_change,
    spent_with,
)
from enforcement.warnings import next_expected, next_notice

# Conditions that are known only while the network is heard: its silence changes them.
_NEEDS_FEED = frozenset({Condition.UNPLUGGED, Condition.OVERSTAYING})


@dataclass(frozen=True, slots=True)
class JudgedStay:
    """A stay with its timeline, the court that judged it (its policy version and taxes), and what it broke.

    ``expected``: the idle violation that would begin when charging is expected to end, for policies that tell of it.
    """

    stay: Stay
    court: Court | None
    stretches: tuple[Stretch, ...]
    violations: tuple[Violation, ...]
    is_final: bool
    expected: Violation | None = None

    @property
    def policy(self) -> Policy | None:
        """The policy version that the stay is under."""
        return None if self.court is None else self.court.policy


@dataclass(frozen=True, slots=True)
class BayNow:
    """What a bay is now and since when: a condition, or ``free``."""

    condition: str
    reason: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that follows from a bay's evidence at one moment.

    ``next_look``: when it can change without a new fact; None: only a fact can change it. ``settled_to``: evidence
    before it is final and may be pruned.
    """

    stays: tuple[JudgedStay, ...]
    now: BayNow
    next_look: datetime | None
    settled_to: datetime | None

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The violations of all stays, oldest first."""
        return tuple(violation for judged in self.stays for violation in judged.violations)


def decide(
    evidence: Evidence,
    setting: BaySetting,
    feeds: dict[str, list[Span]],
    policies: Sequence[Policy],
    now: datetime,
    circumstances: Circumstances = NONE_KNOWN,
) -> Decision:
    """Judge one bay, all stays that are not settled and pruned. Pure: the same arguments give the same decision.

    ``feeds``: for each network key the spans in which it was heard; ``policies``: all published versions.
    """
    # Spans are half-open: with a horizon just past it, what begins at this very moment is seen at this moment.
    horizon = now + timedelta(microseconds=1)
    seen = presence(evidence, setting, feeds, horizon)
    found: list[JudgedStay] = []
    for stay in find_stays(evidence, seen, setting, horizon):
        if not _is_settled(stay, evidence):
            stretches = tuple(timeline(stay, evidence, seen, setting, horizon))
            judged = judge(stay, stretches, setting, policies, horizon, circumstances)
            found.append(judged)
            circumstances = _after(judged, circumstances)
    stays = tuple(found)
    return Decision(
        stays=stays,
        now=_bay_now(stays, evidence, setting, seen, now),
        next_look=_next_look(stays, evidence, setting, seen, now),
        settled_to=_settled_to(stays, evidence),
    )


def scope_of(setting: BaySetting) -> Scope:
    """Where a bay is, for policies that name places."""
    return Scope(setting.station, list(setting.networks), setting.evses)


def _after(judged: JudgedStay, circumstances: Circumstances) -> Circumstances:
    """What the next stay in this bay is judged under: a driver's day may be used up."""
    spent = circumstances.spent
    for violation in judged.violations:
        spent = spent_with(spent, violation, circumstances)
    return circumstances if spent is circumstances.spent else replace(circumstances, spent=spent)


def _is_settled(stay: Stay, evidence: Evidence) -> bool:
    """Part of what spoke of such a stay is forgotten: it must not be judged by the rest."""
    return evidence.cut is not None and stay.left_at is not None and stay.left_at <= evidence.cut


def judge(
    stay: Stay,
    stretches: tuple[Stretch, ...],
    setting: BaySetting,
    policies: Sequence[Policy],
    now: datetime,
    circumstances: Circumstances = NONE_KNOWN,
) -> JudgedStay:
    """Hold one stay against the policy that was in effect when it began."""
    policy = policy_for(policies, scope_of(setting), stay.arrived_at)
    if policy is None:
        return JudgedStay(stay, None, stretches, (), is_final(stay, None, now))
    then = setting.as_of(stay.arrived_at)
    court = Court(then, policy, _taxes(policy, then, stay), circumstances)
    violations = tuple(find_violations(stay, stretches, court, now))
    expected = expected_idle(stay, stretches, court, now)
    return JudgedStay(stay, court, stretches, violations, is_final(stay, policy, now), expected)


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
    charged = {levy.name for levy in region.levies if levy.is_optional} & setting.taxes_charged
    return taxes_at(region.key, stay.arrived_at, setting.zone, charged)


def _settled_to(stays: Sequence[JudgedStay], evidence: Evidence) -> datetime | None:
    """The end of the last stay before which all are final, and after which the bay was not simply taken over.

    While a sensor goes on saying occupied beyond it, another one may still show that it is stuck.
    """
    settled: datetime | None = None
    for judged in stays:
        if not judged.is_final or judged.stay.left_at is None:
            break
        if judged.stay.is_last_here and not _goes_on_saying(evidence, judged.stay.left_at):
            settled = judged.stay.left_at
    return settled


def _goes_on_saying(evidence: Evidence, moment: datetime) -> bool:
    runs = (run for runs in evidence.readings.values() for run in runs)
    return any(run.occupied and run.first < moment < run.last for run in runs)


def _bay_now(
    stays: Sequence[JudgedStay], evidence: Evidence, setting: BaySetting, seen: Presence, now: datetime
) -> BayNow:
    if stays and stays[-1].stay.left_at is None and stays[-1].stretches:
        last = stays[-1].stretches[-1]
        since = last.start
        for stretch in reversed(stays[-1].stretches):
            if stretch.condition is not last.condition:
                break
            since = stretch.start
        return BayNow(last.condition.value, last.reason, since)
    if seen.is_down(setting.evses, now):
        return BayNow(Condition.UNUSABLE.value, "charger_down", None)
    if seen.is_free:
        return BayNow("free", "sensor_free", seen.free[-1][0] if seen.free else now)
    statuses = [evidence.statuses.get(evse_subject(evse), []) for evse in setting.evses]
    if not setting.sensors and statuses and all(runs and runs[-1].status == "AVAILABLE" for runs in statuses):
        return BayNow("free", "charger_available", min(runs[-1].first for runs in statuses))
    return BayNow(Condition.UNKNOWN.value, "no_sensor_word", max(seen.word_ends, default=None))


def _next_look(
    stays: Sequence[JudgedStay], evidence: Evidence, setting: BaySetting, seen: Presence, now: datetime
) -> datetime | None:
    looks: list[datetime] = []
    for judged in stays:
        if judged.court is not None:
            changes = (next_change(v, judged.court, now) for v in judged.violations)
            looks += [change for change in changes if change is not None]
            looks += _messages_due(judged, judged.court, now)
        settle_after = DEFAULT_SETTLE_AFTER if judged.policy is None else judged.policy.settle_after
        if judged.stay.left_at is not None and not judged.is_final:
            # The network may be heard before the last moment at which it can confirm anything: then it is final early.
            looks += [judged.stay.left_at + settle_after, judged.stay.final_at(settle_after) or now]
        if judged.stay.left_at is None and judged.stretches and seen.feed_ends is not None:
            last = judged.stretches[-1]
            looks += [seen.feed_ends] if last.condition in _NEEDS_FEED or last.is_maybe_plugged else []
    looks += [*seen.word_ends, *seen.changes_at]
    for session in evidence.sessions.values():
        if not is_over(session):
            looks += [session.heard + setting.habits(session.evse).session_watchdog, session.heard + ABANDONED_AFTER]
    return min((look for look in looks if look > now), default=None)


def _messages_due(judged: JudgedStay, court: Court, now: datetime) -> list[datetime]:
    telling, zone = court.policy.messages, court.setting.zone
    due = [next_notice(violation, now, telling, zone) for violation in judged.violations]
    if judged.expected is not None:
        due.append(next_expected(judged.expected, now, telling, zone))
    return [moment for moment in due if moment is not None]
