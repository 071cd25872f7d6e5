"""A rule document that makes no sense is refused with every fault, each at its line."""

from datetime import date, time, timedelta

import pytest

from enforcement.conditions import Condition
from enforcement.rules import Land, Offence, PlaceKind, RuleError, read_rule
from enforcement.windows import Window

GOOD = """
id = "xx-1"
version = 2
title_en = "A law"
title_fr = "Une loi"
place = "xx"
statute = "Act 1"
source = "the act"
uncertain = []
effective_from = 2020-01-01
effective_to = 2030-01-01
private_land = "any"

[penalty]
currency = "USD"
least = "10.00"
most = "20.50"
text_en = "a fine"
text_fr = "une amende"

[sign]
required = true
must_state_penalty = true
text_en = "a sign"
text_fr = "un panneau"

[[forbids]]
what = "not_charging"
after = "1h30m"
basis = "because"

[[forbids]]
what = "not_an_ev"

[[exemption]]
places = ["airport"]
covers = ["idle"]
text_en = "airports"
text_fr = "aéroports"

[[exemption.hours]]
from = "22:00"
to = "06:00"
days = ["sat", "sun"]
"""


def faults(text: str) -> list[str]:
    with pytest.raises(RuleError) as caught:
        read_rule(text)
    return caught.value.faults


def test_a_good_document_is_read_field_by_field() -> None:
    rule = read_rule(GOOD)
    assert (rule.name, rule.title("fr"), rule.title("en"), rule.land) == ("xx-1@2", "Une loi", "A law", Land.ANY)
    assert (rule.effective_from, rule.effective_to) == (date(2020, 1, 1), date(2030, 1, 1))
    assert (rule.penalty.least_minor, rule.penalty.most_minor) == (1000, 2050)
    assert (rule.sign.is_required, rule.sign.must_state_penalty) == (True, True)
    assert [(f.offence, f.after) for f in rule.forbids] == [
        (Offence.NOT_CHARGING, timedelta(minutes=90)),
        (Offence.NOT_AN_EV, timedelta(0)),
    ]
    (exemption,) = rule.exemptions
    assert (exemption.places, exemption.covers) == ({PlaceKind.AIRPORT}, {Condition.IDLE})
    assert exemption.windows == (Window(time(22), time(6), frozenset({5, 6})),)


@pytest.mark.parametrize(
    ("change", "to", "fault"),
    [
        ('id = "xx-1"', 'id = "XX 1"', "line 2: id = 'XX 1': use up to 64 lower-case letters, digits, dots and hyphens"),
        ("version = 2", "version = 0", "line 3: version = 0: not a whole number from 1"),
        ("version = 2", "version = true", "line 3: version = True: not a whole number from 1"),
        ('statute = "Act 1"', 'statute = " "', "line 7: statute = ' ': not a text"),
        ("uncertain = []", "uncertain = 3", "line 9: uncertain = 3: not a list of texts"),
        ("effective_to = 2030-01-01", "effective_to = 2020-01-01", "line 11: effective_to is not after effective_from"),
        ("effective_from = 2020-01-01\n", "", "effective_from is missing: give it, or say under uncertain that it is not known"),
        ('private_land = "any"', 'private_land = "maybe"', "line 12: private_land = 'maybe': not one of any, open_to_public, public_only"),
        ('least = "10.00"', 'least = "-1"', "line 16: least = '-1': not a plain amount from 0"),
        ('least = "10.00"', 'least = "10.005"', "line 16: least: USD has 2 decimals"),
        ('least = "10.00"', 'least = "30.00"', "line 17: most is less than least"),
        ('currency = "USD"', 'currency = "usd"', "line 15: currency = 'usd': not the ISO 4217 code of a currency"),
        ("required = true", "required = false", "line 23: a sign that is not required can't have to state the penalty"),
        ("required = true", 'required = "yes"', "line 22: required = 'yes': not true or false"),
        ('what = "not_charging"', 'what = "parking"', "line 28: forbids 1: what = 'parking': not one of not_plugged_in"),
        ('after = "1h30m"', 'after = "soon"', "line 29: forbids 1: after = 'soon': not a duration"),
        ('after = "1h30m"', 'after = "99999999999h"', "line 29: forbids 1: after = '99999999999h': not a duration"),
        ('after = "1h30m"', 'after = "as signed"', 'line 29: forbids 1: only a time limit can be "as signed"'),
        ('what = "not_charging"\nafter = "1h30m"', 'what = "over_time_limit"', 'forbids 1: a time limit needs after: a length, or "as signed"'),
        ('what = "not_an_ev"', 'what = "not_an_ev"\nafter = "5m"', "line 34: forbids 2: not_an_ev is seen at a moment: it has no length"),
        ('what = "not_an_ev"', 'what = "not_charging"', "forbids not_charging twice"),
        ('covers = ["idle"]', 'covers = ["asleep"]', "line 37: exemption 1: covers = ['asleep']"),
        ('places = ["airport"]', 'places = ["moon"]', "line 36: exemption 1: places = ['moon']"),
        ('from = "22:00"', 'from = "25:00"', "line 42: exemption 1, hours 1: from = '25:00'"),
        ('days = ["sat", "sun"]', "days = []", "line 44: exemption 1, hours 1: days = []: not a list of texts"),
        ('text_en = "a sign"', 'text_en = "a sign"\ncolour = "green"', "line 25: unknown field 'colour'"),
        ('[sign]\nrequired = true\nmust_state_penalty = true\ntext_en = "a sign"\ntext_fr = "un panneau"\n', "", "[sign] is missing"),
        ("[[forbids]]", "[forbids]", "not TOML"),
    ],
)  # fmt: skip
def test_what_is_refused(change: str, to: str, fault: str) -> None:
    assert change in GOOD
    found = faults(GOOD.replace(change, to, 1))
    assert any(fault in one for one in found), found


def test_every_fault_is_named_at_once() -> None:
    assert len(faults(GOOD.replace("version = 2", "version = -2").replace('"USD"', '"$"').replace('"1h30m"', "5"))) == 3


def test_an_exemption_from_everything_and_a_rule_that_forbids_nothing_are_refused() -> None:
    everything = GOOD[: GOOD.index("[[exemption.hours]]")].replace('places = ["airport"]\ncovers = ["idle"]\n', "")
    assert any("exempts everything" in fault for fault in faults(everything))
    nothing = GOOD[: GOOD.index("[[forbids]]")]
    assert faults(nothing) == ["forbids nothing"]


def test_what_is_not_known_may_be_left_out_if_it_is_said() -> None:
    text = GOOD.replace("effective_from = 2020-01-01\n", "").replace("uncertain = []", 'uncertain = ["since when"]')
    assert read_rule(text).effective_from is None
