"""An account in words: what a driver (in Spanish too), an owner and an officer each need, English and French."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from enforcement.accounts import texts
from enforcement.accounts.account import Account, AccountLine
from enforcement.accounts.facts import fact_text
from enforcement.accounts.grounds import grounds
from enforcement.accounts.values import joined, minor, money, span, utc_span
from enforcement.facts import AnyFact
from enforcement.fee_lines import Treatment
from enforcement.phrases import duration, hours, number, tax_name
from enforcement.tier_words import tier_words
from enforcement.why import CONDITIONS, KINDS, LIMITS, reason_text, treatment_text, words_of

LANGUAGES = ("en", "fr")
_OF_DRIVERS = (*LANGUAGES, "es")
# A free piece that is shorter has no length that could be read: the core leaves one where the present begins.
_SHORTEST = timedelta(seconds=1)
# Why such time costs nothing is in what the vehicle did, or in what is known of it.
_TOLD_BY_REASON = frozenset({Treatment.NOT_COUNTED, Treatment.SPARED})


def driver_text(account: Account, language: str = "en") -> tuple[str, ...]:
    """Short and plain: what each piece of time cost, or why it cost nothing, and the sum with its taxes."""
    spoken, currency = _spoken(language, _OF_DRIVERS), account.policy.currency
    pieces = [line for line in joined(account.lines) if line.length >= _SHORTEST or line.amount]
    out = [_driver_line(line, account, spoken) for line in pieces]
    if account.by_limit:
        out.append(_limited(account, spoken))
    inside = account.policy.tax_included
    if account.total_minor == 0:
        return (*out, texts.NOTHING[spoken])
    total = texts.TOTAL[spoken].format(amount=minor(account.total_minor, currency, spoken))
    taxes = _taxes(account, texts.TAX_INSIDE if inside else texts.TAX, spoken)
    return (*out, total, *taxes) if inside else (*out, *taxes, total)


def owner_text(account: Account, language: str = "en") -> tuple[str, ...]:
    """Money and policy: the clause, each piece with its price and exact amount, limits, rounding, taxes, net, total."""
    spoken, currency = _spoken(language), account.policy.currency
    clause = account.clause
    out = [
        texts.CLAUSE[spoken].format(
            kind=words_of(KINDS[clause.kind], spoken),
            policy=account.policy.name,
            number=account.index + 1,
            code=clause.kind.value,
        )
    ]
    out += [_owner_line(line, account, spoken) for line in account.lines]
    out.append(texts.SUBTOTAL[spoken].format(amount=money(account.subtotal, currency, spoken)))
    if account.by_limit:
        out.append(_limited(account, spoken))
    if account.by_rounding:
        out.append(texts.ROUNDING[spoken].format(amount=money(account.by_rounding, currency, spoken)))
    out.append(texts.NET[spoken].format(amount=minor(account.net_minor, currency, spoken)))
    out += _taxes(account, texts.TAX, spoken)
    return (*out, texts.TOTAL[spoken].format(amount=minor(account.total_minor, currency, spoken)))


def officer_text(
    account: Account, facts: Iterable[AnyFact], session: str | None, language: str = "en", *, with_money: bool = False
) -> tuple[str, ...]:
    """What was seen, when (local and UTC) and on whose word; no money unless asked. ``session`` is the violation's."""
    spoken, known = _spoken(language), list(facts)
    out = [words_of(KINDS[account.clause.kind], spoken) + "."]
    for line in joined(account.lines, by_price=False):
        out += [_seen(line, account, spoken), _rests_on(line, account, known, session, spoken)]
    if with_money:
        out.append(texts.TOTAL[spoken].format(amount=minor(account.total_minor, account.policy.currency, spoken)))
    return tuple(out)


def _driver_line(line: AccountLine, account: Account, language: str) -> str:
    when, length = span(line.start, line.end, account.zone), duration(line.length)
    if line.treatment is Treatment.BILLED:
        template = texts.NO_PRICE if line.price is None else texts.BILLED
        price = "" if line.price is None else tier_words(line.price, account.policy.currency, language)
        amount = money(line.amount, account.policy.currency, language)
        return template[language].format(span=when, length=length, price=price, amount=amount)
    is_in_reason = line.treatment in _TOLD_BY_REASON
    why = reason_text(line.reason, language) if is_in_reason else treatment_text(line.treatment, language)
    return texts.FREE[language].format(span=when, length=length, why=why)


def _owner_line(line: AccountLine, account: Account, language: str) -> str:
    told = texts.PIECE[language].format(
        span=span(line.start, line.end, account.zone),
        length=duration(line.length),
        condition=words_of(CONDITIONS[line.condition], language),
        treatment=treatment_text(line.treatment, language),
        reason=reason_text(line.reason, language),
    )
    if line.price is None or line.tier is None:
        return told
    within = "" if line.window is None else texts.IN_HOURS[language].format(hours=hours(line.window, language))
    currency = account.policy.currency
    return told + texts.PRICED[language].format(
        number=line.tier + 1,
        price=tier_words(line.price, currency, language),
        hours=within,
        amount=money(line.amount, currency, language),
    )


def _limited(account: Account, language: str) -> str:
    return texts.LIMITED[account.by_limit > 0][language].format(
        limit=words_of(LIMITS[account.limit or "cap"], language),
        amount=money(abs(account.by_limit), account.policy.currency, language),
    )


def _taxes(account: Account, template: texts.Words, language: str) -> Iterator[str]:
    for tax in account.taxes:
        yield template[language].format(
            name=tax_name(tax.name, language),
            rate=number(tax.rate * 100, 0, language),
            amount=minor(tax.amount_minor, account.policy.currency, language),
        )


def _seen(line: AccountLine, account: Account, language: str) -> str:
    return texts.SEEN[language].format(
        span=span(line.start, line.end, account.zone),
        utc=utc_span(line.start, line.end),
        length=duration(line.length),
        condition=words_of(CONDITIONS[line.condition], language),
        reason=reason_text(line.reason, language),
        doubt=texts.DOUBT[language] if line.treatment is Treatment.UNCONFIRMED else "",
    )


def _rests_on(line: AccountLine, account: Account, facts: list[AnyFact], session: str | None, language: str) -> str:
    found = grounds(line.start, line.end, line.treatment, session, facts)
    if not found:
        return texts.ON_NOTHING[language]
    return texts.RESTS_ON[language].format(facts="; ".join(fact_text(f, account.zone, language) for f in found))


def _spoken(language: str, known: tuple[str, ...] = LANGUAGES) -> str:
    return language if language in known else "en"
