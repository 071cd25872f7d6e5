"""Reading decoded JSON: what partners send is accepted, what makes no sense is refused with its place."""

from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.pricing import price
from enforcement.tariffs.reading import read_tariff
from enforcement.tariffs.values import number
from enforcement.tariffs.vocabulary import TariffError
from tests.support.tariffs import component, element, tariff

PLAIN = {"id": "T", "currency": "EUR", "elements": [element(component("TIME", "2"))]}
RECORD: dict[str, Any] = {
    "id": "C",
    "currency": "EUR",
    "start_date_time": "2019-01-07T10:00:00Z",
    "end_date_time": "2019-01-07T11:00:00Z",
    "charging_periods": [
        {"start_date_time": "2019-01-07T10:00:00Z", "dimensions": [{"type": "TIME", "volume": 1}]},
    ],
}


@pytest.mark.parametrize("value", [Decimal("2.50"), "2.50", " 2.5 ", "2.500"])
def test_numbers_come_as_decimals_or_strings(value: object) -> None:
    assert number(value, "x") == Fraction(5, 2)


def test_whole_numbers() -> None:
    assert (number(3, "x"), number("-3", "x")) == (3, -3)


@pytest.mark.parametrize(
    "value", [2.5, True, None, "", "two", [], {}, Decimal("NaN"), "inf", "1e999999", Decimal("1e-999999"), "9" * 60]
)
def test_what_is_no_exact_number_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(TariffError, match=r"^price: "):
        number(value, "price")


def test_a_float_is_refused_with_what_to_do() -> None:
    with pytest.raises(TariffError, match="parse_float=Decimal"):
        read_tariff({**PLAIN, "elements": [element({"type": "TIME", "price": 2.5, "step_size": 1})]}, "2.2.1")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"currency": None}, "tariff.currency"),
        ({"elements": []}, "tariff.elements"),
        ({"elements": {}}, "elements: not a list"),
        ({"elements": ["x"]}, r"elements\[0\]: not an object"),
        ({"elements": [{"price_components": []}]}, r"elements\[0\].price_components"),
        ({"elements": [element({"type": "TIME", "step_size": 1})]}, r"price_components\[0\].price"),
        ({"elements": [element({"type": "TIME", "price": 1, "step_size": -1})]}, "step_size"),
        ({"elements": [element({"type": "TIME", "price": 1, "step_size": Decimal("1.5")})]}, "step_size"),
        ({"elements": [element({"type": "TIME", "price": 1, "vat": -1})]}, "vat"),
        ({"elements": [element(component("TIME", "1"), start_time="25:00")]}, "restrictions.start_time"),
        ({"elements": [element(component("TIME", "1"), start_time="10:00+01:00")]}, "restrictions.start_time"),
        ({"elements": [element(component("TIME", "1"), end_date="soon")]}, "restrictions.end_date"),
        ({"elements": [element(component("TIME", "1"), day_of_week="MONDAY")]}, "restrictions.day_of_week"),
        ({"elements": [element(component("TIME", "1"), min_kwh="x")]}, "restrictions.min_kwh"),
        ({"end_date_time": "tomorrow"}, "tariff.end_date_time"),
        ({"max_price": {"incl_vat": 5}}, "tariff.max_price.excl_vat"),
    ],
)
def test_a_tariff_that_makes_no_sense_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(TariffError, match=place):
        read_tariff(PLAIN | change, "2.2.1")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\.0"):
        read_tariff(PLAIN, "2.0")


def test_unknown_fields_and_values_reject_nothing_and_never_bill() -> None:
    by = tariff(
        element(component("TIME", "9"), reservation="WAITING_LIST"),
        element(component("TIME", "8"), day_of_week=["FUNDAY"]),
        element(component("MOONLIGHT", "7"), component("TIME", "1")),
        surprise={"a": 1},
    )
    assert [(note.code, note.place) for note in by.notes] == [
        ("unknown_restriction", "elements[0].restrictions"),
        ("unknown_restriction", "elements[1].restrictions"),
        ("unknown_dimension", "elements[2].price_components[0]"),
    ]
    priced = price(read_cdr(RECORD, "2.2.1"), [by], "UTC")
    assert priced.before_taxes == 1
    assert priced.findings == by.notes


def test_restrictions_as_a_list_are_one_unless_they_contradict() -> None:
    listed = element(component("TIME", "1")) | {"restrictions": [{"start_time": "08:00:30"}, {"end_time": "24:00"}]}
    limits = tariff(listed).elements[0].restrictions
    assert (limits.start_time, limits.end_time) == (time(8, 0, 30), time(0))
    twice = element(component("TIME", "1")) | {"restrictions": [{"min_kwh": 1}, {"min_kwh": 2}]}
    with pytest.raises(TariffError, match=r"restrictions\[1\]: sets min_kwh again"):
        tariff(twice)


