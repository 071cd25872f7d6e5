"""Models of devices as a mapping names them. Each raises ValueError with all that is wrong, for a person."""

from collections.abc import Callable
from typing import Any, TypeVar

from enforcement.setting import Debounce
from sensors.decoders import MODELS
from sensors.mapping_values import debounce
from sensors.reading import shown

T = TypeVar("T")

_MOST_MODEL = 40


def decoder(given: object) -> str:
    """A model that there is a decoder for."""
    if isinstance(given, str) and given in MODELS:
        return given
    raise ValueError(f"names {shown(given)}, for which there is no decoder; there are {', '.join(sorted(MODELS))}")


def name_or_decoder(given: object) -> str:
    """The name of a model that needs no decoder: it is shown."""
    if not isinstance(given, str) or not 0 < len(given) <= _MOST_MODEL or not given.isprintable():
        raise ValueError(f"must be a name of 1 to {_MOST_MODEL} printable characters, not {shown(given)}")
    return given


def by_profile(given: object) -> dict[str, str]:
    """Decoders by what a network calls the kind of device."""
    if not isinstance(given, dict):
        raise ValueError('must be such as { "the device profile" = "bosch_tps110" }')
    found = _gathered(given, lambda _, model: decoder(model))
    return {profile.casefold(): model for profile, model in found.items()}


def debounces(given: object) -> dict[str, Debounce]:
    """How long words must hold, by model."""
    if not isinstance(given, dict):
        raise ValueError('must be such as { netvox_r719a = { arrival = "30s" } }')
    return _gathered(given, _debounce)


def _debounce(model: str, lengths: object) -> Debounce:
    decoder(model)
    try:
        return debounce(lengths)
    except ValueError as error:
        raise ValueError(f"of {model} {error}") from error


def _gathered(given: dict[str, Any], read: Callable[[str, Any], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    wrong: list[str] = []
    for key, value in given.items():
        try:
            found[key] = read(key, value)
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return found
