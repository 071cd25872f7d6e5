"""The ways of saying a bill by a tariff and its periods, the plainest first; no one of them fits every bill.

What a policy asks beyond a price per hour (limits, units, its own rounding) is said as the bound that decided:
``min_price`` and ``max_price`` (2.2.1 and later), or a flat part (2.1.1).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from enforcement.money import to_major
from enforcement.settlement import Bill, Piece
from enforcement.tariffs.record_objects import Document, Frame, Prices, bounds, periods, tariff, tariff_id, totals
from enforcement.tariffs.repricing import repriced
from enforcement.tariffs.vocabulary import Dimension, Version
from enforcement.tariffs.writing import lowered, nearest

Way = Callable[[Bill, Frame], Document]

_HOUR = 3600


def by_rate(bill: Bill, frame: Frame) -> Document:
    """The prices that were applied, a tariff for each."""
    return _by_rates(bill, frame, [_rate(piece) for piece in bill.pieces], {})


def bounded(bill: Bill, frame: Frame) -> Document:
    """The same, held at what is owed from both sides: a cap or a minimum decided, or 4 decimals are too few."""
    return _by_rates(bill, frame, [_rate(piece) for piece in bill.pieces], bounds(bill, frame.version))


def lifted(bill: Bill, frame: Frame) -> Document:
    """The same with prices a little lower, so that the minimum decides.

    Volumes of 4 decimals may come out above what is owed. A maximum before taxes then takes the taxes down with it,
    below those that were each rounded up by themselves; only a minimum lifts them to the minor unit.
    """
    net = to_major(bill.net_minor, bill.currency)
    before = _priced(by_rate(bill, frame), bill, frame)
    scale = min(Fraction(1), net / before) if before else Fraction(1)
    rates = [lowered(_rate(piece) * scale) for piece in bill.pieces]
    return _by_rates(bill, frame, rates, bounds(bill, frame.version))


def by_one_rate(bill: Bill, frame: Frame) -> Document:
    """The price that was applied, where it was one: periods of 2.1.1 name no tariff."""
    return _by_one(bill, frame, {Dimension.PARKING_TIME: _rate(bill.pieces[0])})


def averaged(bill: Bill, frame: Frame) -> Document:
    """One price for all of it, and a flat part for the rest: 2.1.1 has no bounds."""
    net = to_major(bill.net_minor, bill.currency)
    hours = _priced(_by_one(bill, frame, {Dimension.PARKING_TIME: Fraction(1)}), bill, frame)
    prices: Prices = {Dimension.PARKING_TIME: lowered(net / hours) if hours else Fraction(0)}
    rest = net - _priced(_by_one(bill, frame, prices), bill, frame)
    return _by_one(bill, frame, {**prices, **({Dimension.FLAT: rest} if rest else {})})


WAYS: Mapping[Version, tuple[Way, ...]] = {
    Version.V2_1_1: (by_one_rate, averaged),
    Version.V2_2_1: (by_rate, bounded, lifted),
    Version.V2_3_0: (by_rate, bounded, lifted),
}


def _by_rates(bill: Bill, frame: Frame, rates: list[Fraction], limits: Document) -> Document:
    """A tariff for each price. ``rates`` are those of the pieces; each period names its own."""
    numbers = {rate: number for number, rate in enumerate(dict.fromkeys(rates), start=1)}
    tariffs = [tariff(bill, frame, number, {Dimension.PARKING_TIME: rate}, limits) for rate, number in numbers.items()]
    own = [tariff_id(frame, numbers[rate]) for rate in rates]
    return {"tariffs": tariffs, "charging_periods": list(periods(bill, own))}


def _by_one(bill: Bill, frame: Frame, prices: Prices) -> Document:
    return {
        "tariffs": [tariff(bill, frame, 1, prices, {})],
        "charging_periods": list(periods(bill, [None] * len(bill.pieces))),
    }


def _priced(way: Document, bill: Bill, frame: Frame) -> Fraction:
    """What somebody else makes of it, who counts whole seconds (step_size 1) where 4 decimals of an hour are near."""
    return repriced(totals(bill, frame) | way, bill, frame.version)[0]


def _rate(piece: Piece) -> Fraction:
    """The price of an hour."""
    return Fraction(nearest(piece.amount * _HOUR / piece.seconds)) if piece.seconds else Fraction(0)
