"""What a charge record costs by a tariff: exact, line by line, each with its reason.

A period is priced by its start: the CPO begins a new one whenever another component becomes active. Where it did not,
that is a finding; ``cutting.cut`` mends the record. OCPI says nothing of rounding money: see ``Priced.rounded``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from enforcement.money import Tax
from enforcement.tariffs.cutting import pieces
from enforcement.tariffs.limits import limit_lines
from enforcement.tariffs.matching import Choice, choose
from enforcement.tariffs.result import Line, Priced, TaxShare, Why
from enforcement.tariffs.steps import Use, extras
from enforcement.tariffs.taxing import gathered, is_unstated, rates, split
from enforcement.tariffs.vocabulary import Cdr, Component, Dimension, Finding, Tariff, TariffError
from enforcement.tariffs.walking import Step, tariff_of, walk


def price(cdr: Cdr, tariffs: Sequence[Tariff], zone: str, taxes: Sequence[Tax] = ()) -> Priced:
    """Price a charge record.

    One tariff prices every period; of several, each prices the periods that name it. ``zone`` is the location's time
    zone. ``taxes``: the place's own, used where a tariff leaves them unstated (2.1.1; 2.3.0 without VAT). Raises
    :class:`TariffError` where a tariff is in another currency.
    """
    for tariff in tariffs:
        if tariff.currency != cdr.currency:
            raise TariffError(f"tariff {tariff.id} is in {tariff.currency}, the record in {cdr.currency}")
    sheet = _Sheet(cdr, tuple(tariffs), tuple(taxes))
    for step in walk(cdr, zone):
        sheet.add(step)
    return sheet.closed()


class _Sheet:
    """Lines and findings while a record is walked through."""

    def __init__(self, cdr: Cdr, tariffs: tuple[Tariff, ...], taxes: tuple[Tax, ...]) -> None:
        self.cdr, self.tariffs, self.local = cdr, tariffs, taxes
        self.lines: list[Line] = []
        self.uses: list[Use] = []
        self.steps: list[Step] = []
        self.used: list[Tariff] = []
        self.flat_done: set[bool] = set()
        self.findings = [note for tariff in tariffs for note in tariff.notes]
        self.is_net = True

    def add(self, step: Step) -> None:
        """Price one period by its start."""
        self.steps.append(step)
        tariff, place = tariff_of(step.period, self.tariffs), f"charging_periods[{step.index}]"
        if not self.cdr.start <= step.period.start <= self.cdr.end:
            self._find("period_outside_session", place, "it starts before or after its session")
        if tariff is None:
            self.lines += [_line(step, Why.NO_TARIFF, dimension, volume) for dimension, volume in step.used]
            self._find("no_tariff", place, f"no tariff {step.period.tariff_id!r} is given for it")
            return
        if tariff not in self.used:
            self._first_use(tariff, step)
        if len(pieces(step, tariff)) > 1:
            self._find("period_crosses_edge", place, "its price changes within it, and it is priced by its start")
        choice = choose(tariff, step.start)
        for index in _undecided(step, tariff, choice):
            self._find("undecided", place, f"elements[{index}] limits current or power, which it does not say")
        self._flat(step, tariff, choice)
        for dimension, volume in step.used:
            self._consumed(step, tariff, choice, dimension, volume)

    def closed(self) -> Priced:
        """Steps and price limits, then the totals."""
        for use, extra in extras(self.uses):
            step = self.steps[use.period]
            self._charge(step, Why.STEP, use.tariff, (use.element, use.component), extra)
        before, shares = _sums(self.lines)
        self.lines += limit_lines(self.used, before, shares, is_net=self.is_net)
        before, shares = _sums(self.lines)
        if not self.is_net and any(p and p.after is None for t in self.used for p in (t.min_price, t.max_price)):
            self._find("limit_not_applicable", "tariff", "a price limit before taxes, and taxes inside are not stated")
        return Priced(
            currency=self.cdr.currency,
            lines=tuple(self.lines),
            before_taxes=before if self.is_net else None,
            taxes=shares,
            total=before + sum(share.amount for share in shares),
            findings=tuple(dict.fromkeys(self.findings)),
        )

    def _first_use(self, tariff: Tariff, step: Step) -> None:
        self.used.append(tariff)
        ended = tariff.valid_to is not None and step.period.start > tariff.valid_to
        if ended or (tariff.valid_from is not None and step.period.start < tariff.valid_from):
            self._find("outside_validity", f"tariff {tariff.id}", "it was not in effect when it was first used")

    def _flat(self, step: Step, tariff: Tariff, choice: Choice) -> None:
        """A flat fee is owed once, by the first component that applies; a reservation owes its own."""
        chosen, is_reservation = choice.components.get(Dimension.FLAT), step.reservation is not None
        if chosen is not None and is_reservation not in self.flat_done:
            self.flat_done.add(is_reservation)
            self._charge(step, Why.FLAT, tariff, chosen, Fraction(1))

    def _consumed(self, step: Step, tariff: Tariff, choice: Choice, dimension: Dimension, volume: Fraction) -> None:
        chosen = choice.components.get(dimension)
        if chosen is None:
            self.lines.append(_line(step, Why.NO_COMPONENT, dimension, volume))
            return
        self.uses.append(Use(step.index, tariff, *chosen, volume, step.reservation is not None))
        self._charge(step, Why.CONSUMED if chosen[1].price else Why.FREE, tariff, chosen, volume)

    def _charge(self, step: Step, why: Why, tariff: Tariff, chosen: tuple[int, Component], volume: Fraction) -> None:
        element, component = chosen
        net, shares = split(component.price * volume, tariff, rates(tariff, component, self.local))
        if component.price and is_unstated(tariff, component, self.local):
            code = "tax_share_not_stated" if tariff.tax_rule == "included" else "taxes_not_stated"
            self._find(code, f"tariff {tariff.id}", "its components do not say which taxes lie on them")
            self.is_net = self.is_net and tariff.tax_rule != "included"
        line = replace(
            _line(step, why, component.dimension, volume),
            before=net,
            taxes=shares,
            tariff=tariff.id,
            element=element,
            price=component.price,
            step=component.step if why is Why.STEP else None,
        )
        self.lines.append(line)

    def _find(self, code: str, place: str, words: str) -> None:
        self.findings.append(Finding(code, place, words))


def _line(step: Step, why: Why, dimension: Dimension, volume: Fraction) -> Line:
    return Line(
        why=why,
        period=step.index,
        at=step.period.start,
        dimension=dimension,
        is_reservation=step.reservation is not None,
        quantity=volume,
    )


def _undecided(step: Step, tariff: Tariff, choice: Choice) -> Iterator[int]:
    """Elements that could have priced what the period used, had it said its current or power."""
    used = {dimension for dimension, volume in step.used if volume}
    for index in choice.undecided:
        priced = {component.dimension for component in tariff.elements[index].components}
        if tariff.matching == "element" or priced & used:
            yield index


def _sums(lines: Sequence[Line]) -> tuple[Fraction, tuple[TaxShare, ...]]:
    shares: Iterator[TaxShare] = (share for line in lines for share in line.taxes)
    return sum((line.before for line in lines), Fraction(0)), gathered(shares)
