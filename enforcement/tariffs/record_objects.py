"""The objects that a bill's CDR is put together from, as each version has them: totals, periods, tariffs.

Each says one thing of the bill and decides nothing: which prices and bounds to say is up to the caller.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from enforcement.money import exponent
from enforcement.settlement import Bill, Piece
from enforcement.tariffs.vocabulary import Dimension, Version
from enforcement.tariffs.writing import instant, nearest

Document = dict[str, Any]
# What is asked for in each dimension: the price of an hour, or of the whole.
Prices = Mapping[Dimension, Fraction]

_HOUR = 3600


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


def totals(bill: Bill, frame: Frame) -> Document:
    """What was used and what is owed. Time is the billed time alone: the network's own CDR tells of the session."""
    hours = sum((_volume(piece) for piece in bill.pieces), Decimal(0))
    said: Document = {
        "start_date_time": instant(bill.pieces[0].start),
        "stop_date_time" if frame.version is Version.V2_1_1 else "end_date_time": instant(bill.pieces[-1].end),
        "currency": bill.currency,
        "total_energy": Decimal(0),
        "total_time": hours,
        "total_parking_time": hours,
        "total_cost": _cost(bill, frame.version),
    }
    return said if frame.version is Version.V2_1_1 else {**said, "total_parking_cost": said["total_cost"]}


def periods(bill: Bill, tariff_ids: Iterable[str | None]) -> Iterator[Document]:
    """A period for each piece; it names its tariff where one is given.

    A period ends where the next one starts, so unbilled time between two is a period of its own, of no volume.
    """
    until: datetime | None = None
    for piece, own in zip(bill.pieces, tariff_ids, strict=True):
        if until is not None and until < piece.start:
            yield _period(until, Decimal(0), None)
        yield _period(piece.start, _volume(piece), own)
        until = piece.end


def tariff(bill: Bill, frame: Frame, number: int, prices: Prices, limits: Document) -> Document:
    """The ``number``-th tariff of a record, with the ``limits`` of :func:`bounds` or none."""
    text = f"{bill.policy}, {bill.kind}: the price that was applied"
    said: Document = {
        "id": tariff_id(frame, number),
        "currency": bill.currency,
        "tariff_alt_text": [{"language": "en", "text": text[:512]}],
        **({"tariff_alt_url": frame.url} if frame.url else {}),
        **limits,
        "elements": [{"price_components": [_component(bill, frame.version, *each) for each in prices.items()]}],
        "last_updated": instant(frame.at),
    }
    if frame.version is not Version.V2_1_1:
        said |= {"country_code": frame.party[0], "party_id": frame.party[1]}
    if frame.version is Version.V2_3_0:
        said["tax_included"] = "NO" if bill.taxes else "N/A"
    return said


def tariff_id(frame: Frame, number: int) -> str:
    """How periods name the ``number``-th tariff of their record."""
    return f"{frame.stem}-{number}"


def bounds(bill: Bill, version: Version) -> Document:
    """What is owed as the least and the most that a tariff may come to (2.2.1 and later)."""
    net, total = _money(bill.net_minor, bill), _money(bill.total_minor, bill)
    if version is Version.V2_3_0:
        bound = {"before_taxes": net} | ({"after_taxes": total} if bill.taxes else {})
    else:
        bound = {"excl_vat": net} | ({"incl_vat": total} if bill.taxes else {})
    return {"min_price": bound, "max_price": bound}


def _period(start: datetime, hours: Decimal, own: str | None) -> Document:
    dimensions = [{"type": Dimension.PARKING_TIME.value, "volume": hours}]
    return {"start_date_time": instant(start), "dimensions": dimensions} | ({"tariff_id": own} if own else {})


def _component(bill: Bill, version: Version, dimension: Dimension, price: Fraction) -> Document:
    component: Document = {"type": dimension.value, "price": nearest(price), "step_size": 1}
    vat = _vat(bill, version)
    return component if vat is None else {**component, "vat": vat}


def _vat(bill: Bill, version: Version) -> Decimal | None:
    """2.2.1 has one percentage for all taxes together; 2.3.0 leaves several to the total, 2.1.1 says none."""
    is_sayable = version is Version.V2_2_1 or (version is Version.V2_3_0 and len(bill.taxes) == 1)
    return nearest(sum((tax.rate for tax in bill.taxes), Fraction(0)) * 100) if bill.taxes and is_sayable else None


def _cost(bill: Bill, version: Version) -> Any:
    net = _money(bill.net_minor, bill)
    if version is Version.V2_1_1:
        return net
    if version is Version.V2_2_1:
        return {"excl_vat": net, "incl_vat": _money(bill.total_minor, bill)}
    taxes = [
        {"name": tax.name, "percentage": nearest(tax.rate * 100), "amount": _money(tax.amount_minor, bill)}
        for tax in bill.taxes
    ]
    return {"before_taxes": net, "taxes": taxes}


def _volume(piece: Piece) -> Decimal:
    return nearest(piece.seconds / _HOUR)


def _money(amount_minor: int, bill: Bill) -> Decimal:
    return Decimal(amount_minor).scaleb(-exponent(bill.currency))
