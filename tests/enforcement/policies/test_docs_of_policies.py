"""docs/policies.md says all of the language and nothing else: its examples are read, and every field is in it."""

import re
from pathlib import Path

import pytest

from enforcement import policy_clauses, policy_document, policy_messages, policy_tiers
from enforcement.clauses import Kind
from enforcement.policy_document import PolicyError, read_policy
from tests.support.policy_worlds import POLICIES, fee, shipped
from tests.support.random_policies import HEAD

PAGE = (POLICIES.parent / "docs" / "policies.md").read_text("utf-8")
MODULES = (policy_document, policy_clauses, policy_tiers, policy_messages)
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_policy(example: str) -> None:
    document = example if example.startswith("id =") else HEAD + 'holidays = "CA-QC"\n' + example
    if "[[clause]]" not in example:
        document += '[[clause]]\nkind = "idle"\nrate = "1"\nper = "1m"\n'
    assert read_policy(document).clauses


def test_the_page_names_every_field_and_no_other() -> None:
    code = "".join(Path(module.__file__ or "").read_text("utf-8") for module in MODULES)
    taken = set(re.findall(r'(?:take|tables|some)\((?:\w+, )?"(\w+)"', code))
    taken |= {"minimum", "cap", "cap_day", "cap_driver_day"}
    rows = re.findall(r"^\| (`[^|]*`)[^|]*\|", PAGE, re.MULTILINE)
    named = {field for row in rows for field in re.findall(r"`(?:\[\[(?:clause\.)?)?(\w+)(?:\]\])?`", row)}
    kinds = {kind.value for kind in Kind}
    assert taken - named == set()
    assert named - taken - kinds - {"tariff_power_class"} == set()


def test_the_first_example_costs_what_its_title_says() -> None:
    """30 min less 10 are 20 x 0.40 = 8.00; GST 0.40, QST 0.798 -> 0.80."""
    assert fee(read_policy(EXAMPLES[0]), plug="11:00", charged="12:00", unplug="12:30") == (800, 40 + 80)


def test_the_table_of_defaults_is_true() -> None:
    (clause,) = read_policy(HEAD + '[[clause]]\nkind = "idle"\nrate = "1"\nper = "1m"\n').clauses
    for field in (
        "grace_mode",
        "grace_anchor",
        "tier_clock",
        "occupancy_unknown",
        "rounding",
        "money",
        "min_confidence",
    ):
        (default,) = re.findall(rf"^\| `{field}` \| `\"(\w+)\"` \|", PAGE, re.MULTILINE)
        assert getattr(clause, field) == default


def test_every_policy_tells_its_source_and_what_is_uncertain() -> None:
    for path in POLICIES.glob("[0-9]*.toml"):
        text = path.read_text("utf-8")
        assert "# Source:" in text
        assert "# Uncertain:" in text or "assumed" in text
        assert shipped(path.stem).title


def test_a_refusal_reads_well() -> None:
    with pytest.raises(PolicyError, match=r"^line 8: clause 1: unknown field 'grade'$"):
        read_policy(HEAD + '[[clause]]\nkind = "idle"\ngrade = "10m"\nrate = "1"\nper = "1m"\n')
