"""Policies as OCPI tariffs: what can be said costs the same, and all that can't be said is named."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.policy import Policy
from enforcement.tariffs.cutting import cut
from enforcement.tariffs.pricing import price
from enforcement.tariffs.publish import CannotSay, to_ocpi
from enforcement.tariffs.reading import read_tariff
from enforcement.tariffs.refusals import KNOWN_CLAUSE, set_beyond
from enforcement.windows import open_spans
from tests.support.builders import clause, policy
from tests.support.tariffs import cdr, parking

PARTY = ("ca", "bwn")
ZONE = "America/Toronto"
TAX = '[[tax]]\nname = "HST"\npercent = "13"\n'
TWO = '[[tax]]\nname = "GST"\npercent = "5"\n[[tax]]\nname = "QST"\npercent = "9.975"\n'
PLAIN: dict[str, Any] = {"grace": "0m", "unit": "1s"}


def idle(**fields: Any) -> str:
    return clause("idle", **{**PLAIN, **fields})


def reasons(given: Policy, version: str = "2.2.1") -> list[str]:
    with pytest.raises(CannotSay) as refused:
        to_ocpi(given, version, PARTY)
    return refused.value.reasons


def test_a_price_by_the_minute_is_one_by_the_hour() -> None:
    said = to_ocpi(policy(idle(cap="25.00"), more=TAX), "2.2.1", PARTY)
    assert said == {
        "country_code": "CA",
        "party_id": "BWN",
        "id": said["id"],
        "currency": "CAD",
        "elements": [
            {"price_components": [{"type": "PARKING_TIME", "price": 24, "step_size": 1, "vat": 13}]},
        ],
        "max_price": {"excl_vat": 25},
        "start_date_time": "2020-01-01T00:00:00Z",
        "last_updated": "2020-01-01T00:00:00Z",
    }


def test_times_fit_into_what_ocpi_has_for_them() -> None:
    """A DateTime has 25 characters (types): microseconds would be cut off, or refused, by whoever stores it."""
    given = policy(idle(), more="effective_to = 2027-01-01T00:00:00.123456+01:00\n")
    said = to_ocpi(given, "2.2.1", PARTY, datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC))
    assert (said["last_updated"], said["end_date_time"]) == ("2026-03-01T12:00:00.123Z", "2026-12-31T23:00:00.123Z")


def test_2_3_0_says_how_prices_relate_to_taxes() -> None:
    one = to_ocpi(policy(idle(cap="25"), more=TAX), "2.3.0", PARTY, datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert (one["tax_included"], one["max_price"], one["last_updated"]) == (
        "NO",
        {"before_taxes": 25},
        "2026-03-01T12:00:00Z",
    )
    two = to_ocpi(policy(idle(), more=TWO), "2.3.0", PARTY)
    assert two["tax_included"] == "NO"
    assert "vat" not in two["elements"][0]["price_components"][0]
    assert to_ocpi(policy(idle()), "2.3.0", PARTY)["tax_included"] == "N/A"


def test_windows_are_times_and_weekdays_and_two_elements_over_midnight() -> None:
    windows = (("08:00", "20:00", "mon", "tue"), ("22:00", "06:00", "sun"), ("22:30", "23:00"), ("21:00", "24:00"))
    said = to_ocpi(policy(idle(windows=windows)), "2.2.1", PARTY)
    assert [element["restrictions"] for element in said["elements"]] == [
        {"start_time": "08:00", "end_time": "20:00", "day_of_week": ["MONDAY", "TUESDAY"]},
        {"start_time": "22:00", "end_time": "00:00", "day_of_week": ["SUNDAY"]},
        {"start_time": "00:00", "end_time": "06:00", "day_of_week": ["MONDAY"]},
        {"start_time": "22:30", "end_time": "23:00"},
        {"start_time": "21:00", "end_time": "00:00"},
    ]
    nightly = to_ocpi(policy(idle(windows=(("22:00", "06:00"),))), "2.2.1", PARTY)
    assert [element["restrictions"] for element in nightly["elements"]] == [
        {"start_time": "22:00", "end_time": "06:00"}
    ]


def test_prices_are_plain_decimals() -> None:
    said = to_ocpi(policy(idle(rate="50", cap="1000")), "2.2.1", PARTY)
    shown = (str(said["elements"][0]["price_components"][0]["price"]), str(said["max_price"]["excl_vat"]))
    assert shown == ("3000", "1000")


@pytest.mark.parametrize(
    ("clauses", "more", "words"),
    [
        ([idle(grace="10m")], "", "grace after charging ends"),
        ([idle(stops="vacated")], "", "not when the bay is vacated"),
        ([idle(min_confidence="inferred")], "", "only inferred"),
        ([idle(unit="1m")], "", "rounded down to 0:01:00"),
        ([idle(rate="0.10", per="7m")], "", "price of an hour"),
        ([idle(cap="0.00001")], "", "the cap has no exact decimal"),
        ([idle(windows=(("08:00:30", "20:00"),))], "", "within a minute"),
        ([idle(windows=(("08:00", "08:00"),))], "", "whole day"),
        ([idle(), clause("overstaying")], "", "overstaying: a tariff prices time inside a session only"),
        ([clause("unplugged")], "", "there is no idle clause"),
        ([idle()], TWO, "2.2.1 has one VAT percentage"),
        ([idle()], '[[tax]]\nname = "X"\npercent = "1.00001"\n', "tax rate"),
    ],
)
def test_what_ocpi_has_no_words_for_is_refused_with_the_reason(clauses: list[str], more: str, words: str) -> None:
    assert any(words in reason for reason in reasons(policy(*clauses, more=more)))


def test_all_reasons_come_at_once_and_nothing_else_does() -> None:
    assert len(reasons(policy(idle(grace="5m", stops="vacated"), clause("unplugged")))) == 3


@pytest.mark.parametrize("scope", ['evses = ["ca*abc*l1*e1"]', 'stations = ["ca*abc*l1"]', 'networks = ["ca*abc"]'])
def test_where_a_policy_holds_is_no_part_of_a_tariff(scope: str) -> None:
    """Connectors name their tariffs, so it holds wherever they do."""
    assert to_ocpi(policy(idle(), more=f"{scope}\n"), "2.2.1", PARTY) == to_ocpi(policy(idle()), "2.2.1", PARTY)


def test_2_1_1_is_not_written() -> None:
    assert any("2.1.1" in reason for reason in reasons(policy(idle()), "2.1.1"))


def test_a_field_that_this_module_does_not_know_is_a_reason() -> None:
    """Whatever a policy learns to say later, a tariff never leaves it out silently."""
    known = KNOWN_CLAUSE - {"limits"}
    assert list(set_beyond(policy(idle(cap="5")).clauses[0], known)) == ["limits"]
    assert list(set_beyond(policy(idle()).clauses[0], known)) == []


HALVES = st.integers(0, 47).map(lambda i: f"{i // 2:02}:{30 * (i % 2):02}")
WINDOWS = st.lists(
    st.tuples(HALVES, HALVES, st.sets(st.sampled_from(["mon", "tue", "wed", "sat", "sun"]), min_size=1)).filter(
        lambda window: window[0] != window[1]
    ),
    max_size=3,
)


@settings(deadline=None)
@given(
    WINDOWS,
    st.integers(0, 7 * 24 * 60),
    st.integers(1, 2000),
    st.sampled_from(["0.40", "0.05", "2.5"]),
    st.none() | st.sampled_from(["12", "0.50"]),
    st.sampled_from(["2.2.1", "2.3.0"]),
)
def test_the_tariff_costs_what_the_policy_costs(
    windows: list[tuple[str, str, set[str]]], begin: int, minutes: int, rate: str, cap: str | None, version: str
) -> None:
    """On ordinary days; on days on which the clock changes, see docs/tariffs.md."""
    limits = {"cap": cap} if cap else {}
    given = policy(idle(rate=rate, windows=tuple((a, b, *sorted(days)) for a, b, days in windows), **limits))
    by = read_tariff(to_ocpi(given, version, PARTY), version)
    start = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=begin)
    record = cdr((0, minutes, parking(minutes)), start=start, currency="CAD")
    spans = open_spans(given.clauses[0].windows, ZONE, start, start + timedelta(minutes=minutes))
    exact = Fraction(rate) * sum(Fraction(int((hi - lo).total_seconds()), 60) for lo, hi in spans)
    expected = exact if cap is None else min(exact, Fraction(cap))
    assert price(cut(record, [by], ZONE), [by], ZONE).before_taxes == expected
    assert isinstance(by.elements[0].components[0].price, Fraction)
    assert not any(isinstance(value, float) for value in (to_ocpi(given, version, PARTY)["elements"][0],))
    assert isinstance(to_ocpi(given, version, PARTY)["elements"][0]["price_components"][0]["price"], Decimal)
