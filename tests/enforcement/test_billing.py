"""What networks billed for parking against what was seen, and records against their tariffs and sessions."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from enforcement.billing import FindingCode, Stated, compare_record, compare_seen, compare_session, finding_text
from enforcement.billing.finding import WORDS
from enforcement.folding import fold
from enforcement.tariffs.cdrs import read_cdr
from tests.conftest import minutes
from tests.enforcement.test_netting import RATE, STAY, bill
from tests.support.builders import arrives, bay, charged, charger, heartbeat, leaves, session, told
from tests.support.tariffs import load


def found(*facts: Any, at: float = 300) -> list[tuple[str, int, int | None]]:
    decision = told(facts, at, under=RATE).decision
    flat = [fact for each in facts for fact in (each if isinstance(each, list) else [each])]
    return [(f.code.value, f.seconds // 60, f.amount_minor) for f in compare_seen(fold(flat, bay()), decision.stays)]


def parked(*spans: tuple[float, float], **more: Any) -> Any:
    """A bill that says of all its parking that it was billed."""
    length = sum(hi - lo for lo, hi in spans)
    return replace(bill(*spans, **more), parking_s=int(length * 60))


def test_a_bill_that_fits_is_no_finding() -> None:
    assert found(STAY, parked((60, 120))) == []
    assert found(STAY, parked((62, 118))) == []


def test_parking_billed_while_the_vehicle_was_charging() -> None:
    assert found(STAY, parked((40, 120))) == [("charging_billed", 20, 125)]  # a quarter of 5.00


def test_parking_billed_after_the_vehicle_was_gone() -> None:
    assert found(STAY, parked((60, 150))) == [("vacated_billed", 20, 111)]


def test_parking_billed_while_the_sensor_saw_a_free_bay() -> None:
    gone = [
        arrives(0),
        *charged(5, 60),
        leaves(90),
        heartbeat(False, 100),
        session(110),
        session(120, "COMPLETED", ended=120),
    ]
    assert ("vacated_billed", 30, 250) in found(gone, parked((60, 120)))


def test_parking_billed_while_the_charger_was_out_of_service() -> None:
    down = [*STAY, charger("OUTOFORDER", 80), charger("CHARGING", 100)]
    assert found(down, parked((60, 120))) == [("faulted_billed", 20, 167)]


def test_parking_of_a_session_that_nobody_saw() -> None:
    assert found(parked((60, 120), session="x9", began=60)) == [("unseen_billed", 60, 500)]


def test_more_and_less_parking_than_was_seen() -> None:
    assert found(STAY, replace(parked((60, 120)), parking_s=80 * 60)) == [("more_than_seen", 10, None)]
    assert found(STAY, parked((60, 100))) == [("less_than_seen", 20, None)]
    # free parking in the record counts as told
    assert found(STAY, replace(parked((60, 100)), parking_s=60 * 60)) == []


def test_parking_billed_twice() -> None:
    twice = found(STAY, parked((60, 120)), replace(parked((90, 120), record="r2"), parking_s=3600))
    assert twice == [("billed_twice", 30, 500)]
    credited = [
        parked((60, 120)),
        replace(parked((90, 120), record="r2"), parking_s=3600),
        bill(record="r3", takes_back="r1"),
    ]
    assert found(STAY, *credited) == []


def test_the_order_of_facts_changes_no_finding() -> None:
    facts = [*STAY, parked((40, 150))]
    assert found(*facts) == found(*reversed(facts))


def test_what_was_settled_and_forgotten_is_not_judged_again() -> None:
    evidence = fold([*STAY, parked((40, 150))], bay())
    decision = told([*STAY, parked((40, 150))], 300, under=RATE).decision
    evidence.cut = minutes(130)
    evidence.sessions.clear()
    assert compare_seen(evidence, ()) == []
    assert decision.stays


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_finding_has_words(language: str) -> None:
    details = dict.fromkeys(("stated", "computed", "field", "part", "other", "tariff", "party"), "7")
    assert set(WORDS) == set(FindingCode)
    for code in FindingCode:
        text = finding_text(code, 600, details, language)
        assert "{" not in text and text.endswith(".")
        assert ("10 min" in text) == ("{length}" in WORDS[code][language])


# Records in themselves: the published examples, exactly.


def test_the_published_pair_whose_total_leaves_out_the_minimum_price(shared_data: Path) -> None:
    folder = shared_data / "tariffs" / "tandemdrive" / "025kwh_min_price"
    document = {**load(folder / "cdr2_less_than_2kWh.json"), "tariffs": [load(folder / "tariff.json")]}
    cdr = read_cdr(document, "2.2.1")
    off = compare_record(cdr, "be*bec*c1", None, "UTC")
    assert [
        (f.details["field"], f.details["part"], f.details["stated"], f.details["computed"], f.amount_minor) for f in off
    ] == [
        ("total_cost", "before_taxes", "0.3", "0.5", -20),
        ("total_cost", "after_taxes", "0.33", "0.55", -22),
    ]
    assert [f.key for f in off] == [
        "be*bec*c1/totals_differ/total_cost/before_taxes",
        "be*bec*c1/totals_differ/total_cost/after_taxes",
    ]


@pytest.mark.parametrize(
    ("pair", "record"), [("025kwh_min_price", "cdr1"), ("simple_3hour_5parking", "cdr1"), ("step_size", "cdr1")]
)
def test_the_published_pairs_that_fit(pair: str, record: str, shared_data: Path) -> None:
    folder = shared_data / "tariffs" / "tandemdrive" / pair
    document = {**load(folder / f"{record}.json"), "tariffs": [load(folder / "tariff.json")]}
    assert compare_record(read_cdr(document, "2.2.1"), "r", None, "UTC") == []


@pytest.mark.parametrize("factor", [1, 2])
def test_a_parking_total_that_does_not_follow_from_the_published_tariff(factor: int, shared_data: Path) -> None:
    """42 minutes at 5.00 an hour, as the specification works it out: 3.75 with its step of 900 s."""
    folder = shared_data / "tariffs" / "tandemdrive" / "simple_3hour_5parking"
    document = {**load(folder / "cdr1.json"), "tariffs": [load(folder / "tariff.json")]}
    parking = document["total_parking_cost"]
    document["total_parking_cost"] = {"excl_vat": parking["excl_vat"] * factor}
    off = compare_record(read_cdr(document, "2.2.1"), "r", None, "UTC")
    assert [(f.details["field"], f.amount_minor) for f in off] == (
        [] if factor == 1 else [("total_parking_cost", int(parking["excl_vat"] * 100))]
    )


@pytest.mark.parametrize(("version", "differing"), [("2.1.1", 0), ("2.2.1", 0), ("2.3.0", 0)])
def test_the_specifications_own_records(version: str, differing: int, shared_data: Path) -> None:
    name = {"2.1.1": "cdr_01_example_of_a_cdr.json"}.get(version, "cdr_example.json")
    cdr = read_cdr(load(shared_data / "ocpi" / version / name), version)
    assert len(compare_record(cdr, "r", None, "UTC")) == differing


def test_a_record_against_its_session() -> None:
    record = Stated(started_at=minutes(0), ended_at=minutes(90), energy=Fraction(20))
    same = replace(record, energy=Fraction("20.1"), ended_at=minutes(95))
    common = {"record": "r", "session": "s", "currency": "CAD"}
    assert compare_session(record, same, **common) == []
    other = Stated(started_at=minutes(-6), ended_at=minutes(96), energy=Fraction("20.2"))
    off = compare_session(record, other, **common)
    assert [(f.code.value, f.seconds // 60, dict(f.details)) for f in off] == [
        ("energy_differs", 0, {"stated": "20", "computed": "20.2"}),
        ("time_differs", 6, {"field": "start_date_time"}),
        ("time_differs", 6, {"field": "end_date_time"}),
    ]
    assert len({f.key for f in off}) == 3
    silent = replace(other, energy=None, started_at=minutes(0), ended_at=None)
    assert compare_session(record, silent, **common) == []
