"""The text of a sign: what a policy allows at a bay and what it costs, as plain lines in English, French or Spanish.

A sign says what the policy's version says and nothing else: prices are exact, hours are the station's own. Whom to
call or text is the place's, not the policy's, and is left out. What the law forbids there comes from its rule.
"""

from collections.abc import Iterator
from datetime import timedelta

from enforcement.phrases import duration, hours, number, price, tax_name
from enforcement.policy import Clause, Kind, Policy
from enforcement.tier_words import tier_words
from enforcement.timeline import Condition

Words = dict[str, str]

# What a driver may do, by kind, with a grace and without one.
_ALLOWED: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: the first {grace} are free. Plug in.",
        "fr": "Stationné sans recharger: gratuit pendant {grace}. Branchez-vous.",
        "es": "Aparcado sin cargar: los primeros {grace} son gratis. Enchufe.",
    },
    Kind.IDLE: {
        "en": "Charging finished: the next {grace} are free. Then move your vehicle.",
        "fr": "Recharge terminée: gratuit encore {grace}. Libérez ensuite la place.",
        "es": "Carga terminada: otros {grace} son gratis. Después retire su vehículo.",
    },
    Kind.OVERSTAYING: {
        "en": "Session over: the next {grace} are free. Then move your vehicle.",
        "fr": "Session terminée: gratuit encore {grace}. Libérez ensuite la place.",
        "es": "Sesión terminada: otros {grace} son gratis. Después retire su vehículo.",
    },
    Kind.OVERTIME: {
        "en": "You may stay {grace}. Then move your vehicle, charged or not.",
        "fr": "Durée permise: {grace}. Libérez ensuite la place, rechargé ou non.",
        "es": "Tiempo permitido: {grace}. Después retire su vehículo, cargado o no.",
    },
}
_NO_GRACE: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: a fee runs from arrival.",
        "fr": "Stationné sans recharger: des frais courent dès l'arrivée.",
        "es": "Aparcado sin cargar: la tarifa corre desde la llegada.",
    },
    Kind.IDLE: {
        "en": "Charging finished: a fee runs at once.",
        "fr": "Recharge terminée: des frais courent aussitôt.",
        "es": "Carga terminada: la tarifa corre enseguida.",
    },
    Kind.OVERSTAYING: {
        "en": "Session over: a fee runs at once.",
        "fr": "Session terminée: des frais courent aussitôt.",
        "es": "Sesión terminada: la tarifa corre enseguida.",
    },
    Kind.OVERTIME: {
        "en": "A fee runs from the moment you plug in.",
        "fr": "Des frais courent dès le branchement.",
        "es": "La tarifa corre desde que enchufa.",
    },
}
_FREE: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: no fee.",
        "fr": "Stationné sans recharger: sans frais.",
        "es": "Aparcado sin cargar: sin tarifa.",
    },
    Kind.IDLE: {
        "en": "Plugged in with charging finished: no fee.",
        "fr": "Branché, recharge terminée: sans frais.",
        "es": "Enchufado con la carga terminada: sin tarifa.",
    },
    Kind.OVERSTAYING: {
        "en": "Parked after your session: no fee.",
        "fr": "Stationné après la session: sans frais.",
        "es": "Aparcado después de la sesión: sin tarifa.",
    },
    Kind.OVERTIME: {
        "en": "No limit on how long you charge.",
        "fr": "Aucune limite à la durée de la recharge.",
        "es": "Puede cargar el tiempo que quiera.",
    },
}
_SOC: Words = {
    "en": "From {soc} % state of charge on:",
    "fr": "À partir de {soc} % de charge:",
    "es": "A partir del {soc} % de carga:",
}
_WHO: Words = {"en": "For {who}:", "fr": "Pour {who}:", "es": "Para {who}:"}
_WAIVED: Words = {
    "en": "Stay longer, and those {grace} count too.",
    "fr": "Au-delà, ces {grace} comptent aussi.",
    "es": "Si se queda más, esos {grace} también cuentan.",
}
_AFTER_WARNING: Words = {
    "en": "Nothing is due before we have reached you with a warning.",
    "fr": "Rien n'est dû avant qu'un avertissement vous soit parvenu.",
    "es": "No se debe nada antes de que le llegue un aviso.",
}
_MINIMUM: Words = {
    "en": "At least {amount} once anything is due{tax}.",
    "fr": "Au moins {amount} dès que des frais sont dus{tax}.",
    "es": "Al menos {amount} en cuanto se deba algo{tax}.",
}
_CAP_DAY: Words = {
    "en": "At most {cap} a day{tax}.",
    "fr": "Au plus {cap} par jour{tax}.",
    "es": "Como mucho {cap} al día{tax}.",
}
_CAP_DRIVER_DAY: Words = {
    "en": "At most {cap} a day for one driver in one bay{tax}.",
    "fr": "Au plus {cap} par jour pour un conducteur et une place{tax}.",
    "es": "Como mucho {cap} al día por conductor y plaza{tax}.",
}
_SPARED: Words = {"en": "No fee for: {groups}.", "fr": "Sans frais pour: {groups}.", "es": "Sin tarifa para: {groups}."}
_INCLUDED: Words = {"en": "Taxes are included.", "fr": "Taxes comprises.", "es": "Impuestos incluidos."}
_UNTIL: dict[str, Words] = {
    "plug_in": {"en": "until you plug in", "fr": "jusqu'au branchement", "es": "hasta que enchufe"},
    "unplug": {"en": "until you unplug", "fr": "jusqu'au débranchement", "es": "hasta que desenchufe"},
    "vacated": {
        "en": "until the bay is free",
        "fr": "jusqu'à ce que la place soit libre",
        "es": "hasta que la plaza quede libre",
    },
}
_FEE: Words = {"en": "Fee: {price}, {until}.", "fr": "Frais: {price}, {until}.", "es": "Tarifa: {price}, {until}."}
_UNIT: dict[str, Words] = {
    "down": {
        "en": "Only each full {unit} counts.",
        "fr": "Seule chaque {unit} complète compte.",
        "es": "Solo cuenta cada {unit} completo.",
    },
    "up": {
        "en": "Each {unit} counts from its beginning.",
        "fr": "Chaque {unit} entamée compte.",
        "es": "Cuenta cada {unit} desde que empieza.",
    },
}
_CAP: Words = {
    "en": "At most {cap} each time{tax}.",
    "fr": "Au plus {cap} chaque fois{tax}.",
    "es": "Como mucho {cap} cada vez{tax}.",
}
_BEFORE_TAX: Words = {"en": ", before taxes", "fr": ", avant taxes", "es": ", sin impuestos"}
_HOURS: Words = {
    "en": "This fee runs only: {hours}.",
    "fr": "Ces frais ne courent que: {hours}.",
    "es": "Esta tarifa solo corre: {hours}.",
}
_TAXES_OF_PLACE: Words = {
    "en": "The place's taxes are added.",
    "fr": "Taxes du lieu en sus.",
    "es": "Se suman los impuestos del lugar.",
}
_TAXES: Words = {
    "en": "Taxes are added: {taxes}.",
    "fr": "Taxes en sus: {taxes}.",
    "es": "Se suman impuestos: {taxes}.",
}

