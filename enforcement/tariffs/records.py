"""A bill as the priced part of an OCPI CDR: periods of PARKING_TIME alone, the tariff that was applied, and totals.

The periods hold the billed time and nothing else, since a grace after charging can't be said in OCPI. What a policy
asks beyond a price per hour (limits, units, its own rounding) is said as the bound that decided: ``min_price`` and
``max_price`` (2.2.1 and later), or a flat part (2.1.1). Whoever prices the record by its own tariff comes to the same
minor unit; :func:`write_record` holds it against :func:`enforcement.tariffs.pricing.price` before it gives it out.

Numbers have 4 decimals (types, "number"): volumes are rounded to the nearest, hours of 0.36 s.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from enforcement.money import Tax, exponent, to_major, to_minor
from enforcement.settlement import Bill, Piece
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.pricing import price
from enforcement.tariffs.vocabulary import Version

Document = dict[str, Any]

_HOUR = 3600
_PLACES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is around the numbers. ``party``: country code and party id of who sends it; ``at``: when it was made.

    ``stem``: begins the ids of the tariffs, at most 32 characters; ``url`` shows how the fee came about.
    """

    version: Version
    party: tuple[str, str]
    stem: str
    at: datetime
    url: str | None = None


def write_record(bill: Bill, frame: Frame) -> Document:
    """The fields of a CDR that say what was used and what it costs; numbers are Decimal.

    Raises ArithmeticError if no way of saying it comes to the bill, which no bill is known to do.
    """
    for way in _WAYS[frame.version]:
        record = _totals(bill, frame) | way(bill, frame)
        if _comes_to(record, bill, frame.version):
            return record
    raise ArithmeticError(f"the CDR of {bill.session} can't be priced to {bill.net_minor} {bill.currency}")


def write_credit(document: Mapping[str, Any], credit_id: str, last_updated: str) -> Document:
    """The credit CDR of a CDR: everything copied, only ``total_cost`` negative (2.2.1 and 2.3.0, Credit CDRs)."""
    return {
        **document,
        "id": credit_id,
        "credit": True,
        "credit_reference_id": document["id"],
        "total_cost": _negative(document["total_cost"]),
        "last_updated": last_updated,
    }


def _negative(cost: Any) -> Any:
    if isinstance(cost, Mapping):
        return {name: value if name == "percentage" else _negative(value) for name, value in cost.items()}
    if isinstance(cost, list):
        return [_negative(item) for item in cost]
    return -cost if isinstance(cost, Decimal | int) else cost


def _by_rate(
    bill: Bill, frame: Frame, bounds: Document | None = None, rate_of: Callable[[Piece], Fraction] | None = None
) -> Document:
    """One tariff for each price that was applied; each period names its own."""
    rate_of = rate_of or _rate
    rates = list(dict.fromkeys(rate_of(piece) for piece in bill.pieces))
    ids = {rate: f"{frame.stem}-{number}" for number, rate in enumerate(rates, start=1)}
    components = {rate: [_component(bill, frame, "PARKING_TIME", rate)] for rate in rates}
    return {
        "tariffs": [_tariff(bill, frame, ids[rate], components[rate], bounds or {}) for rate in rates],
        "charging_periods": list(_periods(bill, lambda piece: {"tariff_id": ids[rate_of(piece)]})),
    }


def _bounded(bill: Bill, frame: Frame) -> Document:
    """The same, held at what is owed from both sides: a cap or a minimum decided, or 4 decimals are too few."""
    return _by_rate(bill, frame, _bounds(bill, frame))


def _lifted(bill: Bill, frame: Frame) -> Document:
    """The same with prices a little lower, so that the minimum decides.

    Volumes of 4 decimals may come out above what is owed. A maximum before taxes then takes the taxes down with it,
    below those that were each rounded up by themselves; only a minimum lifts them to the minor unit.
    """
    net = to_major(bill.net_minor, bill.currency)
    before = _priced(_by_rate(bill, frame), bill, frame)
    scale = min(Fraction(1), net / before) if before else Fraction(1)
    return _by_rate(bill, frame, _bounds(bill, frame), lambda piece: _floor(_rate(piece) * scale))


def _bounds(bill: Bill, frame: Frame) -> Document:
    bound: Document = {}
    net, total = _money(bill.net_minor, bill), _money(bill.total_minor, bill)
    if frame.version is Version.V2_3_0:
        bound = {"before_taxes": net} | ({"after_taxes": total} if bill.taxes else {})
    else:
        bound = {"excl_vat": net} | ({"incl_vat": total} if bill.taxes else {})
    return {"min_price": bound, "max_price": bound}


def _averaged(bill: Bill, frame: Frame) -> Document:
    """One price for all of it, and a flat part for the rest: 2.1.1 has no bounds, and its periods name no tariff."""
    net = to_major(bill.net_minor, bill.currency)
    hours = _priced(_single(bill, frame, Fraction(1), Fraction(0)), bill, frame)
    rate = _floor(net / hours) if hours else Fraction(0)
    rest = net - _priced(_single(bill, frame, rate, Fraction(0)), bill, frame)
    return _single(bill, frame, rate, rest)


def _priced(way: Document, bill: Bill, frame: Frame) -> Fraction:
    """What somebody else makes of it, who counts whole seconds (step_size 1) where 4 decimals of an hour are near."""
    return _price_of(_totals(bill, frame) | way, bill, frame.version)[0]


def _stated(bill: Bill, frame: Frame) -> Document:
    """The one price that was applied."""
    return _single(bill, frame, _rate(bill.pieces[0]), Fraction(0))


