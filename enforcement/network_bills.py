"""What networks billed for parking themselves: which of their bills stand, and of which stay each is."""

from collections.abc import Sequence
from datetime import datetime

from enforcement.evidence import Evidence
from enforcement.facts import NetworkBilled
from enforcement.setting import BaySetting
from enforcement.stays import Stay


def standing_bills(evidence: Evidence) -> tuple[NetworkBilled, ...]:
    """The bills that no credit took back, by record."""
    taken_back = {bill.takes_back for bill in evidence.bills.values()}
    return tuple(
        bill for record, bill in sorted(evidence.bills.items()) if bill.takes_back is None and record not in taken_back
    )


def with_bills(stays: list[Stay], evidence: Evidence, setting: BaySetting) -> list[Stay]:
    """The stays of a bay with the standing bills of its EVSEs."""
    standing = standing_bills(evidence) if evidence.bills else ()
    if not standing:
        return stays
    reaching = [bill for bill in standing if bill.subject.removeprefix("evse:") in setting.evses]
    return [stay._replace(bills=_of(stay, reaching, evidence)) for stay in stays]


def _of(stay: Stay, bills: Sequence[NetworkBilled], evidence: Evidence) -> tuple[NetworkBilled, ...]:
    """The bills of a stay: those of its sessions, or, where a bill's session is not known, begun in its time.

    A record that was over before the vehicle came bills nothing of its stay.
    """
    own = {session.session for session in stay.sessions}
    return tuple(
        bill
        for bill in bills
        if bill.ended_at >= stay.arrived_at
        and (bill.session in own if bill.session in evidence.sessions else _is_within(bill.started_at, stay))
    )


def _is_within(moment: datetime, stay: Stay) -> bool:
    return stay.arrived_at <= moment and (stay.left_at is None or moment < stay.left_at)
