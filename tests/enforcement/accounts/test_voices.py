"""What a driver, an owner and an officer read of one fee."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from enforcement.accounts import Account, account_of, driver_text, grounds, officer_text, owner_text
from enforcement.facts import AnyFact
from enforcement.fee_lines import Treatment
from tests.conftest import minutes
from tests.enforcement.test_netting import STAY, bill
from tests.support.builders import charged, clause, heartbeat, leaves, policy, sensor_says, told

TAXES = """
[[tax]]
name = "GST"
percent = "5"
[[tax]]
name = "QST"
percent = "9.975"
"""
POLICY = policy(clause("idle", grace="10m", rate="0.40", cap="12.00"), TAXES)
TORONTO = "America/Toronto"


def account(facts: list[AnyFact], at: float = 300) -> Account:
    (violation,) = told(facts, at, under=POLICY).broken
    return account_of(violation.fee, POLICY, violation.clause, TORONTO)


FACTS: list[AnyFact] = [sensor_says(True, 0), *charged(5, 60, 120), leaves(130), bill((80, 85))]
ACCOUNT = account(FACTS)


def test_a_driver_reads_what_each_minute_cost() -> None:
    assert driver_text(ACCOUNT) == (
        "2026-03-02 13:00-13:10: 10 min, no charge. Free: within the grace.",
        "2026-03-02 13:10-13:20: 10 min at 0.40 CAD a minute: 4.00 CAD.",
        "2026-03-02 13:20-13:25: 5 min, no charge. Not billed again: the charging network billed this time itself.",
        "2026-03-02 13:25-14:00: 35 min at 0.40 CAD a minute: 14.00 CAD.",
        "Kept to the cap: 6.00 CAD less.",
        "GST 5 %: 0.60 CAD.",
        "QST 9.975 %: 1.20 CAD.",
        "Total: 13.80 CAD.",
    )


def test_a_driver_reads_it_in_french() -> None:
    assert driver_text(ACCOUNT, "fr")[1:] == (
        "2026-03-02 13:10-13:20: 10 min à 0,40 CAD la minute: 4,00 CAD.",
        "2026-03-02 13:20-13:25: 5 min, sans frais. Non facturé de nouveau: le réseau a facturé ce temps lui-même.",
        "2026-03-02 13:25-14:00: 35 min à 0,40 CAD la minute: 14,00 CAD.",
        "Limité par le plafond: 6,00 CAD de moins.",
        "TPS 5 %: 0,60 CAD.",
        "TVQ 9,975 %: 1,20 CAD.",
        "Total: 13,80 CAD.",
    )


def test_an_owner_reads_the_clause_and_every_step_of_the_sum() -> None:
    assert owner_text(ACCOUNT)[0] == "Plugged in with charging finished, under test@1, clause 1 (idle)."
    assert owner_text(ACCOUNT)[2] == (
        "2026-03-02 13:10-13:20 (10 min), plugged in, charging finished: Counted. The network reported that the vehicle "
        "no longer asks for energy. Price 1, 0.40 CAD a minute: 4.00 CAD."
    )
    assert owner_text(ACCOUNT)[5:] == (
        "Pieces together: 18.00 CAD.",
        "Kept to the cap: 6.00 CAD less.",
        "Net: 12.00 CAD.",
        "GST 5 %: 0.60 CAD.",
        "QST 9.975 %: 1.20 CAD.",
        "Total: 13.80 CAD.",
    )


def test_an_officer_reads_evidence_in_both_times_and_no_money() -> None:
    text = officer_text(ACCOUNT, FACTS, "ca*abc*x1")
    assert text[0] == "Plugged in with charging finished."
    assert text[1] == (
        "2026-03-02 13:00-13:20 (2026-03-02 18:00:00-18:20:00 UTC), 20 min: plugged in, charging finished. The network "
        "reported that the vehicle no longer asks for energy."
    )
    assert text[2] == (
        "  Rests on: sensor s1: taken at 12:00; session x1 ACTIVE at 13:00; session x1 COMPLETED at 14:00; "
        "sensor s1: free at 14:10."
    )
    assert "charge record r1 at 15:20" in text[4]
    assert not any("CAD" in line for line in text)
    asked = officer_text(ACCOUNT, FACTS, "ca*abc*x1", with_money=True)
    assert asked[-1] == "Total: 13.80 CAD." and asked[:-1] == text


def test_a_driver_reads_no_piece_that_has_no_length() -> None:
    last = ACCOUNT.lines[-1]
    rest = replace(
        last, start=last.end, end=last.end + timedelta(microseconds=1), amount=Fraction(0),
        treatment=Treatment.UNCONFIRMED,
    )  # fmt: skip
    assert driver_text(replace(ACCOUNT, lines=(*ACCOUNT.lines, rest))) == driver_text(ACCOUNT)


def test_nothing_to_pay_is_said_plainly() -> None:
    free = account([sensor_says(True, 0), *charged(5, 60, 120), leaves(130), bill((60, 120))])
    assert driver_text(free)[-1] == "Nothing to pay."
    assert driver_text(free, "fr")[-1] == "Rien à payer."


def test_grounds_are_the_words_around_a_piece_and_none_of_another_session() -> None:
    facts = [
        *STAY,
        *(heartbeat(True, m) for m in range(10, 130, 10)),
        *charged(5, 60, 120, name="other"),
        bill((60, 90)),
    ]
    found = grounds(minutes(70), minutes(90), Treatment.BILLED, "ca*abc*x1", facts)
    assert [((f.at - minutes(0)).total_seconds() / 60, type(f).__name__) for f in found] == [
        (60, "SessionUpdated"),
        (70, "OccupancyRead"),
        (80, "OccupancyRead"),
        (90, "OccupancyRead"),
        (120, "SessionUpdated"),
    ]
    netted = grounds(minutes(70), minutes(90), Treatment.NETWORK_BILLED, "ca*abc*x1", facts)
    assert "NetworkBilled" in {type(f).__name__ for f in netted}