def _single(bill: Bill, frame: Frame, rate: Fraction, flat: Fraction) -> Document:
    components = [_component(bill, frame, "PARKING_TIME", rate)]
    components += [_component(bill, frame, "FLAT", flat)] if flat else []
    tariff = _tariff(bill, frame, f"{frame.stem}-1", components, {})
    return {"tariffs": [tariff], "charging_periods": list(_periods(bill, lambda _: {}))}


_Way = Callable[[Bill, Frame], Document]
_WAYS: Mapping[Version, tuple[_Way, ...]] = {
    Version.V2_1_1: (_stated, _averaged),
    Version.V2_2_1: (_by_rate, _bounded, _lifted),
    Version.V2_3_0: (_by_rate, _bounded, _lifted),
}


def _tariff(bill: Bill, frame: Frame, tariff_id: str, components: list[Document], bounds: Document) -> Document:
    texts = [f"{bill.policy}, {bill.kind}: the price that was applied"]
    tariff: Document = {
        "id": tariff_id,
        "currency": bill.currency,
        "tariff_alt_text": [{"language": "en", "text": text[:512]} for text in texts],
        **({"tariff_alt_url": frame.url} if frame.url else {}),
        **bounds,
        "elements": [{"price_components": components}],
        "last_updated": _instant(frame.at),
    }
    if frame.version is not Version.V2_1_1:
        tariff |= {"country_code": frame.party[0], "party_id": frame.party[1]}
    if frame.version is Version.V2_3_0:
        tariff["tax_included"] = "NO" if bill.taxes else "N/A"
    return tariff


def _component(bill: Bill, frame: Frame, dimension: str, amount: Fraction) -> Document:
    component: Document = {"type": dimension, "price": _number(amount), "step_size": 1}
    vat = _vat(bill, frame.version)
    return component if vat is None else {**component, "vat": vat}


def _vat(bill: Bill, version: Version) -> Decimal | None:
    """2.2.1 has one percentage for all taxes together; 2.3.0 leaves several to the total, 2.1.1 says none."""
    is_sayable = version is Version.V2_2_1 or (version is Version.V2_3_0 and len(bill.taxes) == 1)
    return _number(sum((tax.rate for tax in bill.taxes), Fraction(0)) * 100) if bill.taxes and is_sayable else None


def _periods(bill: Bill, more: Callable[[Piece], Document]) -> Iterator[Document]:
    """A period ends where the next one starts, so unbilled time between two is a period of its own, of no volume."""
    until: datetime | None = None
    for piece in bill.pieces:
        if until is not None and until < piece.start:
            yield _period(until, Decimal(0), {})
        yield _period(piece.start, _volume(piece), more(piece))
        until = piece.end


def _period(start: datetime, hours: Decimal, more: Document) -> Document:
    return {"start_date_time": _instant(start), "dimensions": [{"type": "PARKING_TIME", "volume": hours}], **more}


def _totals(bill: Bill, frame: Frame) -> Document:
    """Time is the billed time alone: the network's own CDR tells of the session."""
    hours = sum((_volume(piece) for piece in bill.pieces), Decimal(0))
    totals: Document = {
        "start_date_time": _instant(bill.pieces[0].start),
        "stop_date_time" if frame.version is Version.V2_1_1 else "end_date_time": _instant(bill.pieces[-1].end),
        "currency": bill.currency,
        "total_energy": Decimal(0),
        "total_time": hours,
        "total_parking_time": hours,
        "total_cost": _cost(bill, frame.version),
    }
    return totals if frame.version is Version.V2_1_1 else {**totals, "total_parking_cost": totals["total_cost"]}


def _cost(bill: Bill, version: Version) -> Any:
    net = _money(bill.net_minor, bill)
    if version is Version.V2_1_1:
        return net
    if version is Version.V2_2_1:
        return {"excl_vat": net, "incl_vat": _money(bill.total_minor, bill)}
    taxes = [
        {"name": tax.name, "percentage": _number(tax.rate * 100), "amount": _money(tax.amount_minor, bill)}
        for tax in bill.taxes
    ]
    return {"before_taxes": net, "taxes": taxes}


def _comes_to(record: Document, bill: Bill, version: Version) -> bool:
    """Whether its own tariff gives what is owed, to the minor unit."""
    before, total = _price_of(record, bill, version)
    if to_minor(before, bill.currency) != bill.net_minor:
        return False
    return version is Version.V2_1_1 or to_minor(total, bill.currency) == bill.total_minor


def _price_of(record: Document, bill: Bill, version: Version) -> tuple[Fraction, Fraction]:
    read = read_cdr(record, version)
    local: Sequence[Tax] = [Tax(tax.name, tax.rate) for tax in bill.taxes]
    priced = price(read, read.tariffs, "UTC", local)
    return priced.before_taxes or Fraction(0), priced.total


def _rate(piece: Piece) -> Fraction:
    """The price of an hour."""
    return Fraction(_number(piece.amount * _HOUR / piece.seconds)) if piece.seconds else Fraction(0)


def _volume(piece: Piece) -> Decimal:
    return _number(piece.seconds / _HOUR)


def _money(amount_minor: int, bill: Bill) -> Decimal:
    return Decimal(amount_minor).scaleb(-exponent(bill.currency))


def _number(value: Fraction) -> Decimal:
    """Rounded to 4 decimals, half up."""
    return _decimal((2 * value * _PLACES + 1) // 2)


def _floor(value: Fraction) -> Fraction:
    return Fraction(value * _PLACES // 1, _PLACES)


def _decimal(places: int) -> Decimal:
    number = Decimal(places).scaleb(-4).normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
