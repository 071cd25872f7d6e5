"""What judging a stay by a rule found: breaches with their evidence, or why there is none."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enforcement.conditions import Stretch
from enforcement.rules.offences import Offence
from enforcement.rules.place import Sighting
from enforcement.rules.rule import Forbidden, Penalty


class Verdict(StrEnum):
    """Whether a stay broke a rule, and whether that could be enforced as things stand at the place."""

    BROKEN = "broken"
    NOT_ENFORCEABLE = "not_enforceable"
    NOT_BROKEN = "not_broken"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a code and in words."""

    code: str
    en: str
    fr: str

    def text(self, language: str = "en") -> str:
        """The words, in English or French."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Breach:
    """One offence: it went on ``since``, counted from ``broken_at`` and is proven ``until``.

    ``evidence`` are the confirmed pieces of the timeline that show it, clipped to that time; ``sightings`` what a
    camera or an officer said. ``caveats`` are what an officer should look at before deciding.
    """

    forbidden: Forbidden
    since: datetime
    broken_at: datetime
    until: datetime
    penalty: Penalty
    evidence: tuple[Stretch, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    caveats: tuple[Reason, ...] = ()

    @property
    def offence(self) -> Offence:
        """What was done."""
        return self.forbidden.offence


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """The outcome for one stay and one rule version (``rule``, like ``us-co-42-4-1213@1``).

    ``breaches`` are in the order of ``broken_at``. ``reasons``: why it can't be enforced, or why it is no breach.
    """

    rule: str
    verdict: Verdict
    breaches: tuple[Breach, ...]
    reasons: tuple[Reason, ...]

    @property
    def broken_at(self) -> datetime | None:
        """When the rule was first broken."""
        return self.breaches[0].broken_at if self.breaches else None

    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.code for reason in self.reasons)

    def text(self, language: str = "en") -> str:
        """All reasons in words, in English or French."""
        return " ".join(reason.text(language) for reason in self.reasons)
