"""``min_price`` and ``max_price`` (2.2.1 and 2.3.0, Tariff): the bounds before and after taxes both apply."""

from collections.abc import Sequence
from fractions import Fraction

from enforcement.tariffs.result import Line, TaxShare, Why
from enforcement.tariffs.taxing import VAT, gathered
from enforcement.tariffs.vocabulary import Price, Tariff

_Amount = tuple[Fraction, Fraction]


def limit_lines(tariffs: Sequence[Tariff], before: Fraction, taxes: Sequence[TaxShare], *, is_net: bool) -> list[Line]:
    """The lines that lift a session to its minimum and hold it at its maximum.

    ``is_net``: False where ``before`` still holds unstated taxes; then only bounds after taxes can be held against it.
    Of several tariffs each bound applies; maxima come last and so win.
    """
    lines = []
    for why, tariff in [(Why.MIN_PRICE, t) for t in tariffs] + [(Why.MAX_PRICE, t) for t in tariffs]:
        limit = tariff.min_price if why is Why.MIN_PRICE else tariff.max_price
        if limit is None:
            continue
        tax = sum((share.amount for share in taxes), Fraction(0))
        net, new_tax = (_bounded if is_net else _bounded_after)(why, limit, before, tax)
        if (net, new_tax) != (before, tax):
            shares = _spread(taxes, new_tax - tax)
            lines.append(Line(why=why, tariff=tariff.id, before=net - before, taxes=shares))
            before, taxes = net, gathered([*taxes, *shares])
    return lines


def _bounded(why: Why, limit: Price, before: Fraction, tax: Fraction) -> _Amount:
    """The bound before taxes moves the taxes with it, at the session's own blend of rates. The bound after taxes then
    moves the taxes alone, as the specification's examples do (50 kWh: 10.00 and 11.00); an untaxed session's, the net.
    """
    bound = max if why is Why.MIN_PRICE else min
    net = bound(before, limit.before)
    new_tax = tax * net / before if before else tax
    if limit.after is None:
        return net, new_tax
    total = bound(net + new_tax, limit.after)
    is_untaxed = before != 0 and tax == 0
    return (total, Fraction(0)) if is_untaxed or total < net else (net, total - net)


def _bounded_after(why: Why, limit: Price, before: Fraction, tax: Fraction) -> _Amount:
    """Only the total is known: the bound after taxes scales what it is made of."""
    if limit.after is None:
        return before, tax
    whole = before + tax
    total = max(whole, limit.after) if why is Why.MIN_PRICE else min(whole, limit.after)
    return (before * total / whole, tax * total / whole) if whole else (total, tax)


def _spread(taxes: Sequence[TaxShare], moved: Fraction) -> tuple[TaxShare, ...]:
    """A change of all taxes, on each in proportion; without any, it is a tax whose rate nobody stated."""
    whole = sum((share.amount for share in taxes), Fraction(0))
    if not moved:
        return ()
    if not whole:
        return (TaxShare(VAT, None, moved),)
    return tuple(TaxShare(share.name, share.rate, share.amount * moved / whole) for share in taxes)
