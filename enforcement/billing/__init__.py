"""What a network billed against what was seen: findings for the owner, never a decision of their own."""

from enforcement.billing.finding import BillFinding, FindingCode, finding_text
from enforcement.billing.records import Stated, compare_record, compare_session
from enforcement.billing.seen import compare_seen

__all__ = ["BillFinding", "FindingCode", "Stated", "compare_record", "compare_seen", "compare_session", "finding_text"]
