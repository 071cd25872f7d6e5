"""Policy documents that make no sense are refused, every fault named at its line; whatever the text, nothing else."""

import re
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars import is_calendar
from enforcement.policy import Policy
from enforcement.policy_document import PolicyError, read_policy
from tests.support.choices import among, between
from tests.support.policy_worlds import POLICIES

HEAD = """id = "a"
version = 1
title = "A"
effective_from = 2021-01-01T00:00:00Z
currency = "EUR"
"""
IDLE = '[[clause]]\nkind = "idle"\n'
PRICE = 'rate = "1"\nper = "1m"\n'
SHIPPED = sorted(path.read_text("utf-8") for path in POLICIES.glob("*.toml"))


def faults(document: str) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        read_policy(document)
    return refused.value.faults


def test_a_document_needs_little() -> None:
    policy = read_policy(HEAD + IDLE + PRICE)
    (clause,) = policy.clauses
    assert (policy.name, policy.settle_after, policy.tax_included) == ("a@1", timedelta(minutes=15), False)
    assert (clause.starts, clause.stops, clause.grace) == ("charging_end", "unplug", timedelta(0))
    assert (clause.unit, clause.rounding, clause.money) == (timedelta(minutes=1), "down", "total")


def test_every_fault_is_named_at_its_line() -> None:
    document = """id = "A policy"
version = 0
title = "A"
effective_from = 2021-01-01T00:00:00
currency = "euro"
colour = "red"
[[clause]]
kind = "idle"
starts = "arrival"
rate = 0.40
per = "1m"
cap = "1"
minimum = "2"
[[clause.window]]
from = "25:00"
to = "08:00"
days = ["monday"]
"""
    found = faults(document)
    assert [fault.split(":")[0] for fault in found] == [
        "line 1", "line 2", "line 4", "line 5", "line 9", "line 10", "line 12", "line 15", "line 17", "line 6",
    ]  # fmt: skip
    assert "unknown field 'colour'" in found[-1]