def test_2_3_0_without_tax_included_reads_like_its_own_example() -> None:
    by = read_tariff(PLAIN, "2.3.0")
    assert (by.tax_rule, [note.code for note in by.notes]) == ("excluded", ["tax_included_unknown"])
    assert read_tariff(PLAIN | {"tax_included": ["YES"]}, "2.3.0").tax_rule == "excluded"


def test_records_of_all_versions() -> None:
    old = {key: value for key, value in RECORD.items() if key != "end_date_time"}
    for ends in ("stop_date_time", "end_datetime"):
        assert (
            read_cdr(old | {ends: "2019-01-07T11:00:00", "total_cost": "2.00"}, "2.1.1").stated["total_cost"].before
            == 2
        )
    taxed = {"before_taxes": 2, "taxes": [{"name": "GST", "amount": Decimal("0.1")}, {"name": "QST", "amount": "0.2"}]}
    new = read_cdr(RECORD | {"total_cost": taxed}, "2.3.0")
    assert new.stated["total_cost"].after == Fraction("2.3")
    assert read_cdr(RECORD | {"total_cost": {"excl_vat": 2}}, "2.2.1").stated["total_cost"].after is None


def test_periods_are_put_in_order() -> None:
    late = {"start_date_time": "2019-01-07T10:30:00Z", "dimensions": [{"type": "TIME", "volume": 1}]}
    record = read_cdr(RECORD | {"charging_periods": [late, *RECORD["charging_periods"]]}, "2.2.1")
    assert [period.start.minute for period in record.periods] == [0, 30]


def test_reserved_time_and_use_in_one_period_are_two() -> None:
    mixed = [{"type": "RESERVATION_TIME", "volume": Decimal("0.25")}, {"type": "TIME", "volume": Decimal("0.75")}]
    period = RECORD["charging_periods"][0] | {"dimensions": mixed}
    record = read_cdr(RECORD | {"charging_periods": [period]}, "2.2.1")
    assert [(p.start, dict(p.volumes)) for p in record.periods] == [
        (datetime(2019, 1, 7, 10, tzinfo=UTC), {"RESERVATION_TIME": Fraction(1, 4)}),
        (datetime(2019, 1, 7, 10, 15, tzinfo=UTC), {"TIME": Fraction(3, 4)}),
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"currency": 5}, "cdr.currency"),
        ({"start_date_time": None}, "cdr.start_date_time"),
        ({"end_date_time": "2019-01-07T09:00:00Z"}, "ends before it starts"),
        ({"charging_periods": [{"dimensions": []}]}, r"charging_periods\[0\].start_date_time"),
        ({"total_energy": "much"}, "cdr.total_energy"),
        ({"total_cost": {}}, "cdr.total_cost.excl_vat"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(TariffError, match=place):
        read_cdr(RECORD | change, "2.2.1")


@pytest.mark.parametrize(
    ("dimensions", "place"),
    [
        ([{"type": "PARKING_TIME", "volume": -1}], "negative"),
        ([{"type": "TIME", "volume": 1}, {"type": "TIME", "volume": 1}], "a second TIME"),
        ([{"type": "TIME"}], r"dimensions\[0\].volume"),
        ([{"volume": 1}], r"dimensions\[0\].type"),
        (["TIME"], r"dimensions\[0\]: not an object"),
    ],
)
def test_volumes_that_make_no_sense_are_refused_with_their_place(dimensions: list[Any], place: str) -> None:
    period = RECORD["charging_periods"][0] | {"dimensions": dimensions}
    with pytest.raises(TariffError, match=place):
        read_cdr(RECORD | {"charging_periods": [period]}, "2.2.1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["id", "currency", "elements", "max_price", "start_date_time", "end_date_time", "charging_periods", "total_cost"]
INNER = ["restrictions", "price_components", "dimensions", "start_date_time"]


@given(st.sampled_from(KEYS), JSON, st.sampled_from(["2.1.1", "2.2.1", "2.3.0"]))
def test_whatever_stands_in_a_field_it_is_read_or_refused_by_name(key: str, value: Any, version: str) -> None:
    for read, base in ((read_tariff, PLAIN), (read_cdr, RECORD)):
        try:
            read({**base, key: value}, version)
        except TariffError as error:
            assert error.faults


@given(st.dictionaries(st.sampled_from([*INNER, "type", "price", "volume", "day_of_week", "reservation"]), JSON))
def test_whatever_stands_in_an_element_or_a_period_it_is_read_or_refused(value: dict[str, Any]) -> None:
    for read, key, base in ((read_tariff, "elements", PLAIN), (read_cdr, "charging_periods", RECORD)):
        try:
            read({**base, key: [base[key][0] | value]}, "2.2.1")
            read({**base, key: [base[key][0] | {name: [value] for name in INNER[:3]}]}, "2.2.1")
        except TariffError as error:
            assert error.faults
