"""Decoders of the bytes that LoRaWAN devices send, one module a device; each registers itself by its model's name.

A module that lies in this folder is found: to add a device, add its file (docs/sensors.md shows one).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules

from enforcement.setting import NO_DEBOUNCE, Debounce
from sensors.reading import NotUnderstoodError


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Whether the bay is taken (None: the device cannot tell), and whether it reports the change as it happens.

    ``lasted``: the device remembers that the state before lasted so long, or up to ``lasted_error`` (None: nobody
    knows how much) longer.
    """

    occupied: bool | None
    edge: bool
    lasted: timedelta | None = None
    lasted_error: timedelta | None = timedelta(0)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far away the next thing is, in millimetres (None: it could not be measured).

    What that means for a bay depends on where the device hangs: the mapping's ``threshold`` says.
    """

    mm: float | None


Sight = Occupancy | Distance


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a device said. ``occupancy`` is None in messages about the device itself; ``values`` is what else it said,
    under the names of the device's public decoder.

    ``parts``: a device that watches several bays, by what each part's name adds to the device's. ``quality``: words of
    :data:`enforcement.facts.QUALITY`. ``at``: when it was, by the device's own clock.
    """

    kind: str
    occupancy: Sight | None = None
    battery: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    parts: Mapping[str, Sight] = field(default_factory=dict)
    quality: tuple[str, ...] = ()
    at: datetime | None = None


Decode = Callable[[int, bytes], Decoded]
# What measures a distance also sees whoever walks past; what looks sees what drives past, and loses what stands there.
WALKED_PAST = Debounce(arrival=timedelta(minutes=1))
DRIVEN_PAST = Debounce(arrival=timedelta(seconds=30), departure=timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of device: its decoder, the longest silence that is no sign of a fault, how long its words must hold."""

    name: str
    watchdog: timedelta
    decode: Decode
    debounce: Debounce = NO_DEBOUNCE


MODELS: dict[str, Model] = {}
_NAMES: dict[str, str] = {}


def model(
    name: str, *, watchdog: timedelta, called: tuple[str, ...] = (), debounce: Debounce = NO_DEBOUNCE
) -> Callable[[Decode], Decode]:
    """Register a decoder ``(port, bytes) -> Decoded`` that raises NotUnderstoodError for what it can't read.

    ``called``: what networks call the device, such as The Things Stack's ``brand/model``. ``debounce``: for a device
    that does not wait itself until what it sees is stable.
    """

    def register(decode: Decode) -> Decode:
        MODELS[name] = Model(name, watchdog, decode, debounce)
        _NAMES.update({other.casefold(): name for other in (name, *called)})
        return decode

    return register


def model_named(profile: str) -> str | None:
    """The model that a network calls so, with the maker's name before it or without."""
    name = profile.casefold()
    return _NAMES.get(name) or _NAMES.get(name.partition(" ")[2])


def need(data: bytes, count: int, kind: str) -> None:
    """Raise NotUnderstoodError if the message is shorter than its kind must be."""
    if len(data) < count:
        raise NotUnderstoodError(f"a {kind} message has {count} bytes or more, this one has {len(data)}")


def signed(data: bytes, start: int, count: int = 1) -> int:
    """A signed number of ``count`` bytes, the most significant first."""
    return int.from_bytes(data[start : start + count], signed=True)


def unsigned(data: bytes, start: int, count: int = 1) -> int:
    """The same without a sign."""
    return int.from_bytes(data[start : start + count])


for _module in iter_modules(__path__):
    if not _module.name.startswith("_"):  # what several decoders share
        import_module(f"{__name__}.{_module.name}")
