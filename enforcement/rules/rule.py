"""A rule: what the law of a place forbids in a charging bay, as an immutable, dated version."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from enforcement.conditions import Condition
from enforcement.rules.offences import Offence
from enforcement.rules.place import PlaceKind
from enforcement.windows import Window


class Land(StrEnum):
    """On which land a rule holds besides public roads."""

    ANY = "any"
    OPEN_TO_PUBLIC = "open_to_public"
    PUBLIC_ONLY = "public_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """What an offence can cost: in words, and where the law states amounts, in minor units (least, most)."""

    text_en: str
    text_fr: str
    currency: str
    least_minor: int | None = None
    most_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """One thing that a rule forbids.

    It counts once it has lasted longer than ``after`` without a break (None, for a time limit: as the sign says).
    ``only_if_signed``: the law forbids it only where the sign at the place says so. ``from_next_half_hour``: its
    time runs from the next half hour on the clock, as a parking disc is set.
    """

    offence: Offence
    after: timedelta | None = timedelta(0)
    only_if_signed: bool = False
    from_next_half_hour: bool = False
    basis: str = ""
    penalty: Penalty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRule:
    """What sign a rule needs, in words. ``must_state_penalty``: without the amount on it nothing can be enforced."""

    is_required: bool
    text_en: str
    text_fr: str
    must_state_penalty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Where or when what is forbidden is allowed: at these kinds of place (none: at all), in these local hours
    (none: always), for these conditions (none: whatever the vehicle does)."""

    text_en: str
    text_fr: str
    places: frozenset[PlaceKind] = frozenset()
    windows: tuple[Window, ...] = ()
    covers: frozenset[Condition] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a rule of law. Dates are local days.

    ``effective_from`` None: it is in force, but since when is not known (``uncertain`` then says so).
    """

    id: str
    version: int
    title_en: str
    title_fr: str
    place: str
    statute: str
    source: str
    uncertain: tuple[str, ...]
    land: Land
    penalty: Penalty
    sign: SignRule
    forbids: tuple[Forbidden, ...]
    exemptions: tuple[Exemption, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None

    @property
    def name(self) -> str:
        """How a version is cited: ``ca-qc-388.1@1``."""
        return f"{self.id}@{self.version}"

    def title(self, language: str = "en") -> str:
        """The title in English or French."""
        return self.title_fr if language == "fr" else self.title_en

    def forbids_offence(self, offence: Offence) -> bool:
        """Whether the rule forbids this, at least where the sign says so."""
        return any(forbidden.offence is offence for forbidden in self.forbids)
