"""A stay judged: its timeline held against the policy that was in effect when it began."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.charges import find_violations
from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.conditions import Stretch
from enforcement.courts import Court, court_of
from enforcement.expecting import expected_idle
from enforcement.policy import Policy
from enforcement.scopes import policy_for, scope_of
from enforcement.setting import BaySetting
from enforcement.stays import Stay
from enforcement.violations import Violation

# Without a policy nothing is priced, but stays are still closed after this long.
DEFAULT_SETTLE_AFTER = timedelta(minutes=15)


class JudgedStay(NamedTuple):
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

    @property
    def settle_after(self) -> timedelta:
        """How long late facts are waited for."""
        return DEFAULT_SETTLE_AFTER if self.court is None else self.court.policy.settle_after


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
        return JudgedStay(stay, None, stretches, (), _is_final(stay, DEFAULT_SETTLE_AFTER, now))
    court, is_final = court_of(stay, setting, policy, circumstances), _is_final(stay, policy.settle_after, now)
    violations = tuple(find_violations(stay, stretches, court, now, is_final=is_final))
    return JudgedStay(stay, court, stretches, violations, is_final, expected_idle(stay, stretches, court, now))


def _is_final(stay: Stay, settle_after: timedelta, now: datetime) -> bool:
    """Whether late facts of a stay are no longer waited for: what the bay says later may confirm earlier time."""
    final_at = stay.final_at(settle_after)
    return final_at is not None and now >= final_at
