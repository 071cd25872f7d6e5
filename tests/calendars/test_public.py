"""Calendars of public holidays, by the names of ISO 3166."""

from datetime import date

import pytest

from calendars import CalendarError, calendar_of, is_calendar, public_holidays


def test_a_calendar_holds_the_days_of_its_own_place() -> None:
    saint_john = date(2026, 6, 24)
    assert saint_john in public_holidays("CA-QC")
    assert saint_john not in public_holidays("CA-ON")
    assert date(2026, 1, 6) in public_holidays("DE-BY")
    assert date(2026, 1, 6) not in public_holidays("DE")
    assert date(2027, 10, 3) in public_holidays("DE")


@pytest.mark.parametrize("name", ["CA-XX", "ZZ", "CA-", "", "CAN", "ca"])
def test_an_unknown_calendar_is_refused(name: str) -> None:
    assert not is_calendar(name)
    with pytest.raises(CalendarError, match="no calendar"):
        public_holidays(name)


@pytest.mark.parametrize(
    ("country", "state", "name"),
    [
        ("CAN", "QC", "CA-QC"),
        ("CAN", "Québec", "CA-QC"),
        ("DEU", "Bayern", "DE-BY"),
        ("DE", "DE-BY", "DE-BY"),
        ("SWE", "", "SE"),
        ("DEU", "", None),
        ("CAN", "Texas", None),
        ("XYZ", "", None),
        ("", "", None),
    ],
)
def test_a_place_has_the_calendar_of_its_part_of_the_country(country: str, state: str, name: str | None) -> None:
    assert calendar_of(country, state) == name