_MINUTE: Words = {"en": "minute", "fr": "minute", "es": "minuto"}
_PIECE: Words = {"en": "{length}", "fr": "tranche de {length}", "es": "tramo de {length}"}


def sign_lines(policy: Policy, language: str = "en") -> tuple[str, ...]:
    """The lines of a policy's sign, kind by kind; a language that is not spoken reads English."""
    spoken = language if language in _MINUTE else "en"
    lines: list[str] = []
    for kind in Kind:
        own = [clause for clause in policy.clauses if clause.kind is kind]
        for clause in own:
            lines += _clause_lines(clause, policy, spoken)
        if own or kind is Kind.OVERTIME:
            continue
        if not _is_counted_elsewhere(kind, policy):
            lines.append(_FREE[kind][spoken])
    if policy.tax_included:
        lines.append(_INCLUDED[spoken])
    elif policy.taxes:
        taxes = ", ".join(f"{tax_name(tax.name, spoken)} {number(tax.rate * 100, 0, spoken)} %" for tax in policy.taxes)
        lines.append(_TAXES[spoken].format(taxes=taxes))
    elif policy.tax_region not in (None, "none"):
        lines.append(_TAXES_OF_PLACE[spoken])
    return tuple(lines)


def sign_text(policy: Policy, language: str = "en") -> str:
    """The sign as one text, a line each."""
    return "\n".join(sign_lines(policy, language))


def _clause_lines(clause: Clause, policy: Policy, language: str) -> Iterator[str]:
    if not any(tier.rate or tier.flat for tier in clause.tiers):
        yield _FREE[clause.kind][language]
        return
    who = sorted(clause.who.power_classes | clause.who.groups | clause.who.contracts)
    if who:
        yield _WHO[language].format(who=", ".join(who))
    if clause.soc is not None:
        yield _SOC[language].format(soc=clause.soc)
    free = clause.start_after + clause.grace
    words = _ALLOWED if free else _NO_GRACE
    yield words[clause.kind][language].format(grace=duration(free))
    if clause.grace_mode == "waive" and clause.grace:
        yield _WAIVED[language].format(grace=duration(clause.grace))
    if clause.grace_anchor == "warning":
        yield _AFTER_WARNING[language]
    yield _prices(clause, policy, language)
    if clause.unit > timedelta(seconds=1) and clause.rounding in _UNIT:
        yield _UNIT[clause.rounding][language].format(unit=_unit(clause.unit, language))
    yield from _bounds(clause, policy, language)
    if clause.windows:
        spoken = "; ".join(hours(window, language) for window in clause.windows)
        yield _HOURS[language].format(hours=spoken)
    spared = sorted(clause.who.exempt_groups | clause.who.exempt_permits)
    if spared:
        yield _SPARED[language].format(groups=", ".join(spared))


def _prices(clause: Clause, policy: Policy, language: str) -> str:
    said = "; ".join(tier_words(tier, policy.currency, language) for tier in clause.tiers)
    return _FEE[language].format(price=said, until=_UNTIL[clause.stops][language])


def _bounds(clause: Clause, policy: Policy, language: str) -> Iterator[str]:
    limits, tax = clause.limits, _BEFORE_TAX[language] if policy.taxes and not policy.tax_included else ""
    if limits.minimum is not None:
        yield _MINIMUM[language].format(amount=price(limits.minimum, policy.currency, language), tax=tax)
    for words, cap in ((_CAP, limits.cap), (_CAP_DAY, limits.cap_day), (_CAP_DRIVER_DAY, limits.cap_driver_day)):
        if cap is not None:
            yield words[language].format(cap=price(cap, policy.currency, language), tax=tax)


def _unit(unit: timedelta, language: str) -> str:
    if unit == timedelta(minutes=1):
        return _MINUTE[language]
    return _PIECE[language].format(length=duration(unit))


def _is_counted_elsewhere(kind: Kind, policy: Policy) -> bool:
    """An idle fee that runs until the bay is free goes on after the session: a sign must not call that free."""
    return any(clause.kind is not kind and Condition(kind.value) in clause.counts for clause in policy.clauses)