@pytest.mark.parametrize(
    ("document", "line", "words"),
    [
        pytest.param(HEAD, None, "it would allow everything", id="no clause"),
        pytest.param(HEAD + IDLE, 6, "rate is missing", id="no price"),
        pytest.param(HEAD + IDLE + PRICE + "grade = 1\n", 10, "unknown field 'grade'", id="unknown field"),
        pytest.param(HEAD + '[[clause]]\nkind = "parking"\n' + PRICE, 7, "not a valid Kind", id="unknown kind"),
        pytest.param(HEAD + IDLE + PRICE + 'cap = "1"\nminimum = "2"\n', 10, "cap is under the minimum", id="cap"),
        pytest.param(
            HEAD + IDLE + PRICE + 'cap_day = "1"\nminimum = "2"\n',
            10,
            "cap_day is under the minimum",
            id="cap of a day",
        ),
        pytest.param(HEAD + IDLE + PRICE + "soc = 90\n", 10, 'soc goes with starts = "soc"', id="soc without starts"),
        pytest.param(
            HEAD + IDLE + PRICE + 'starts = "soc"\n', 6, 'soc goes with starts = "soc"', id="starts without soc"
        ),
        pytest.param(HEAD + IDLE + PRICE + 'starts = "soc"\nsoc = 101\n', 11, "from 1 to 100", id="soc of 101"),
        pytest.param(
            HEAD + IDLE + PRICE + 'starts = "plug_in"\n', 10, "not one of charging_end, soc", id="wrong start"
        ),
        pytest.param(HEAD + IDLE + PRICE + 'stops = "plug_in"\n', 10, "not one of unplug, vacated", id="wrong stop"),
        pytest.param(
            HEAD + IDLE + PRICE + 'grace_anchor = "warning"\n', 10, "give a grace", id="a warning without time to leave"
        ),
        pytest.param(
            HEAD + 'tax_region = "atlantis"\n' + IDLE + PRICE, 6, "unknown tax region", id="unknown tax region"
        ),
        pytest.param(
            HEAD + 'taxes_charged = ["PST"]\n' + IDLE + PRICE, 6, "goes with a tax_region", id="taxes of nowhere"
        ),
        pytest.param(
            HEAD + 'tax_region = "de"\ntaxes_charged = ["PST"]\n' + IDLE + PRICE,
            6,
            "does not decide on PST",
            id="no option",
        ),
        pytest.param(
            HEAD + 'tax_region = "station"\ntaxes_charged = ["PST"]\n' + IDLE + PRICE,
            7,
            "that is named",
            id="which PST",
        ),
        pytest.param(
            HEAD.replace("2021", "2020") + 'tax_region = "de"\n' + IDLE + PRICE,
            6,
            "no rate of VAT",
            id="before its rates",
        ),
        pytest.param(
            HEAD + 'tax_region = "de"\n' + IDLE + PRICE + '[[tax]]\nname = "VAT"\npercent = "19"\n',
            6,
            "not both",
            id="twice",
        ),
        pytest.param(
            HEAD + IDLE + PRICE + '[[tax]]\nname = "VAT"\npercent = "19"\n' * 2,
            None,
            "two taxes are called",
            id="same tax",
        ),
        pytest.param(
            HEAD + IDLE + PRICE + '[[tax]]\nname = "VAT"\npercent = "119"\n', 12, "more than 100", id="119 percent"
        ),
        pytest.param(
            HEAD + IDLE + PRICE + '[[clause.window]]\nfrom = "08:00"\nto = "20:00"\nholidays = "exclude"\n',
            None,
            "name their calendar",
            id="holidays without a calendar",
        ),
        pytest.param(HEAD + 'holidays = "Quebec"\n' + IDLE + PRICE, 6, "not a calendar", id="no such calendar"),
        pytest.param(
            HEAD + "effective_to = 2020-01-01T00:00:00Z\n" + IDLE + PRICE, 6, "is not after", id="ends before"
        ),
        pytest.param(HEAD + 'stations = "a"\n' + IDLE + PRICE, 6, "not a list of texts", id="not a list"),
        pytest.param(HEAD + "stations = []\n" + IDLE + PRICE, 6, "not a list of texts", id="an empty scope"),
        pytest.param(HEAD + IDLE + 'rate = "-1"\nper = "1m"\n', 8, "not a plain amount", id="negative"),
        pytest.param(HEAD + IDLE + 'rate = "NaN"\nper = "1m"\n', 8, "not a plain amount", id="not a number"),
        pytest.param(HEAD + IDLE + 'rate = 0.4\nper = "1m"\n', 8, "as a string", id="a float"),
        pytest.param(HEAD + IDLE + 'rate = "1"\nper = "0s"\n', 9, "longer than zero", id="per nothing"),
        pytest.param(HEAD + IDLE + PRICE + 'grace = "ten minutes"\n', 10, "not a duration", id="a duration in words"),
        pytest.param(HEAD + IDLE + PRICE + "grace = 600\n", 10, "not a duration", id="a duration without unit"),
        pytest.param(HEAD + IDLE + PRICE + 'unit = "0m"\n', 10, "longer than zero", id="a unit of nothing"),
        pytest.param(HEAD + IDLE + PRICE + 'contracts = ["cash"]\n', 10, "cash: not one of", id="unknown contract"),
        pytest.param(HEAD + IDLE + PRICE + "[clause.tier]\n" + PRICE, 10, "write tier as [[tier]]", id="one bracket"),
        pytest.param(
            HEAD + IDLE + PRICE + "[[clause.tier]]\n" + PRICE, 8, "rate is the short form", id="rate and tiers"
        ),
        pytest.param(HEAD + IDLE + "[[clause.tier]]\n", 8, "a rate, a flat amount, or both", id="an empty tier"),
        pytest.param(HEAD + IDLE + '[[clause.tier]]\nrate = "1"\n', 8, "go together", id="a rate for nothing"),
        pytest.param(
            HEAD + IDLE + '[[clause.tier]]\nfrom = "2h"\nto = "1h"\n' + PRICE, 10, "ends before", id="backwards"
        ),
        pytest.param(
            HEAD + IDLE + '[[clause.tier]]\noccupancy_from = "0.5"\noccupancy_to = "0.5"\n' + PRICE,
            10,
            "is not above",
            id="no occupancy",
        ),
        pytest.param(
            HEAD + IDLE + '[[clause.tier]]\noccupancy_from = "80"\n' + PRICE,
            9,
            'from "0" to "1"',
            id="percent as a share",
        ),
        pytest.param(
            HEAD + IDLE + PRICE + IDLE + PRICE, 11, "holds for all of these vehicles already", id="never reached"
        ),
        pytest.param(HEAD.replace('"A"', '"A\\u0000"') + IDLE + PRICE, 3, "not one line", id="a title with a NUL"),
        pytest.param(
            HEAD.replace("version = 1", "version = true") + IDLE + PRICE, 2, "not a whole number", id="true is no 1"
        ),
    ],
)
def test_what_makes_no_sense_is_refused(document: str, line: int | None, words: str) -> None:
    (fault,) = [fault for fault in faults(document) if words in fault]
    assert fault.startswith(f"line {line}: ") if line else not fault.startswith("line")


