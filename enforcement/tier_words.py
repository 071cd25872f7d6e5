"""A price in words, English, French and Spanish, as signs and accounts say it."""

from datetime import timedelta

from enforcement.phrases import duration, number, price
from enforcement.tiers import Tier

Words = dict[str, str]

_FLAT: Words = {"en": "{price} once", "fr": "{price} une fois", "es": "{price} una vez"}
_FROM: Words = {"en": "after {start} of fee time: ", "fr": "après {start} de frais: ", "es": "tras {start} de tarifa: "}
_FULL: Words = {
    "en": " while at least {share} % of the bays are in use",
    "fr": " quand au moins {share} % des places sont occupées",
    "es": " mientras al menos el {share} % de las plazas están ocupadas",
}
_PER: dict[timedelta, Words] = {
    timedelta(seconds=1): {"en": "a second", "fr": "la seconde", "es": "el segundo"},
    timedelta(minutes=1): {"en": "a minute", "fr": "la minute", "es": "el minuto"},
    timedelta(hours=1): {"en": "an hour", "fr": "l'heure", "es": "la hora"},
    timedelta(days=1): {"en": "a day", "fr": "le jour", "es": "el día"},
}

_EACH: Words = {"en": "per", "fr": "les", "es": "cada"}


def tier_words(tier: Tier, currency: str, language: str) -> str:
    """What a tier charges and when: ``after 1 h of fee time: 0.40 CAD a minute + 5.00 CAD once``."""
    parts = []
    if tier.flat:
        parts.append(_FLAT[language].format(price=price(tier.flat, currency, language)))
    if tier.rate or not tier.flat:
        parts.append(f"{price(tier.rate, currency, language)} {_per(tier.per, language)}")
    start = _FROM[language].format(start=duration(tier.start)) if tier.start else ""
    share = number(tier.occupancy_from * 100, 0, language)
    full = _FULL[language].format(share=share) if tier.needs_occupancy else ""
    return start + " + ".join(parts) + full


def _per(per: timedelta, language: str) -> str:
    if per in _PER:
        return _PER[per][language]
    return f"{_EACH[language]} {duration(per)}"
