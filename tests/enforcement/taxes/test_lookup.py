"""Which taxes hold: every region, the days on which rates change, and what the operator decides."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from enforcement.money import Tax
from enforcement.taxes import UnknownRegionError, all_regions, region_named, taxes_at, taxes_on

EU = [
    "at",
    "be",
    "bg",
    "cy",
    "cz",
    "de",
    "dk",
    "ee",
    "es",
    "fi",
    "fr",
    "gr",
    "hr",
    "hu",
    "ie",
    "it",
    "lt",
    "lu",
    "lv",
    "mt",
    "nl",
    "pl",
    "pt",
    "ro",
    "se",
    "si",
    "sk",
]
CANADA = ["ab", "bc", "mb", "nb", "nl", "ns", "nt", "nu", "on", "pe", "qc", "sk", "yt"]


def percents(region: str, day: str, *charged: str) -> list[tuple[str, str]]:
    taxes = taxes_on(region, date.fromisoformat(day), charged)
    return [(tax.name, f"{float(tax.rate * 100):g}") for tax in taxes]


def test_every_place_that_is_promised_is_there() -> None:
    assert set(all_regions()) == {*EU, *(f"ca-{p}" for p in CANADA), "gb", "ch", "no", "none"}


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        *[(f"ca-{p}", [("GST", "5")]) for p in ("ab", "nt", "nu", "yt", "bc", "mb", "sk")],
        ("ca-on", [("HST", "13")]),
        *[(f"ca-{p}", [("HST", "15")]) for p in ("nb", "nl", "pe")],
        ("ca-ns", [("HST", "14")]),
        ("ca-qc", [("GST", "5"), ("QST", "9.975")]),
        ("none", []),
    ],
)
def test_canada_in_2026(region: str, expected: list[tuple[str, str]]) -> None:
    assert percents(region, "2026-01-01") == expected


@pytest.mark.parametrize(
    ("region", "tax", "rate"), [("ca-bc", "PST", "7"), ("ca-mb", "RST", "7"), ("ca-sk", "PST", "6")]
)
def test_provincial_sales_tax_on_idle_fees_is_the_operators_switch_and_off_by_default(
    region: str, tax: str, rate: str
) -> None:
    assert percents(region, "2026-01-01") == [("GST", "5")]
    assert percents(region, "2026-01-01", tax) == [("GST", "5"), (tax, rate)]


def test_a_switch_for_a_tax_that_is_not_the_operators_to_decide_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ca-qc: the operator does not decide on QST \(optional: none\)"):
        taxes_on("ca-qc", date(2026, 1, 1), {"QST"})
    with pytest.raises(ValueError, match=r"does not decide on RST \(optional: PST\)"):
        taxes_on("ca-bc", date(2026, 1, 1), {"RST"})


@pytest.mark.parametrize(
    ("region", "changes"),
    [
        ("ca-ns", ["2025-03-31:15", "2025-04-01:14"]),
        ("ca-nb", ["2016-06-30:13", "2016-07-01:15"]),
        ("de", ["2020-06-30:19", "2020-07-01:16", "2020-12-31:16", "2021-01-01:19"]),
        ("ie", ["2020-08-31:23", "2020-09-01:21", "2021-02-28:21", "2021-03-01:23"]),
        ("lu", ["2022-12-31:17", "2023-01-01:16", "2023-12-31:16", "2024-01-01:17"]),
        ("ee", ["2023-12-31:20", "2024-01-01:22", "2025-06-30:22", "2025-07-01:24"]),
        ("fi", ["2024-08-31:24", "2024-09-01:25.5"]),
        ("sk", ["2024-12-31:20", "2025-01-01:23"]),
        ("ro", ["2025-07-31:19", "2025-08-01:21"]),
        ("ch", ["2023-12-31:7.7", "2024-01-01:8.1"]),
    ],
)
def test_a_rate_changes_on_its_day(region: str, changes: list[str]) -> None:
    for change in changes:
        day, percent = change.split(":")
        assert [p for _, p in percents(region, day)] == [percent], day


@pytest.mark.parametrize(
    ("region", "percent"),
    [
        ("at", 20),
        ("be", 21),
        ("bg", 20),
        ("cy", 19),
        ("cz", 21),
        ("dk", 25),
        ("es", 21),
        ("fr", 20),
        ("gr", 24),
        ("hr", 25),
        ("hu", 27),
        ("it", 22),
        ("lt", 21),
        ("lv", 21),
        ("mt", 18),
        ("nl", 21),
        ("pl", 23),
        ("pt", 23),
        ("se", 25),
        ("si", 22),
        ("gb", 20),
        ("no", 25),
    ],
)
def test_standard_rates_that_did_not_change_from_2020_to_2026(region: str, percent: int) -> None:
    for year in range(2020, 2027):
        assert taxes_on(region, date(year, 7, 1)) == (Tax("VAT", Fraction(percent, 100)),)


def test_the_day_is_the_local_one() -> None:
    before = datetime(2025, 4, 1, 2, 59, 59, tzinfo=UTC)  # 23:59:59 on 31 March in Halifax
    after = datetime(2025, 4, 1, 3, 0, tzinfo=UTC)
    assert taxes_at("ca-ns", before, "America/Halifax") == (Tax("HST", Fraction(15, 100)),)
    assert taxes_at("ca-ns", after, "America/Halifax") == (Tax("HST", Fraction(14, 100)),)
    new_year = datetime(2020, 12, 31, 23, 0, tzinfo=UTC)  # already 2021 in Berlin
    assert taxes_at("de", new_year, "Europe/Berlin") == (Tax("VAT", Fraction(19, 100)),)
    with pytest.raises(ValueError, match="no local date"):
        taxes_at("de", datetime(2021, 1, 1), "Europe/Berlin")


def test_a_day_before_the_stated_rates_is_refused_not_guessed() -> None:
    with pytest.raises(ValueError, match=r"de: no rate of VAT is known for 2019-12-31 \(from 2020-01-01\)"):
        taxes_on("de", date(2019, 12, 31))
    assert taxes_on("none", date(1990, 1, 1)) == ()
    assert region_named("de").known_from == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("asked", "offer"),
    [
        ("ca-quebec", "ca-qc (Quebec)"),
        ("Québec", "ca-qc (Quebec)"),
        ("germny", "de (Germany)"),
        ("xx-yy", "one of at, be"),
    ],
)
def test_an_unknown_region_gets_near_matches(asked: str, offer: str) -> None:
    with pytest.raises(UnknownRegionError) as caught:
        taxes_on(asked, date(2026, 1, 1))
    assert asked in str(caught.value)
    assert offer in str(caught.value)


def test_keys_in_any_case_and_other_peoples_keys() -> None:
    assert region_named(" CA-QC ").key == "ca-qc"
    assert (region_named("uk").key, region_named("EL").key) == ("gb", "gr")


def test_every_document_says_where_it_is_from() -> None:
    assert all(region.source and region.checked.year >= 2025 for region in all_regions().values())