def test_overlapping_tiers_are_refused_and_touching_ones_are_not() -> None:
    def tier(**fields: str) -> str:
        names = {"start": "from", "end": "to"}
        return "[[clause.tier]]\n" + "".join(f'{names.get(k, k)} = "{v}"\n' for k, v in fields.items()) + PRICE

    def document(*tiers: str) -> str:
        return HEAD + IDLE + "".join(tiers)

    assert "line 11: clause 1, tier 2: overlaps an earlier tier" in faults(document(tier(), tier(start="1h")))
    overlapping = document(tier(start="0s", end="1h1s"), tier(start="1h"))
    assert any("overlaps" in fault for fault in faults(overlapping))
    by_share = document(tier(occupancy_from="0.5"), tier(occupancy_from="0.9"))
    assert any("overlaps" in fault for fault in faults(by_share))
    assert len(read_policy(document(tier(end="1h"), tier(start="1h"))).clauses[0].tiers) == 2
    touching = document(tier(occupancy_from="0.5", occupancy_to="0.9"), tier(occupancy_from="0.9"))
    assert len(read_policy(touching).clauses[0].tiers) == 2


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ('kind = "idle"', 'kind = "overtime"', "idle"),
        ('kind = "idle"\nstops = "vacated"', 'kind = "overstaying"', "overstaying"),
        ('kind = "unplugged"', 'kind = "overtime"\nstarts = "arrival"', "unplugged"),
        ('kind = "idle"\nstarts = "soc"\nsoc = 80', 'kind = "overtime"', "charging, idle"),
        ('kind = "idle"\ngroups = ["a"]', 'kind = "overtime"\ngroups = ["b"]', "idle"),  # a token may be in both
    ],
)
def test_no_minute_may_cost_twice(first: str, second: str, twice: str) -> None:
    document = HEAD + f"[[clause]]\n{first}\n{PRICE}[[clause]]\n{second}\n{PRICE}"
    assert any(f"both count {twice} time" in fault for fault in faults(document))


