"""A stay as a picture: two bars on one scale of local time, what the vehicle did and what pricing made of it.

Places are percentages of the width, so that the picture fits any screen without a script.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ledger.queries.violations import ViolationSummary
from web.words import CONDITIONS, clock, lasting, reason, span, treatment

_STEPS = [timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080)]
_MOST_TICKS = 6
_FEE_NAMES = {
    "billed": "Billed",
    "allowed": "Allowed",
    "grace": "Grace",
    "outside_window": "Outside hours",
    "unconfirmed": "Unconfirmed",
    "network_billed": "Billed by the network",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar, in percent; ``look`` is its class, ``is_wide`` says that a label fits on a phone too."""

    x: float
    width: float
    look: str
    label: str
    title: str

    @property
    def is_wide(self) -> bool:
        """Whether its label fits on a narrow screen too."""
        return self.width >= 34


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the scale."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture of one violation; ``looks`` are the looks that appear in it, for the legend, in words."""

    stay: tuple[Piece, ...]
    fee: tuple[Piece, ...]
    ticks: tuple[Tick, ...]
    looks: dict[str, str]
    spoken: str


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        whole = (self.end - self.start).total_seconds()
        return round(100 * min(max((moment - self.start).total_seconds() / whole, 0), 1), 3)


def draw(explanation: Mapping[str, Any], violation: ViolationSummary) -> Drawing | None:
    """The picture of an explanation, or None where there is nothing to draw."""
    stretches, lines = lasting(explanation.get("timeline", [])), lasting(explanation.get("lines", []))
    if not stretches:
        return None
    scale = _Scale(_time(stretches[0]["from"]), _time(stretches[-1]["to"]))
    if scale.end <= scale.start:
        return None
    zone = violation.zone
    stay = tuple(_stretch(scale, each, zone) for each in stretches)
    fee = tuple(_line(scale, each, zone) for each in lines)
    conditions = {each["condition"]: CONDITIONS[each["condition"]] for each in stretches}
    treatments = {each["treatment"]: _FEE_NAMES.get(each["treatment"], "Not counted") for each in lines}
    return Drawing(
        stay=stay,
        fee=fee,
        ticks=tuple(_ticks(scale, zone)),
        looks=conditions | treatments,
        spoken="; ".join(piece.title for piece in stay),
    )


def _stretch(scale: _Scale, each: Mapping[str, Any], zone: str) -> Piece:
    name = CONDITIONS[each["condition"]]
    doubt = "" if each["confirmed"] else " Not confirmed yet."
    return _piece(scale, each, zone, each["condition"], name, f"{reason(each['reason'])}{doubt}")


def _line(scale: _Scale, each: Mapping[str, Any], zone: str) -> Piece:
    name = _FEE_NAMES.get(each["treatment"], "Not counted")
    return _piece(scale, each, zone, each["treatment"], name, treatment(each["treatment"]))


def _piece(scale: _Scale, each: Mapping[str, Any], zone: str, look: str, name: str, why: str) -> Piece:
    start, end = _time(each["from"]), _time(each["to"])
    x = scale.at(start)
    times = f"{clock(start, zone)} to {clock(end, zone)} ({span((end - start).total_seconds())})"
    return Piece(x, round(scale.at(end) - x, 3), look, name, f"{times}: {name}. {why}")


def _ticks(scale: _Scale, zone: str) -> Iterator[Tick]:
    """At round local times, few enough to be read."""
    length = scale.end - scale.start
    step = next((s for s in _STEPS if length / s <= _MOST_TICKS), -(-length // (_MOST_TICKS * _STEPS[-1])) * _STEPS[-1])
    local = scale.start.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(scale.start.tzinfo)
    moment = midnight + -(-(scale.start - midnight) // step) * step
    while moment <= scale.end:
        x = scale.at(moment)
        if 3 <= x <= 97:
            yield Tick(x, f"{moment.astimezone(ZoneInfo(zone)):%-d %b}" if step.days else clock(moment, zone))
        moment += step


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
