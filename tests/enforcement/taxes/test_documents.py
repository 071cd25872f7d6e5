"""A tax document that makes no sense is refused with every fault, each at its line."""

from pathlib import Path

import pytest

from enforcement.taxes import TaxError, read_regions

GOOD = """
source = "a law"
checked = 2026-01-01

[[region]]
key = "xx"
name = "Somewhere"

[[region.tax]]
name = "VAT"
percent = "20"
from = 2020-01-01
before = 2021-01-01

[[region.tax]]
name = "VAT"
percent = "21"
from = 2021-01-01
"""


def faults(text: str) -> list[str]:
    with pytest.raises(TaxError) as caught:
        read_regions(text)
    return caught.value.faults


def test_a_good_document_is_read_whatever_the_order_of_its_periods() -> None:
    (region,) = read_regions(GOOD)
    assert [(str(r.rate), str(r.first), str(r.before)) for r in region.levies[0].rates] == [
        ("1/5", "2020-01-01", "2021-01-01"),
        ("21/100", "2021-01-01", "None"),
    ]


@pytest.mark.parametrize(
    ("change", "to", "fault"),
    [
        ("before = 2021-01-01", "", "line 18: region 1, tax 2: VAT: two rates on 2021-01-01: the one from 2020-01-01 has not ended"),
        ("from = 2021-01-01", "from = 2020-12-31", "line 18: region 1, tax 2: VAT: two rates on 2020-12-31: the one from 2020-01-01 has not ended"),
        ("from = 2021-01-01", "from = 2021-02-01", "line 18: region 1, tax 2: VAT: no rate from 2021-01-01 to 2021-02-01"),
        ("before = 2021-01-01", "before = 2020-01-01", "line 13: region 1, tax 1: before is not after from"),
        ('percent = "20"', 'percent = "-20"', "line 11: region 1, tax 1: percent = '-20': not a plain amount from 0"),
        ('percent = "20"', 'percent = "101"', "line 11: region 1, tax 1: percent = '101': more than 100 %"),
        ('percent = "20"', "percent = 20", 'line 11: region 1, tax 1: percent = 20: write numbers as a string, like "9.975"'),
        ('percent = "20"', 'percent = "NaN"', "line 11: region 1, tax 1: percent = 'NaN': not a plain amount from 0"),
        ('percent = "20"', 'percent = "1e999999999"', "percent = '1e999999999': not a plain amount from 0"),
        ('percent = "20"', "", "line 9: region 1, tax 1: percent is missing"),
        ('key = "xx"', 'key = "Xland"', "line 6: region 1: key = 'Xland': not a key like \"de\", \"ca-qc\" or \"none\""),
        ("from = 2020-01-01", "from = 2020-01-01T00:00:00Z", "not a day like 2025-04-01"),
        ('name = "Somewhere"', 'name = "Somewhere"\nrate = 3', "line 8: region 1: unknown field 'rate'"),
        ('source = "a law"', "", "source is missing"),
        ('from = 2021-01-01\n', "from = 2021-01-01\noptional = true\n", "VAT: optional in one period and not in another"),
    ],
)  # fmt: skip
def test_what_is_refused(change: str, to: str, fault: str) -> None:
    assert change in GOOD
    assert any(fault in found for found in faults(GOOD.replace(change, to, 1)))


def test_the_page_on_taxes_shows_a_document_that_can_be_read() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "taxes.md").read_text("utf-8")
    (region,) = read_regions(page.split("```toml\n")[1].split("```")[0])
    assert (region.key, [len(levy.rates) for levy in region.levies]) == ("ca-ns", [2])


def test_every_fault_is_named_at_once() -> None:
    found = faults(GOOD.replace('"20"', '"-1"').replace('"xx"', '"?"').replace('source = "a law"\n', ""))
    assert len(found) == 3


def test_the_same_region_twice_is_refused() -> None:
    twice = GOOD + '\n[[region]]\nkey = "yy"\nname = "Other"\nalso = ["xx"]\n'
    assert faults(twice) == ["two regions have the key 'xx'"]


def test_what_is_no_document_at_all() -> None:
    assert faults("source = ")[0].startswith("not TOML")
    assert faults('source = "x"\nchecked = 2026-01-01\n') == ["no region"]
    assert faults('source = "x"\nchecked = 2026-01-01\nregion = 3\n')[0] == "line 3: write region as [[region]] tables"
