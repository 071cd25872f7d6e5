"""A charging network's country and state name a tax region, or nothing."""

import pytest

from enforcement.taxes import all_regions, region_of


@pytest.mark.parametrize(
    ("country", "state", "region"),
    [
        ("CAN", "QC", "ca-qc"),
        ("CAN", "Québec", "ca-qc"),
        ("CA", "ca-on", "ca-on"),
        ("CAN", "prince edward island", "ca-pe"),
        ("CAN", "", None),
        ("CAN", "Texas", None),
        ("DEU", "Bayern", "de"),
        ("GBR", "", "gb"),
        ("SWE", "", "se"),
        ("USA", "CA", None),
        ("none", "", None),
        ("", "", None),
    ],
)
def test_a_place_has_the_region_of_its_country_or_province(country: str, state: str, region: str | None) -> None:
    assert region_of(country, state) == region


def test_every_region_but_none_can_be_reached() -> None:
    keys = set(all_regions()) - {"none"}
    states = {key: key[3:].upper() if "-" in key else "" for key in keys}
    assert {region_of(key[:2].upper(), states[key]) for key in keys} == keys
