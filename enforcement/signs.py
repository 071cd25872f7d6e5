"""The text of a sign: what a policy allows at a bay and what it costs, as plain lines in English, French or Spanish.

A sign says what the policy's version says and nothing else: prices are exact, hours are the station's own. Whom to
call or text is the place's, not the policy's, and is left out. What the law forbids there comes from its rule.
"""

from collections.abc import Iterator
from datetime import timedelta

from enforcement import sign_texts as texts
from enforcement.clauses import Clause, Kind
from enforcement.conditions import Condition
from enforcement.phrases import duration, hours, number, price, tax_name
from enforcement.policy import Policy
from enforcement.tier_words import tier_words


def sign_lines(policy: Policy, language: str = "en") -> tuple[str, ...]:
    """The lines of a policy's sign, kind by kind; a language that is not spoken reads English."""
    spoken = language if language in texts.MINUTE else "en"
    lines: list[str] = []
    for kind in Kind:
        own = [clause for clause in policy.clauses if clause.kind is kind]
        for clause in own:
            lines += _clause_lines(clause, policy, spoken)
        # A limit of time is only ever asked for; the other three a driver may wonder about.
        if not own and kind is not Kind.OVERTIME and not _is_counted_elsewhere(kind, policy):
            lines.append(texts.FREE[kind][spoken])
    return (*lines, *_taxes(policy, spoken))


def sign_text(policy: Policy, language: str = "en") -> str:
    """The sign as one text, a line each."""
    return "\n".join(sign_lines(policy, language))


def _clause_lines(clause: Clause, policy: Policy, language: str) -> Iterator[str]:
    who = sorted(clause.who.power_classes | clause.who.groups | clause.who.contracts)
    if who:
        yield texts.WHO[language].format(who=", ".join(who))
    if clause.soc is not None:
        yield texts.SOC[language].format(soc=clause.soc)
    if any(tier.rate or tier.flat for tier in clause.tiers):
        yield from _paid(clause, policy, language)
    else:
        yield texts.FREE[clause.kind][language]


def _paid(clause: Clause, policy: Policy, language: str) -> Iterator[str]:
    """What is free of a clause that has a price, when and how its fee runs, and whom it spares."""
    free = clause.start_after + clause.grace
    words = texts.ALLOWED if free else texts.NO_GRACE
    yield words[clause.kind][language].format(grace=duration(free))
    if clause.grace_mode == "waive" and clause.grace:
        yield texts.WAIVED[language].format(grace=duration(clause.grace))
    if clause.grace_anchor == "warning":
        yield texts.AFTER_WARNING[language]
    yield _prices(clause, policy, language)
    if clause.unit > timedelta(seconds=1) and clause.rounding in texts.UNIT:
        yield texts.UNIT[clause.rounding][language].format(unit=_unit(clause.unit, language))
    yield from _bounds(clause, policy, language)
    if clause.windows:
        spoken = "; ".join(hours(window, language) for window in clause.windows)
        yield texts.HOURS[language].format(hours=spoken)
    spared = sorted(clause.who.exempt_groups | clause.who.exempt_permits)
    if spared:
        yield texts.SPARED[language].format(groups=", ".join(spared))


def _prices(clause: Clause, policy: Policy, language: str) -> str:
    said = "; ".join(tier_words(tier, policy.currency, language) for tier in clause.tiers)
    return texts.FEE[language].format(price=said, until=texts.UNTIL[clause.stops][language])


def _bounds(clause: Clause, policy: Policy, language: str) -> Iterator[str]:
    limits, tax = clause.limits, texts.BEFORE_TAX[language] if _adds_taxes(policy) else ""
    if limits.minimum is not None:
        yield texts.MINIMUM[language].format(amount=price(limits.minimum, policy.currency, language), tax=tax)
    caps = ((texts.CAP, limits.cap), (texts.CAP_DAY, limits.cap_day), (texts.CAP_DRIVER_DAY, limits.cap_driver_day))
    for words, cap in caps:
        if cap is not None:
            yield words[language].format(cap=price(cap, policy.currency, language), tax=tax)


def _taxes(policy: Policy, language: str) -> Iterator[str]:
    if policy.tax_included:
        yield texts.INCLUDED[language]
    elif policy.taxes:
        rates = (f"{tax_name(tax.name, language)} {number(tax.rate * 100, 0, language)} %" for tax in policy.taxes)
        yield texts.TAXES[language].format(taxes=", ".join(rates))
    elif _adds_taxes(policy):
        yield texts.TAXES_OF_PLACE[language]


def _adds_taxes(policy: Policy) -> bool:
    return not policy.tax_included and (bool(policy.taxes) or policy.tax_region not in (None, "none"))


def _unit(unit: timedelta, language: str) -> str:
    if unit == timedelta(minutes=1):
        return texts.MINUTE[language]
    return texts.PIECE[language].format(length=duration(unit))


def _is_counted_elsewhere(kind: Kind, policy: Policy) -> bool:
    """An idle fee that runs until the bay is free goes on after the session: a sign must not call that free."""
    return any(clause.kind is not kind and Condition(kind.value) in clause.counts for clause in policy.clauses)
