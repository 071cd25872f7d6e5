"""The core's one question: given what is known of a bay, what is it, what does it cost, why, and when to look again?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.charges import spent_with
from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.conditions import Condition
from enforcement.evidence import Evidence
from enforcement.facts import evse_subject
from enforcement.finding_stays import find_stays
from enforcement.hearing import Feeds
from enforcement.judging import JudgedStay, judge
from enforcement.looking import next_look
from enforcement.policy import Policy
from enforcement.presence import Presence, presence
from enforcement.setting import BaySetting
from enforcement.settled import settled_to
from enforcement.stays import Stay
from enforcement.timeline import timeline
from enforcement.violations import Violation


class BayNow(NamedTuple):
    """What a bay is now and since when: a condition, or ``free``."""

    condition: str
    reason: str
    since: datetime | None


class Decision(NamedTuple):
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
    feeds: Feeds,
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
            if found:
                circumstances = _after(found[-1], circumstances)
            found.append(judge(stay, stretches, setting, policies, horizon, circumstances))
    stays = tuple(found)
    return Decision(
        stays=stays,
        now=_bay_now(stays, evidence, setting, seen, now),
        next_look=next_look(stays, evidence, setting, seen, now),
        settled_to=settled_to(stays, evidence),
    )


def _after(judged: JudgedStay, circumstances: Circumstances) -> Circumstances:
    """What the next stay in this bay is judged under: a driver's day may be used up."""
    spent = circumstances.spent
    for violation in judged.violations:
        spent = spent_with(spent, violation, circumstances)
    return circumstances if spent is circumstances.spent else replace(circumstances, spent=spent)


def _is_settled(stay: Stay, evidence: Evidence) -> bool:
    """Part of what spoke of such a stay is forgotten: it must not be judged by the rest."""
    return evidence.cut is not None and stay.left_at is not None and stay.left_at <= evidence.cut


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
    statuses = [] if setting.sensors else [evidence.statuses.get(evse_subject(evse), []) for evse in setting.evses]
    if statuses and all(runs and runs[-1].status == "AVAILABLE" for runs in statuses):
        return BayNow("free", "charger_available", min(runs[-1].first for runs in statuses))
    return BayNow(Condition.UNKNOWN.value, "no_sensor_word", max(seen.word_ends, default=None))