def test_clauses_for_different_vehicles_may_count_the_same_time() -> None:
    for field, one, other in (("power_classes", "AC", "DC"), ("contracts", "adhoc", "roaming")):
        document = (
            HEAD + f'{IDLE}{PRICE}{field} = ["{one}"]\n[[clause]]\nkind = "overtime"\n{PRICE}{field} = ["{other}"]\n'
        )
        assert len(read_policy(document).clauses) == 2


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("a = " + "[" * 100_000, id="deep arrays"),
        pytest.param("a = " + "{a = " * 50_000, id="deep tables"),
        pytest.param("[" + ".".join("a" * 50_000) + "]", id="a key of many dots"),
        pytest.param('"' + '"."'.join("a" * 50_000) + '" = 1', id="a quoted key of many dots"),
        pytest.param("t = {a = '''\n''', " + ".".join("a" * 50_000) + " = '1'}", id="dots behind a text of lines"),
        pytest.param("version = " + "9" * 100_000, id="a huge whole number"),
        pytest.param(HEAD + IDLE + 'rate = "1e999999999"\nper = "1m"', id="a huge amount"),
        pytest.param(HEAD + IDLE + 'rate = "' + "9" * 100_000 + '"\nper = "1m"', id="a long amount"),
        pytest.param(HEAD + IDLE + PRICE + 'grace = "' + "9" * 100_000 + 'h"', id="a long duration"),
        pytest.param(HEAD.replace('"A"', f'"{"A" * 1_000_000}"') + IDLE + PRICE, id="a megabyte of title"),
        pytest.param(HEAD.replace('"A"', f'"{"A" * 100_000}"') + IDLE + PRICE, id="a long title"),
        pytest.param(
            HEAD.replace("2021-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00") + IDLE + PRICE, id="before time"
        ),
        pytest.param(HEAD.replace("2021-01-01T00:00:00Z", "9999-12-31T23:00:00-14:00") + IDLE + PRICE, id="after time"),
        pytest.param(HEAD + (IDLE + PRICE) * 5_000, id="thousands of clauses"),
        pytest.param(HEAD + IDLE + ("[[clause.tier]]\n" + PRICE) * 5_000, id="thousands of tiers"),
        pytest.param(HEAD + IDLE + "tier = [" + "{}," * 60_000 + "]", id="tens of thousands of inline tiers"),
        pytest.param("\x00\ufeff", id="no text"),
    ],
)
def test_hostile_sizes_are_refused_at_once(document: str) -> None:
    began = time.perf_counter()
    assert faults(document)
    assert time.perf_counter() - began < 20  # minutes without the guards, even on a slow machine


def test_a_long_scope_is_not_hostile() -> None:
    stations = ", ".join(f'"de*abc*location-{n}"' for n in range(5_000))
    assert len(read_policy(HEAD + f"stations = [{stations}]\n" + IDLE + PRICE).stations) == 5_000


def read_or_refused(document: str) -> None:
    try:
        assert isinstance(read_policy(document), Policy)
    except PolicyError as refused:
        assert refused.faults
        assert all(isinstance(fault, str) and fault for fault in refused.faults)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    read_or_refused(text)
    read_or_refused(HEAD + IDLE + PRICE + text)


VALUES = st.one_of(
    st.sampled_from(
        [
            '""', '"x"', "0", "-1", "1", "true", "1.5", "nan", "inf", "[]", "[1]", '["x"]', "{}", "{a = 1}", "[[]]", '"1"', '"1m"',
            "2020-01-01", "2020-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "08:00:00", '"24:00"', '"1e9999"', '"\\u0000"',
            '"99999h"', '"-5"', "'soc'", '"station"', '"de"', '"cheapest"', '["mon"]', "9223372036854775808",
        ]
    ),
    st.integers().map(str),
    st.floats().map(str),
)  # fmt: skip
KEYS = [
    "id", "version", "title", "effective_from", "effective_to", "currency", "evses", "stations", "networks", "settle_after",
    "tax_region", "taxes_charged", "tax_included", "holidays", "clause", "tax", "kind", "starts", "stops", "soc", "start_after",
    "grace", "grace_mode", "grace_anchor", "unit", "rounding", "money", "tier_clock", "occupancy_unknown", "min_confidence",
    "spares_operator_stop", "tier", "minimum", "cap", "cap_day", "cap_driver_day", "window", "power_classes", "groups",
    "contracts", "exempt_groups", "exempt_permits", "zone", "rate", "per", "from", "to", "flat", "step", "occupancy_from", "occupancy_to", "days", "name",
    "percent", "other",
]  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.data(), st.sampled_from(SHIPPED))
def test_a_changed_document_is_a_policy_or_refused(data: st.DataObject, document: str) -> None:
    lines = document.splitlines()
    for _ in range(data.draw(between(1, 4))):
        index = data.draw(between(0, len(lines) - 1))
        match data.draw(among("value", "value", "add", "drop", "twice", "cut")):
            case "value" if "=" in lines[index] and not lines[index].startswith("#"):
                lines[index] = lines[index].split("=")[0] + "= " + data.draw(VALUES)
            case "add":
                lines.insert(index, f"{data.draw(among(*KEYS))} = {data.draw(VALUES)}")
            case "drop" if len(lines) > 1:
                del lines[index]
            case "twice":
                lines.insert(index, lines[index])
            case _:
                lines[index] = lines[index][: data.draw(between(0, 30))]
    read_or_refused("\n".join(lines))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(KEYS), VALUES, st.sampled_from(["head", "clause", "tier", "window", "tax"]))
