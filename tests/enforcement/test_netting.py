"""Minutes that the charging network billed itself are not billed again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enforcement.facts import BilledSpan, NetworkBilled, evse_subject
from enforcement.fee_lines import Treatment
from enforcement.folding import fold
from enforcement.pruning import prune
from tests.conftest import minutes
from tests.support.builders import (
    EVSE,
    NETWORK,
    OTHER_EVSE,
    arrives,
    bay,
    charged,
    clause,
    leaves,
    policy,
    session,
    told,
)

STAY = [arrives(0), *charged(5, 60, 120), leaves(130)]
RATE = policy(clause("idle", grace="10m", rate="1.00"))


def bill(*spans: tuple[float, float], record: str = "r1", session: str | None = "x1", **more: Any) -> NetworkBilled:
    """A record of the stay's session that billed these minutes."""
    at = more.pop("at", 200)
    return NetworkBilled(
        at=minutes(at),
        seen_at=minutes(at),
        source=f"ocpi:{NETWORK}",
        source_id=f"cdr:{record}",
        subject=evse_subject(more.pop("evse", EVSE)),
        record=record,
        session=None if session is None else f"{NETWORK}*{session}",
        started_at=minutes(more.pop("began", 5)),
        ended_at=minutes(120),
        currency="CAD",
        spans=tuple(BilledSpan(start=minutes(lo), end=minutes(hi), amount_minor=500) for lo, hi in spans),
        **more,
    )


def treated(*facts: NetworkBilled) -> list[tuple[Treatment, float, float]]:
    violation = told([*STAY, *facts], 300, under=RATE).broken[0]
    return [(x.treatment, (x.start - minutes(0)) / timedelta(minutes=1), (x.end - minutes(0)) / timedelta(minutes=1))
            for x in violation.fee.lines]  # fmt: skip


def test_without_a_record_all_minutes_are_billed() -> None:
    assert told(STAY, 300, under=RATE).fees == {"idle": 5000}


def test_billed_minutes_are_taken_out_and_shown() -> None:
    assert treated(bill((60, 90))) == [
        (Treatment.GRACE, 60, 70),
        (Treatment.NETWORK_BILLED, 70, 90),
        (Treatment.BILLED, 90, 120),
    ]
    assert told([*STAY, bill((60, 90))], 300, under=RATE).fees == {"idle": 3000}


@pytest.mark.parametrize("session", ["x1", None, "another-id"])
def test_the_record_is_found_by_its_session_or_by_its_time(session: str | None) -> None:
    assert told([*STAY, bill((60, 90), session=session)], 300, under=RATE).fees == {"idle": 3000}


def test_all_minutes_billed_leave_a_violation_without_a_fee() -> None:
    violation = told([*STAY, bill((60, 120))], 300, under=RATE).broken[0]
    assert (violation.fee.net_minor, violation.fee.billable) == (0, timedelta(0))
    assert violation.violated_at == minutes(70)


def test_a_credit_takes_the_record_back_in_any_order() -> None:
    first, credit = bill((60, 120)), bill(record="r2", takes_back="r1")
    again = bill((100, 120), record="r3")
    assert told([*STAY, first, credit], 300, under=RATE).fees == {"idle": 5000}
    assert told([credit, *STAY, first], 300, under=RATE).fees == {"idle": 5000}
    assert told([*STAY, again, first, credit], 300, under=RATE).fees == {"idle": 3000}


def test_a_record_of_another_charger_or_another_time_changes_nothing() -> None:
    setting = bay(evses=(EVSE,), shared=(OTHER_EVSE,))
    other = bill((60, 120), evse=OTHER_EVSE, session="x7")
    assert told([*STAY, other], 300, under=RATE, setting=setting).fees == {"idle": 5000}
    before = bill((60, 120), session=None, began=-50)
    assert told([*STAY, before], 300, under=RATE).fees == {"idle": 5000}


def test_a_waived_grace_is_lost_only_by_time_that_is_not_paid_for_already() -> None:
    waive = policy(clause("idle", grace="10m", rate="1.00", grace_mode="waive"))
    assert told([*STAY, bill((70, 120))], 300, under=waive).fees == {}
    assert told([*STAY, bill((80, 120))], 300, under=waive).fees == {"idle": 2000}


def test_time_that_the_network_billed_never_passes_the_grace() -> None:
    """What is free here stays free: what the network charges for it is between it and the driver."""
    assert treated(bill((55, 65)))[0] == (Treatment.GRACE, 60, 70)


def test_a_bill_that_began_in_forgotten_time_goes_with_the_session_that_it_is_of() -> None:
    base = fold([arrives(0), leaves(20)], bay())
    prune(base, minutes(20), bay())
    told_of, of_it, of_another = (
        session(21),
        bill((30, 40), began=20),
        bill((30, 40), record="r2", session="x2", began=20),
    )
    left = fold([arrives(0), leaves(20), told_of, of_it, of_another], bay(), base)
    assert list(left.bills) == ["r1"]


def test_a_bill_of_a_session_that_began_in_forgotten_time_is_none_of_who_came_later() -> None:
    base = fold([arrives(0), leaves(20)], bay())
    prune(base, minutes(20), bay())
    left = fold([session(21, started=15), bill((30, 40), began=30)], bay(), base)
    assert not left.sessions
    assert not left.bills


def test_a_credit_takes_its_bill_back_whatever_session_and_time_it_names() -> None:
    credit = replace(bill(session="x2", record="r2", takes_back="r1"), ended_at=minutes(10))
    evidence = fold([bill((30, 40)), credit], bay())
    prune(evidence, minutes(20), bay())
    assert sorted(evidence.bills) == ["r1", "r2"], "a credit stays as long as its bill"
    later = bill(session="x3", record="r3", takes_back="r1", at=210)
    assert sorted(fold([later], bay(), evidence).bills) == ["r1", "r2", "r3"]
    prune(evidence, minutes(121), bay())
    assert not evidence.bills


def test_a_bill_that_came_before_its_session_waits_for_it_until_its_own_time_is_past() -> None:
    evidence = fold([arrives(0), leaves(20), bill((20, 21), session="x2", began=20)], bay())
    of_it = evidence.bills["r1"]
    prune(evidence, of_it.ended_at, bay())
    assert list(evidence.bills) == ["r1"]
    prune(evidence, of_it.ended_at + timedelta(microseconds=1), bay())
    assert not evidence.bills


def test_a_record_that_was_over_before_the_vehicle_came_is_none_of_its_stay() -> None:
    known = [arrives(130), session(130, name="x2"), leaves(200)]
    before, within = (bill((110, 140), session="x2", record=record) for record in ("r1", "r2"))
    within = replace(within, ended_at=minutes(130))
    found = told([*known, before, within], 300, under=RATE)
    assert [each.stay.bills for each in found.decision.stays] == [(within,)]
