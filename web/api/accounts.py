"""A fee's account in the API: each piece of time with its price and evidence, the sum, and all of it in words."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from enforcement.accounts import Account, AccountLine, driver_text, grounds, officer_text, owner_text
from enforcement.facts import AnyFact
from enforcement.money import exponent
from enforcement.phrases import hours
from enforcement.tier_words import tier_words
from enforcement.why import reason_text, treatment_text
from web.api.summary import local, utc

_LANGUAGES = ("en", "fr")
_T = TypeVar("_T")


def account_data(account: Account, facts: Sequence[AnyFact], session: str | None) -> dict[str, Any]:
    """The account. Exact amounts are fractions of major units as text (``37/100``); ``facts`` are those of its case."""
    policy = account.policy
    return {
        "policy": policy.name,
        "clause": account.index + 1,
        "currency": policy.currency,
        "exponent": exponent(policy.currency),
        "lines": [_line(line, account, facts, session) for line in account.lines],
        "subtotal": str(account.subtotal),
        "limit": None if account.limit is None else {"code": account.limit, "amount": str(account.by_limit)},
        "rounding": str(account.by_rounding),
        "taxes_included": policy.tax_included,
        "net_minor": account.net_minor,
        "tax_minor": account.tax_minor,
        "total_minor": account.total_minor,
        "text": {language: _texts(account, facts, session, language) for language in _LANGUAGES},
    }


def _line(line: AccountLine, account: Account, facts: Sequence[AnyFact], session: str | None) -> dict[str, Any]:
    currency, zone = account.policy.currency, account.zone
    found = grounds(line.start, line.end, line.treatment, session, facts)
    return {
        "from": utc(line.start),
        "to": utc(line.end),
        "local_from": local(line.start, zone),
        "local_to": local(line.end, zone),
        "condition": line.condition,
        "reason": {"code": line.reason, "text": _both(reason_text, line.reason)},
        "treatment": {"code": line.treatment.value, "text": _both(treatment_text, line.treatment)},
        "tier": line.tier,
        "price": None if line.price is None else {x: tier_words(line.price, currency, x) for x in _LANGUAGES},
        "window": None if line.window is None else {x: hours(line.window, x) for x in _LANGUAGES},
        "amount": str(line.amount),
        "evidence": [{"source": fact.source, "id": fact.source_id, "at": utc(fact.at)} for fact in found],
    }


def _both(words: Callable[[_T, str], str], code: _T) -> dict[str, str]:
    return {language: words(code, language) for language in _LANGUAGES}


def _texts(account: Account, facts: Sequence[AnyFact], session: str | None, language: str) -> dict[str, list[str]]:
    return {
        "driver": list(driver_text(account, language)),
        "owner": list(owner_text(account, language)),
        "officer": list(officer_text(account, facts, session, language)),
    }
