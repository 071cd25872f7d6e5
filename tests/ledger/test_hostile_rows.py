"""Rows that are broken, and more of them than a statement takes parameters."""

import pytest
from sqlalchemy import func, select, update

from ledger import changed_circumstances, rebuild
from ledger.database import Ledger, table
from ledger.memberships import MembershipFields
from ledger.record import record, record_due
from models import BayState, TokenMembership
from tests.conftest import minutes
from tests.ledger.test_main_way import EXPECTED, assess_all, outcome, story, town
from tests.support.lots import HEAD, build

__all__ = ["town"]
MORE_THAN_A_STATEMENT_TAKES = 66_000


@pytest.mark.parametrize("evidence", ["{", '{"sessions": 3}', "null"])
@pytest.mark.parametrize("take", [record, record_due])
def test_kept_evidence_that_cannot_be_read_is_folded_again(town: Ledger, evidence: str, take: object) -> None:
    """It follows from the facts; nobody else's bay must wait for it."""
    told = story()
    with town.write(minutes(50)) as tx:
        record(tx, [fact for fact in told if fact.at <= minutes(50)])
        tx.conn.execute(update(table(BayState)).values(evidence=evidence))
    with town.write(minutes(180)) as tx:
        take(tx, told)  # type: ignore[operator]
    assess_all(town, minutes(400))
    assert outcome(town) == EXPECTED
    assert list(rebuild.differences(town, minutes(400))) == []


def test_a_group_may_have_any_number_of_members(ledger: Ledger) -> None:
    build(ledger, HEAD + '[[clause]]\nkind = "idle"\nrate = "1.00"\nper = "1m"\nexempt_groups = ["all"]\n')
    members = [
        MembershipFields(name="all", holder=f"{number:064}", holder_kind="token")
        for number in range(MORE_THAN_A_STATEMENT_TAKES)
    ]
    with ledger.write(minutes(0)) as tx:
        changed_circumstances.put_members(tx, "all", members, is_permit=False)
    with ledger.read() as conn:
        count = conn.execute(select(func.count()).select_from(table(TokenMembership))).scalar_one()
    assert count == MORE_THAN_A_STATEMENT_TAKES
