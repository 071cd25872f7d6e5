"""The text of a sign: what a policy allows at a bay and what it costs, as plain lines in English or French.

A sign says what the policy's version says and nothing else: prices are exact, hours are the station's own. Whom to
call or text is the place's, not the policy's, and is left out. What the law forbids there comes from its rule.
"""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from enforcement.money import Tax
from enforcement.phrases import duration, hours, number, price
from enforcement.policy import Clause, Kind, Policy
from enforcement.timeline import Condition

Words = dict[str, str]

# What a driver may do, by kind, with a grace and without one.
_ALLOWED: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: the first {grace} are free. Plug in.",
        "fr": "Stationné sans recharger: gratuit pendant {grace}. Branchez-vous.",
    },
    Kind.IDLE: {
        "en": "Charging finished: the next {grace} are free. Then move your vehicle.",
        "fr": "Recharge terminée: gratuit encore {grace}. Libérez ensuite la place.",
    },
    Kind.OVERSTAYING: {
        "en": "Session over: the next {grace} are free. Then move your vehicle.",
        "fr": "Session terminée: gratuit encore {grace}. Libérez ensuite la place.",
    },
}
_NO_GRACE: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: a fee runs from arrival.",
        "fr": "Stationné sans recharger: des frais courent dès l'arrivée.",
    },
    Kind.IDLE: {
        "en": "Charging finished: a fee runs at once.",
        "fr": "Recharge terminée: des frais courent aussitôt.",
    },
    Kind.OVERSTAYING: {
        "en": "Session over: a fee runs at once.",
        "fr": "Session terminée: des frais courent aussitôt.",
    },
}
_FREE: dict[Kind, Words] = {
    Kind.UNPLUGGED: {"en": "Parked without charging: no fee.", "fr": "Stationné sans recharger: sans frais."},
    Kind.IDLE: {
        "en": "Plugged in with charging finished: no fee.",
        "fr": "Branché, recharge terminée: sans frais.",
    },
    Kind.OVERSTAYING: {"en": "Parked after your session: no fee.", "fr": "Stationné après la session: sans frais."},
}
_UNTIL: dict[str, Words] = {
    "plug_in": {"en": "until you plug in", "fr": "jusqu'au branchement"},
    "unplug": {"en": "until you unplug", "fr": "jusqu'au débranchement"},
    "vacated": {"en": "until the bay is free", "fr": "jusqu'à ce que la place soit libre"},
}
_FEE: Words = {"en": "Fee: {price} {per}, {until}.", "fr": "Frais: {price} {per}, {until}."}
_UNIT: Words = {"en": "Only each full {unit} counts.", "fr": "Seule chaque {unit} complète compte."}
_CAP: Words = {"en": "At most {cap} each time{tax}.", "fr": "Au plus {cap} chaque fois{tax}."}
_BEFORE_TAX: Words = {"en": ", before taxes", "fr": ", avant taxes"}
_HOURS: Words = {"en": "This fee runs only: {hours}.", "fr": "Ces frais ne courent que: {hours}."}
_TAXES: Words = {"en": "Taxes are added: {taxes}.", "fr": "Taxes en sus: {taxes}."}
_FRENCH_TAXES = {"GST": "TPS", "HST": "TVH", "QST": "TVQ", "PST": "TVP", "RST": "TVD", "VAT": "TVA"}
_PER: dict[timedelta, Words] = {
    timedelta(seconds=1): {"en": "a second", "fr": "la seconde"},
    timedelta(minutes=1): {"en": "a minute", "fr": "la minute"},
    timedelta(hours=1): {"en": "an hour", "fr": "l'heure"},
    timedelta(days=1): {"en": "a day", "fr": "le jour"},
}


def sign_lines(policy: Policy, language: str = "en") -> tuple[str, ...]:
    """The lines of a policy's sign, kind by kind; a language that is not spoken reads English."""
    spoken = language if language in ("en", "fr") else "en"
    lines: list[str] = []
    for kind in Kind:
        clause = policy.clauses.get(kind)
        if clause is not None:
            lines += _clause_lines(clause, policy, spoken)
        elif not _is_counted_elsewhere(kind, policy):
            lines.append(_FREE[kind][spoken])
    if policy.taxes:
        taxes = ", ".join(f"{_tax_name(tax, spoken)} {number(tax.rate * 100, 0, spoken)} %" for tax in policy.taxes)
        lines.append(_TAXES[spoken].format(taxes=taxes))
    return tuple(lines)


def sign_text(policy: Policy, language: str = "en") -> str:
    """The sign as one text, a line each."""
    return "\n".join(sign_lines(policy, language))


def _clause_lines(clause: Clause, policy: Policy, language: str) -> Iterator[str]:
    if not clause.rate:
        yield _FREE[clause.kind][language]
        return
    words = _ALLOWED if clause.grace else _NO_GRACE
    yield words[clause.kind][language].format(grace=duration(clause.grace))
    rate = price(clause.rate, policy.currency, language)
    yield _FEE[language].format(price=rate, per=_per(clause.per, language), until=_UNTIL[clause.stops][language])
    if clause.unit > timedelta(seconds=1):
        yield _UNIT[language].format(unit=_unit(clause.unit, language))
    if clause.cap is not None:
        yield _cap(clause.cap, policy, language)
    if clause.windows:
        spoken = "; ".join(hours(window, language) for window in clause.windows)
        yield _HOURS[language].format(hours=spoken)


def _cap(cap: Fraction, policy: Policy, language: str) -> str:
    tax = _BEFORE_TAX[language] if policy.taxes else ""
    return _CAP[language].format(cap=price(cap, policy.currency, language), tax=tax)


def _per(per: timedelta, language: str) -> str:
    if per in _PER:
        return _PER[per][language]
    return f"{'les' if language == 'fr' else 'per'} {duration(per)}"


def _unit(unit: timedelta, language: str) -> str:
    if unit == timedelta(minutes=1):
        return "minute"
    return f"tranche de {duration(unit)}" if language == "fr" else duration(unit)


def _is_counted_elsewhere(kind: Kind, policy: Policy) -> bool:
    """An idle fee that runs until the bay is free goes on after the session: a sign must not call that free."""
    return any(clause.kind is not kind and Condition(kind.value) in clause.counts for clause in policy.clauses.values())


def _tax_name(tax: Tax, language: str) -> str:
    return _FRENCH_TAXES.get(tax.name, tax.name) if language == "fr" else tax.name
