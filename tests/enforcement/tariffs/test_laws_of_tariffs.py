"""Laws of pricing, over whole small worlds of tariffs and records."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from enforcement.money import Tax
from enforcement.tariffs.cutting import cut
from enforcement.tariffs.pricing import price
from enforcement.tariffs.vocabulary import (
    Cdr,
    ChargingPeriod,
    Component,
    Dimension,
    Element,
    Price,
    Restrictions,
    Tariff,
)
from enforcement.tariffs.walking import walk
from tests.support.choices import EITHER, between
from tests.support.tariffs import MONDAY

ZONES = st.sampled_from(["UTC", "Europe/Rome", "America/Toronto"])
# Near midnight UTC of ordinary days and of both changes of the clock in Rome and in Toronto.
STARTS = st.sampled_from([MONDAY, *(MONDAY.replace(month=m, day=d) for m, d in ((3, 10), (3, 31), (10, 27), (11, 3)))])
KINDS = ("TIME", "PARKING_TIME", "RESERVATION_TIME")
MONEY = st.integers(0, 500).map(lambda cents: Fraction(cents, 100))
VATS = st.sampled_from([None, Fraction(0), Fraction(1, 10), Fraction(1, 5)])
STEPS = st.sampled_from([0, 1, 60, 300, 900])
CLOCK = st.integers(0, 47).map(lambda i: (datetime.min + timedelta(minutes=30 * i)).time())
MAYBE_CLOCK = st.none() | CLOCK
MAYBE_LONG = st.none() | st.integers(30, 200).map(lambda m: Fraction(60 * m))
USES = st.lists(st.sampled_from(KINDS[:2]), min_size=1, max_size=4)
DAYS = st.sets(st.integers(0, 6), max_size=4)
VERSIONS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"matching": "element", "steps_each": True, "unstated_tax": True},
        {},
        {"tax_rule": "included", "unstated_tax": True},
        {"tax_rule": "none"},
    ]
)
# Machines differ, and what is slow is not wrong: no deadline.
LAW = settings(deadline=None)
QUEBEC = (Tax("GST", Fraction(5, 100)), Tax("QST", Fraction(9975, 100_000)))


@cache
@st.composite
def restrictions(draw: st.DrawFn, *, energy: bool = True) -> Restrictions:
    limits: dict[str, Any] = {}
    if draw(EITHER):
        limits |= {"start_time": draw(MAYBE_CLOCK), "end_time": draw(MAYBE_CLOCK)}
    if draw(EITHER):
        limits["days"] = frozenset(draw(DAYS))
    if draw(EITHER):
        limits["min_duration"] = Fraction(60 * draw(between(0, 90)))
        limits["max_duration"] = draw(MAYBE_LONG)
    if energy and draw(EITHER):
        limits["max_kwh"] = Fraction(draw(between(1, 20)))
    return Restrictions(**limits)


def tariffs(*, energy: bool = True, steps: st.SearchStrategy[int] = STEPS) -> st.SearchStrategy[Tariff]:
    kinds = st.sampled_from(list(Dimension))
    parts = st.lists(st.builds(Component, kinds, MONEY, steps, VATS), min_size=1, max_size=4)
    elements = st.lists(st.builds(Element, parts.map(tuple), restrictions(energy=energy)), min_size=1, max_size=4)
    return st.builds(
        lambda elements, version: Tariff(id="T", currency="EUR", elements=tuple(elements), **version),
        elements,
        VERSIONS,
    )


@st.composite
def records(draw: st.DrawFn, *, longest: int = 120) -> Cdr:
    """Whole minutes of use, one period after the other, as a meter would give them."""
    at = start = draw(STARTS) + timedelta(minutes=draw(between(-180, 180)))
    periods = []
    for kind in draw(USES):
        minutes = draw(between(1, longest))
        volumes = {kind: Fraction(minutes, 60)}
        if kind == "TIME":
            volumes["ENERGY"] = Fraction(draw(between(0, 20)))
        periods.append(ChargingPeriod(at, volumes))
        at += timedelta(minutes=minutes)
    if draw(EITHER):
        begin = start - timedelta(minutes=15)
        periods = [ChargingPeriod(begin, {"RESERVATION_TIME": Fraction(1, 4)}), *periods]
    return Cdr(id="C", currency="EUR", start=periods[0].start, end=at, periods=tuple(periods))


def due(record: Cdr, by: Tariff, zone: str) -> Fraction:
    return price(cut(record, [by], zone), [by], zone).total


@LAW
@given(records(), tariffs(), ZONES, st.sampled_from([(), QUEBEC]))
def test_totals_are_the_sums_of_their_lines(record: Cdr, by: Tariff, zone: str, taxes: tuple[Tax, ...]) -> None:
    by = replace(by, min_price=Price(Fraction(3), Fraction(4)), max_price=Price(Fraction(9), Fraction(10)))
    priced = price(record, [by], zone, taxes)
    assert priced.total == sum(line.after for line in priced.lines)
    assert priced.total - sum(share.amount for share in priced.taxes) == sum(line.before for line in priced.lines)
    assert priced.before_taxes in (None, sum(line.before for line in priced.lines))
    minor = priced.rounded()
    assert minor.total == minor.net + sum(line.amount_minor for line in minor.taxes)
    assert abs(Fraction(minor.total, 100) - priced.total) <= Fraction(1 + len(minor.taxes), 200)


@LAW
@given(records(), tariffs(), ZONES, MONEY, st.none() | MONEY)
def test_a_maximum_is_never_exceeded(record: Cdr, by: Tariff, zone: str, most: Fraction, tax: Fraction | None) -> None:
    limited = replace(by, max_price=Price(most, None if tax is None else most + tax))
    priced = price(record, [limited], zone)
    free = price(record, [by], zone)
    assert priced.before_taxes is None or priced.before_taxes <= most
    assert tax is None or priced.total <= most + tax
    assert priced.total <= free.total


@LAW
@given(records(), tariffs(), ZONES, MONEY, MONEY)
def test_a_minimum_is_always_reached(record: Cdr, by: Tariff, zone: str, least: Fraction, tax: Fraction) -> None:
    priced = price(record, [replace(by, min_price=Price(least, least + tax))], zone)
    assert priced.before_taxes is None or priced.before_taxes >= least
    assert priced.total >= max(least + tax, price(record, [by], zone).total)


@LAW
@given(records(), tariffs(), ZONES, st.data())
def test_splitting_a_period_changes_nothing(record: Cdr, by: Tariff, zone: str, data: st.DataObject) -> None:
    """Steps count a session's totals, so they do not see the split either; see docs/tariffs.md for what they do see."""
    index = data.draw(between(0, len(record.periods) - 1))
    whole = record.periods[index]
    end = record.periods[index + 1].start if index + 1 < len(record.periods) else record.end
    length = int((end - whole.start).total_seconds())
    assume(length > 1)
    first = data.draw(between(1, length - 1))
    share = Fraction(first, length)
    halves = (
        replace(whole, volumes={kind: volume * share for kind, volume in whole.volumes.items()}),
        replace(
            whole,
            start=whole.start + timedelta(seconds=first),
            volumes={kind: volume * (1 - share) for kind, volume in whole.volumes.items()},
        ),
    )
    parts = (*record.periods[:index], *halves, *record.periods[index + 1 :])
    assert due(replace(record, periods=parts), by, zone) == due(record, by, zone)


