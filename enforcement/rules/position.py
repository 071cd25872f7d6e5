"""What a rule says of one violation of a policy: forbidden, legal, or not known. Never a fine: an officer decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enforcement.conditions import Stretch
from enforcement.phrases import duration
from enforcement.reasons import Words
from enforcement.rules.findings import Reason, RuleFinding, Verdict
from enforcement.rules.judging import judge
from enforcement.rules.place import PlaceFacts
from enforcement.rules.rule import Forbidden, Rule
from enforcement.rules.words import OFFENCES


class Position(StrEnum):
    """Where the law stands."""

    FORBIDDEN = "forbidden"
    LEGAL = "legal"
    NOT_KNOWN = "not_known"


POSITIONS: dict[Position, Words] = {
    Position.FORBIDDEN: {"en": "Forbidden by this law.", "fr": "Interdit par cette loi."},
    Position.LEGAL: {"en": "Legal under this law.", "fr": "Permis par cette loi."},
    Position.NOT_KNOWN: {"en": "Not known under this law.", "fr": "Non établi selon cette loi."},
}
# Whatever else is not known, these settle it.
_SETTLED = frozenset({"plugged_is_legal", "private_land", "exempt"})
_DOUBTS = frozenset({"cable_not_known", "finish_only_inferred", "not_confirmed", "unknown_never_counts", "no_stay"})
_LEGAL = frozenset({"was_charging", "too_short", "within_limit"})
_AFTER: Words = {"en": " for more than {after}", "fr": " pendant plus de {after}"}
_AS_SIGNED: Words = {"en": " for longer than the sign allows", "fr": " plus longtemps que le panneau ne permet"}
_IF_SIGNED: Words = {"en": " (where the sign says so)", "fr": " (si le panneau l'indique)"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule with its position on one violation, and why."""

    rule: Rule
    position: Position
    reasons: tuple[Reason, ...]


def standing(
    rule: Rule, stretches: Sequence[Stretch], zone: str, now: datetime, place: PlaceFacts | None = None
) -> Standing:
    """What the rule says of these stretches: those of the violation itself. ``place``: what was attested of it."""
    finding = judge(rule, stretches, zone, place or PlaceFacts(), now)
    return Standing(rule, _position(finding), finding.reasons)


def forbidden_text(forbidden: Forbidden, language: str = "en") -> str:
    """One prohibition in words: ``not charging for more than 30 min``."""
    text = OFFENCES[forbidden.offence][1 if language == "fr" else 0]
    if forbidden.after is None:
        text += _AS_SIGNED[language]
    elif forbidden.after:
        text += _AFTER[language].format(after=duration(forbidden.after))
    return text + (_IF_SIGNED[language] if forbidden.only_if_signed else "")


def _position(finding: RuleFinding) -> Position:
    codes = set(finding.codes())
    if finding.verdict is not Verdict.NOT_BROKEN:
        return Position.FORBIDDEN
    if "not_signed_here" in codes:  # what is forbidden there is on a sign that nobody has attested
        return Position.NOT_KNOWN
    if codes & _SETTLED:
        return Position.LEGAL
    return Position.LEGAL if codes & _LEGAL and not codes & _DOUBTS else Position.NOT_KNOWN
