"""A bill as a CDR: the same money by its own tariff, in every version; credits; what a period may hold."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.money import Tax, tax_lines, to_minor
from enforcement.settlement import Bill, Piece
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.comparing import differences
from enforcement.tariffs.credits import write_credit
from enforcement.tariffs.pricing import price
from enforcement.tariffs.record_objects import Frame
from enforcement.tariffs.records import write_record
from enforcement.tariffs.vocabulary import Version
from tests.conftest import NOON, minutes
from tests.support.choices import EITHER, among, between

VERSIONS = list(Version)
QUEBEC = (Tax("GST", Fraction(5, 100)), Tax("QST", Fraction(9975, 100_000)))
GERMAN = (Tax("USt.", Fraction(19, 100)),)


def frame(version: Version) -> Frame:
    return Frame(version=version, party=("US", "BAY"), stem="s" * 32, at=NOON, url="https://bays.example/v/1")


def bill(*pieces: Piece, net: int | None = None, taxes: tuple[Tax, ...] = (), currency: str = "EUR") -> Bill:
    owed = to_minor(sum((piece.amount for piece in pieces), Fraction(0)), currency) if net is None else net
    return Bill(
        session="be*bec*101",
        token="t",
        kind="idle",
        policy="test@1",
        currency=currency,
        pieces=pieces,
        net_minor=owed,
        taxes=tax_lines(owed, taxes),
    )


def piece(start: float, length: float, per_minute: str) -> Piece:
    amount = Fraction(per_minute) * Fraction(str(length))
    return Piece(minutes(start), minutes(start + length), Fraction(str(length)) * 60, amount)


def minor(amount: Decimal | Fraction, currency: str = "EUR") -> int:
    return to_minor(Fraction(amount), currency)


@pytest.mark.parametrize("version", VERSIONS)
def test_one_price_is_said_as_it_is(version: Version) -> None:
    document = write_record(bill(piece(0, 35, "0.40")), frame(version))
    (tariff,) = document["tariffs"]
    (component,) = tariff["elements"][0]["price_components"]
    assert (component["type"], component["price"], component["step_size"]) == ("PARKING_TIME", 24, 1)
    assert "min_price" not in tariff
    (period,) = document["charging_periods"]
    assert period["dimensions"] == [{"type": "PARKING_TIME", "volume": Decimal("0.5833")}]
    assert document["total_time"] == document["total_parking_time"] == Decimal("0.5833")
    assert document["total_energy"] == 0


def test_taxes_are_said_as_each_version_has_them() -> None:
    costs = {version: write_record(bill(piece(0, 35, "0.40"), taxes=QUEBEC), frame(version)) for version in VERSIONS}
    assert costs[Version.V2_1_1]["total_cost"] == 14
    assert costs[Version.V2_2_1]["total_cost"] == {"excl_vat": 14, "incl_vat": Decimal("16.10")}
    assert costs[Version.V2_3_0]["total_cost"] == {
        "before_taxes": 14,
        "taxes": [
            {"name": "GST", "percentage": 5, "amount": Decimal("0.70")},
            {"name": "QST", "percentage": Decimal("9.975"), "amount": Decimal("1.40")},
        ],
    }
    assert costs[Version.V2_2_1]["tariffs"][0]["elements"][0]["price_components"][0]["vat"] == Decimal("14.975")
    assert costs[Version.V2_3_0]["tariffs"][0]["tax_included"] == "NO"
    assert "vat" not in costs[Version.V2_3_0]["tariffs"][0]["elements"][0]["price_components"][0]


def test_time_between_two_billed_pieces_is_a_period_of_no_volume() -> None:
    document = write_record(bill(piece(0, 10, "0.40"), piece(30, 10, "0.40")), frame(Version.V2_2_1))
    assert [p["dimensions"][0]["volume"] for p in document["charging_periods"]] == [
        Decimal("0.1667"),
        0,
        Decimal("0.1667"),
    ]


def test_a_cap_is_a_bound_and_in_2_1_1_a_lower_price() -> None:
    capped = bill(piece(0, 100, "0.40"), net=1500)
    bounded = write_record(capped, frame(Version.V2_2_1))["tariffs"][0]
    assert bounded["max_price"] == {"excl_vat": 15}
    assert bounded["elements"][0]["price_components"][0]["price"] == 24
    plain = write_record(capped, frame(Version.V2_1_1))["tariffs"][0]
    assert "max_price" not in plain
    assert plain["elements"][0]["price_components"][0]["price"] < 24


def test_each_price_has_its_tariff_and_each_period_names_it() -> None:
    document = write_record(bill(piece(0, 10, "0.40"), piece(10, 10, "1.00")), frame(Version.V2_2_1))
    prices = {t["id"]: t["elements"][0]["price_components"][0]["price"] for t in document["tariffs"]}
    assert [prices[p["tariff_id"]] for p in document["charging_periods"]] == [24, 60]


@pytest.mark.parametrize("version", [Version.V2_2_1, Version.V2_3_0])
def test_a_credit_copies_everything_and_negates_the_total_alone(version: Version) -> None:
    document = {**write_record(bill(piece(0, 35, "0.40"), taxes=QUEBEC), frame(version)), "id": "a", "last_updated": ""}
    credit = write_credit(document, "a-C", "later")
    changed = {name for name in credit if credit.get(name) != document.get(name)}
    assert changed == {"id", "credit", "credit_reference_id", "total_cost", "last_updated"}
    read = read_cdr(credit, version)
    assert read.is_credit and not differences(read, price(read, read.tariffs, "UTC", QUEBEC))


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """Bills of any rates, lengths, gaps, caps, taxes and currencies."""
    at, found = NOON, []
    for _ in range(draw(between(1, 5))):
        at += timedelta(seconds=draw(among(0, 0, 60, 777)))
        seconds = draw(st.one_of(st.integers(1, 7200), st.integers(1, 500_000)))
        rate = draw(among("0.40", "1/3", "0.37", "2/7", "12.5", "0.001"))
        end = at + timedelta(seconds=seconds)
        found.append(Piece(at, end, Fraction(seconds), Fraction(rate) * seconds / 60))
        at = end
    currency = draw(among("EUR", "JPY", "KWD"))
    made = bill(*found, taxes=draw(among((), GERMAN, QUEBEC)), currency=currency)
    if not draw(EITHER):
        return made
    net = draw(between(1, 2 * made.net_minor + 1))
    return bill(*found, net=net, taxes=draw(among((), GERMAN, QUEBEC)), currency=currency)


@pytest.mark.parametrize("version", VERSIONS)
def test_taxes_that_were_each_rounded_up_are_reached_though_volumes_come_out_above(version: Version) -> None:
    seconds = [Fraction(each, 60) for each in (1, 1, 1, 1, 3601)]
    starts = [sum(seconds[:number], Fraction(0)) for number in range(len(seconds))]
    pieces = [
        Piece(minutes(float(start)), minutes(float(start + length)), length * 60, length * Fraction(60, 150))
        for start, length in zip(starts, seconds, strict=True)
    ]
    owed = bill(*pieces, net=24_030, taxes=QUEBEC, currency="KWD")
    document = write_record(owed, frame(version))
    read = read_cdr(document, version)
    priced = price(read, read.tariffs, "UTC", [Tax(tax.name, tax.rate) for tax in owed.taxes])
    assert minor(priced.before_taxes or Fraction(0), "KWD") == 24_030
    assert version is Version.V2_1_1 or minor(priced.total, "KWD") == owed.total_minor == 27_629


@settings(deadline=None)
@given(bills(), st.sampled_from(VERSIONS))
def test_its_own_tariff_comes_to_the_same_minor_unit(owed: Bill, version: Version) -> None:
    document = write_record(owed, frame(version))
    read = read_cdr(document, version)
    priced = price(read, read.tariffs, "Europe/Berlin", [Tax(tax.name, tax.rate) for tax in owed.taxes])
    assert priced.before_taxes is not None
    assert to_minor(priced.before_taxes, owed.currency) == owed.net_minor
    stated: Any = document["total_cost"]
    if version is Version.V2_1_1:
        assert minor(stated, owed.currency) == owed.net_minor
        return
    assert to_minor(priced.total, owed.currency) == owed.total_minor
    assert minor(stated.get("excl_vat", stated.get("before_taxes")), owed.currency) == owed.net_minor
    assert not [d for d in differences(read, priced) if d.field in ("total_cost", "total_parking_time")]
    kinds = {dimension["type"] for p in document["charging_periods"] for dimension in p["dimensions"]}
    assert kinds == {"PARKING_TIME"}
    for number in (p["dimensions"][0]["volume"] for p in document["charging_periods"]):
        assert number == round(number, 4)