@LAW
@given(
    records(), st.lists(st.builds(Component, st.sampled_from(list(Dimension)), MONEY, STEPS), min_size=1, max_size=4)
)
def test_one_element_costs_the_same_in_2_1_1_and_2_2_1(record: Cdr, components: list[Component]) -> None:
    """Unless both charging and parking cost something: 2.1.1 then rounds charging too, and can only be dearer."""
    parts = tuple({component.dimension: component for component in reversed(components)}.values())
    new = Tariff(id="T", currency="EUR", elements=(Element(parts),))
    old = replace(new, matching="element", steps_each=True, unstated_tax=True)
    before, after = price(record, [old], "UTC").before_taxes, price(record, [new], "UTC").before_taxes
    assert before is not None
    assert after is not None
    charged = {line.dimension for line in price(record, [new], "UTC").lines if line.before}
    if {Dimension.TIME, Dimension.PARKING_TIME} <= charged:
        assert before >= after
    else:
        assert before == after


@LAW
@given(records(longest=40), tariffs(energy=False, steps=st.just(0)), ZONES)
def test_intervals_and_single_minutes_agree(record: Cdr, by: Tariff, zone: str) -> None:
    """The naive way: every minute a period of its own, priced by its start. All edges lie on whole minutes."""
    minutes = []
    for step in walk(record, zone):
        count = (step.end - step.period.start) // timedelta(minutes=1)
        shares = {kind: volume / count for kind, volume in step.period.volumes.items()}
        minutes += [ChargingPeriod(step.period.start + timedelta(minutes=i), shares) for i in range(count)]
    assert price(replace(record, periods=tuple(minutes)), [by], zone).total == due(record, by, zone)


@LAW
@given(records(), tariffs(), ZONES)
def test_what_is_cut_has_no_edges_left_and_nothing_lost(record: Cdr, by: Tariff, zone: str) -> None:
    once = cut(record, [by], zone)
    for kind in ("TIME", "PARKING_TIME", "ENERGY", "RESERVATION_TIME"):
        assert sum(p.volumes.get(kind, 0) for p in once.periods) == sum(p.volumes.get(kind, 0) for p in record.periods)
    assert "period_crosses_edge" not in [finding.code for finding in price(once, [by], zone).findings]


@LAW
@given(records(), tariffs(), ZONES)
def test_a_dearer_component_is_never_cheaper(record: Cdr, by: Tariff, zone: str) -> None:
    dearer = tuple(
        replace(e, components=tuple(replace(c, price=c.price * 2) for c in e.components)) for e in by.elements
    )
    assert price(record, [replace(by, elements=dearer)], zone).total == 2 * price(record, [by], zone).total
