"""The account of a violation's fee, from what is stored of it and the policy version that it is under."""

from sqlalchemy import Connection

from enforcement.accounts import Account, account_of
from enforcement.policy_document import read_policy
from enforcement.violations import State
from ledger.explanations import read_fee
from ledger.queries.case import Case, policy_document


def account(conn: Connection, case: Case) -> Account | None:
    """How the fee came about; None where late facts withdrew it: what it once came to is no account of nothing."""
    violation = case.violation
    if violation.state is State.CLEARED and violation.reason == "late_facts":
        return None
    name, _, version = violation.policy.rpartition("@")
    document = policy_document(conn, name, int(version))
    if document is None:
        return None
    policy = read_policy(document)
    kinds = [index for index, clause in enumerate(policy.clauses) if clause.kind is violation.kind]
    index = int(case.explanation.get("clause", kinds[0] if kinds else 0))
    fee = read_fee(case.explanation, violation.fee_minor, violation.currency, violation.billable_s)
    return account_of(fee, policy, index, violation.zone)