def test_any_field_with_any_value_anywhere_is_read_or_refused(key: str, value: str, where: str) -> None:
    field = f"{key} = {value}\n"
    parts = {
        "head": HEAD,
        "clause": IDLE + PRICE.replace("rate", "cap").replace('per = "1m"', ""),
        "tier": "",
        "window": "",
        "tax": "",
    }
    parts["tier"] = "[[clause.tier]]\n" + PRICE
    parts["window"] = '[[clause.window]]\nfrom = "08:00"\nto = "20:00"\n'
    parts["tax"] = '[[tax]]\nname = "VAT"\npercent = "19"\n'
    parts[where] += field
    read_or_refused("".join(parts.values()))


HOLIDAYS = '[[clause.window]]\nfrom = "08:00"\nto = "20:00"\nholidays = "exclude"\n'


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (HEAD.replace("EUR", "EUX") + IDLE + PRICE, r"line \d+: currency = 'EUX': not the ISO 4217 code of a currency"),
        (HEAD + 'zone = "Europe/Bielefeld"\n' + IDLE + PRICE, r"line \d+: zone = 'Europe/Bielefeld': not an IANA time zone"),
        (HEAD + 'zone = "../etc/passwd"\n' + IDLE + PRICE, r"line \d+: zone = '../etc/passwd': not an IANA time zone"),
        (HEAD + 'holidays = "CA-XX"\n' + IDLE + PRICE + HOLIDAYS, r"line \d+: no calendar of public holidays is called 'CA-XX'"),
        (HEAD + 'networks = ["abc"]\n' + IDLE + PRICE, r"line \d+: networks = \['abc'\]: abc: not a key like ca\*abc"),
        (HEAD + 'stations = ["ca*abc"]\n' + IDLE + PRICE, r"line \d+: stations = .*: not a key like ca\*abc\*l1"),
        (HEAD + 'evses = ["ca*abc*l1"]\n' + IDLE + PRICE, r"line \d+: evses = .*: not a key like ca\*abc\*l1\*e1"),
        (HEAD + IDLE + PRICE + 'groups = ["a"]\nexempt_groups = ["a", "b"]\n', r"line \d+: clause 1: everybody .* is spared"),
        (
            HEAD + IDLE + PRICE + 'power_classes = ["AC", "DC"]\n' + IDLE + PRICE + 'power_classes = ["AC"]\n',
            r"line \d+: clause 2: an earlier clause for idle holds for all of these vehicles already",
        ),
    ],
)  # fmt: skip
def test_what_could_never_hold_or_is_not_known_is_named_at_its_line(document: str, fault: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_policy(document, is_calendar)
    assert any(re.search(fault, each) for each in refused.value.faults), refused.value.faults


def test_a_calendar_or_zone_that_is_known_is_taken() -> None:
    policy = read_policy(HEAD + 'zone = "America/Toronto"\nholidays = "CA-QC"\n' + IDLE + PRICE + HOLIDAYS, is_calendar)
    assert (policy.zone, policy.holidays) == ("America/Toronto", "CA-QC")
    assert read_policy(HEAD + 'holidays = "station"\n' + IDLE + PRICE + HOLIDAYS, is_calendar).holidays == "station"
