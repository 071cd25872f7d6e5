"""Reading a rule document (TOML). A document that makes no sense is refused with every fault named at its line."""

from datetime import timedelta
from typing import Any

from enforcement import readings as read
from enforcement import readings_of_time as times
from enforcement.conditions import Condition
from enforcement.documents import DocumentError, Table, open_document
from enforcement.money import exponent, to_minor
from enforcement.rules.offences import WITNESSED, Offence
from enforcement.rules.place import PlaceKind
from enforcement.rules.rule import Exemption, Forbidden, Land, Penalty, Rule, SignRule
from enforcement.windows import EVERY_DAY, Window

AS_SIGNED = "as signed"
_LAST_VERSION = 1_000_000


class RuleError(DocumentError):
    """A document that can't be a rule; ``faults`` says all that is wrong, each with its line."""


def read_rule(text: str) -> Rule:
    """Read one rule version from its TOML text. Raises :class:`RuleError` with every fault."""
    try:
        table = open_document(text)
    except DocumentError as error:
        raise RuleError(error.faults) from error
    values = _head(table)
    penalty, sign = table.table("penalty"), table.table("sign")
    for key, inner in (("penalty", penalty), ("sign", sign)):
        if inner is None:
            table.fault(f"[{key}] is missing")
    values["penalty"] = _penalty(penalty) if penalty else None
    values["sign"] = _sign(sign) if sign else None
    values["forbids"] = tuple(_forbidden(entry) for entry in table.tables("forbids"))
    values["exemptions"] = tuple(_exemption(entry) for entry in table.tables("exemption"))
    table.close()
    _check(table, values)
    if table.faults:
        raise RuleError(table.faults)
    return Rule(**values)


def _head(t: Table) -> dict[str, Any]:
    return {
        "id": t.take("id", read.name),
        "version": t.take("version", read.whole(1, _LAST_VERSION)),
        "title_en": t.take("title_en", read.text_value),
        "title_fr": t.take("title_fr", read.text_value),
        "place": t.take("place", read.text_value),
        "statute": t.take("statute", read.text_value),
        "source": t.take("source", read.text_value),
        "uncertain": t.take("uncertain", _texts),
        "land": t.take("private_land", lambda value: Land(read.one_of(*Land)(value))),
        "effective_from": t.take("effective_from", times.day, None),
        "effective_to": t.take("effective_to", times.day, None),
    }


def _check(t: Table, values: dict[str, Any]) -> None:
    first, last = values["effective_from"], values["effective_to"]
    if first and last and last <= first:
        t.fault("effective_to is not after effective_from", "effective_to")
    if first is None and "effective_from" not in t.values and not values["uncertain"]:
        t.fault("effective_from is missing: give it, or say under uncertain that it is not known")
    offences = [forbidden.offence for forbidden in values["forbids"]]
    if not offences:
        t.fault("forbids nothing")
    for offence in sorted({o for o in offences if o and offences.count(o) > 1}):
        t.fault(f"forbids {offence} twice")


def _penalty(t: Table) -> Penalty | None:
    currency = t.take("currency", read.currency)
    least, most = t.take("least", read.money, None), t.take("most", read.money, None)
    texts = {"text_en": t.take("text_en", read.text_value), "text_fr": t.take("text_fr", read.text_value)}
    t.close()
    for key, amount in (("least", least), ("most", most)):
        if currency and amount is not None and (amount * 10 ** exponent(currency)).denominator != 1:
            t.fault(f"{key}: {currency} has {exponent(currency)} decimals", key)
    if least is not None and most is not None and most < least:
        t.fault("most is less than least", "most")
    if currency is None or None in texts.values():
        return None
    minor = [None if amount is None else to_minor(amount, currency) for amount in (least, most)]
    return Penalty(currency=currency, least_minor=minor[0], most_minor=minor[1], **texts)  # type: ignore[arg-type]


def _sign(t: Table) -> SignRule | None:
    is_required, states = t.take("required", read.flag), t.take("must_state_penalty", read.flag, False)
    english, french = t.take("text_en", read.text_value), t.take("text_fr", read.text_value)
    t.close()
    if is_required is False and states:
        t.fault("a sign that is not required can't have to state the penalty", "must_state_penalty")
    if is_required is None or states is None or english is None or french is None:
        return None
    return SignRule(is_required=is_required, must_state_penalty=states, text_en=english, text_fr=french)


def _forbidden(t: Table) -> Forbidden:
    offence = t.take("what", lambda value: Offence(read.one_of(*Offence)(value)))
    after = t.take("after", _after, timedelta(0))
    half_hour = t.take("from_next_half_hour", read.flag, False)
    only_if_signed, basis = t.take("only_if_signed", read.flag, False), t.take("basis", read.text_value, "")
    penalty = t.table("penalty")
    own = _penalty(penalty) if penalty else None
    t.close()
    if offence in WITNESSED and ("after" in t.values or half_hour):
        t.fault(f"{offence} is seen at a moment: it has no length", "after")
    if offence is Offence.OVER_TIME_LIMIT and "after" not in t.values:
        t.fault(f'a time limit needs after: a length, or "{AS_SIGNED}"')
    if offence not in (Offence.OVER_TIME_LIMIT, None) and after is None and t.values.get("after") == AS_SIGNED:
        t.fault(f'only a time limit can be "{AS_SIGNED}"', "after")
    return Forbidden(
        offence=offence,  # type: ignore[arg-type] # None only with a fault, which refuses the document
        after=after,
        only_if_signed=bool(only_if_signed),
        from_next_half_hour=bool(half_hour),
        basis=basis or "",
        penalty=own,
    )


def _exemption(t: Table) -> Exemption:
    places = t.take("places", lambda value: frozenset(PlaceKind(word) for word in _texts(value)), frozenset())
    covers = t.take("covers", lambda value: frozenset(Condition(word) for word in _texts(value)), frozenset())
    windows = tuple(filter(None, (_window(entry) for entry in t.tables("hours"))))
    english, french = t.take("text_en", read.text_value), t.take("text_fr", read.text_value)
    t.close()
    if not places and not windows and not covers and not t.faults:
        t.fault("exempts everything: name places, hours or conditions")
    return Exemption(
        text_en=english or "", text_fr=french or "", places=places or frozenset(), windows=windows,
        covers=covers or frozenset(),
    )  # fmt: skip


def _window(t: Table) -> Window | None:
    start, end = t.take("from", times.wall_time), t.take("to", times.wall_time)
    days = t.take("days", times.weekdays, EVERY_DAY)
    t.close()
    return None if start is None or end is None or days is None else Window(start, end, days)


def _after(value: Any) -> timedelta | None:
    return None if value == AS_SIGNED else times.duration(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list of texts")
    return tuple(read.text_value(entry) for entry in value)
