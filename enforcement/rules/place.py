"""What a person must say of a place before law can be judged there, and what a camera or an officer saw."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from enforcement.rules.offences import Offence
from enforcement.windows import Window


class PlaceKind(StrEnum):
    """What kind of place a bay is at."""

    STREET = "street"
    LOT = "lot"
    LODGING = "lodging"
    AIRPORT = "airport"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """The facts of a place, as its owner or an officer attested them; what nobody attested does not hold.

    ``sign_attested_at``: when somebody saw that the sign which the rule asks for stands there. It proves nothing
    for an earlier time. ``sign_gone_at``: from when on it stands there no more, or otherwise. ``sign_hours``: the local
    hours for which the sign reserves the bay (none: always). ``signed``: what the sign itself forbids, for rules that
    leave it to the sign; ``signed_limit``: the longest stay on the sign.
    """

    kind: PlaceKind = PlaceKind.LOT
    is_private: bool = False
    is_open_to_public: bool = True
    sign_attested_at: datetime | None = None
    sign_gone_at: datetime | None = None
    sign_states_penalty: bool = False
    sign_hours: tuple[Window, ...] = ()
    signed: frozenset[Offence] = frozenset()
    signed_limit: timedelta | None = None


class Seen(StrEnum):
    """What a witness can see that sensors and sessions don't tell."""

    NOT_AN_EV = "not_an_ev"
    NO_E_PLATE = "no_e_plate"
    NO_PARKING_DISC = "no_parking_disc"
    BLOCKING = "blocking"
    CABLE_RELEASED = "cable_released"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen at a moment, by whom, and where that is kept (a photo's hash, a report's number).

    The charger itself can witness only that its cable was released (it reports its connector as available).
    """

    seen: Seen
    at: datetime
    by: Literal["camera", "officer", "charger"]
    reference: str = ""

    def __post_init__(self) -> None:
        if self.by == "charger" and self.seen is not Seen.CABLE_RELEASED:
            raise ValueError(f"a charger can't see {self.seen}")
