"""What networks billed for parking, against the timeline of the stays that it was of. Only confirmed time speaks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from typing import Protocol

from enforcement.billing.finding import BillFinding, FindingCode
from enforcement.conditions import Condition, Stretch
from enforcement.evidence import Evidence
from enforcement.facts import NetworkBilled
from enforcement.intervals import Span, intersect, merged, total
from enforcement.money import half_up
from enforcement.network_bills import standing_bills
from enforcement.phrases import duration
from enforcement.stays import Stay

# Clocks of networks and sensors differ, and numbers of hours have four decimals.
OVERLAP_S = 60
DIFFERENCE_S = 300


class SeenStay(Protocol):
    """A stay with its timeline."""

    @property
    def stay(self) -> Stay:
        """The stay."""

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its timeline."""


def compare_seen(evidence: Evidence, seen: Sequence[SeenStay]) -> list[BillFinding]:
    """All differences between the bills that stand and the stays that are judged, in order of records.

    Of a stay that goes on nothing is said yet: what was billed may still turn out to be right.
    """
    known = {bill.record: each for each in seen for bill in each.stay.bills}
    out: list[BillFinding] = []
    for bill in standing_bills(evidence):
        each = known.get(bill.record)
        if each is not None:
            out += _of_stay(bill, each) if each.stay.left_at is not None else ()
        elif _is_open(bill, evidence):
            out += _overlap(FindingCode.UNSEEN_BILLED, bill, _spans(bill))
    for each in seen:
        out += _twice(each.stay.bills)
    return out


def _is_open(bill: NetworkBilled, evidence: Evidence) -> bool:
    """What was settled and forgotten is not judged again."""
    is_known = bill.session in evidence.sessions
    return not is_known and (evidence.cut is None or bill.started_at > evidence.cut)


def _of_stay(bill: NetworkBilled, seen: SeenStay) -> Iterator[BillFinding]:
    billed = _spans(bill)
    sure = [s for s in seen.stretches if s.confirmed]
    charging = _time(s for s in sure if s.condition is Condition.CHARGING)
    down = _time(s for s in seen.stretches if s.condition is Condition.UNUSABLE)
    contradicted = _time(s for s in seen.stretches if s.reason == "sensor_contradicts")
    left = seen.stay.left_at or seen.stretches[-1].end
    gone = merged([*contradicted, *((max(lo, left), hi) for lo, hi in billed)])
    found = [
        *_overlap(FindingCode.CHARGING_BILLED, bill, intersect(billed, charging)),
        *_overlap(FindingCode.FAULTED_BILLED, bill, intersect(billed, down)),
        *_overlap(FindingCode.VACATED_BILLED, bill, intersect(billed, gone)),
    ]
    yield from found or _in_all(bill, seen)


def _in_all(bill: NetworkBilled, seen: SeenStay) -> Iterator[BillFinding]:
    """All parking in the record, billed or free, against all idle time: where nothing more can be said."""
    idle = _seconds(_time(s for s in seen.stretches if _is_idle(s) and s.confirmed))
    maybe = _seconds(_time(s for s in seen.stretches if s.condition in _MAY_BE_IDLE))
    code, off = FindingCode.MORE_THAN_SEEN, bill.parking_s - maybe
    if off <= DIFFERENCE_S:
        code, off = FindingCode.LESS_THAN_SEEN, idle - bill.parking_s
    if off > DIFFERENCE_S:
        told = idle if code is FindingCode.LESS_THAN_SEEN else maybe
        details = {"stated": duration(timedelta(seconds=bill.parking_s)), "computed": duration(timedelta(seconds=told))}
        yield BillFinding(
            code=code, record=bill.record, session=bill.session, start=bill.started_at, end=bill.ended_at,
            seconds=off, currency=bill.currency, details=details,
        )  # fmt: skip


def _is_idle(stretch: Stretch) -> bool:
    return stretch.condition is Condition.IDLE and not stretch.is_maybe_plugged


_MAY_BE_IDLE = frozenset({Condition.IDLE, Condition.UNKNOWN, Condition.OVERSTAYING})


def _twice(bills: Sequence[NetworkBilled]) -> Iterator[BillFinding]:
    """Parking that two records of one stay bill: found with the later one."""
    for first, second in combinations(sorted(bills, key=lambda bill: (bill.started_at, bill.record)), 2):
        both = intersect(_spans(first), _spans(second))
        yield from _overlap(FindingCode.BILLED_TWICE, second, both, other=first.record.rsplit("*", 1)[-1])


def _overlap(code: FindingCode, bill: NetworkBilled, time: Sequence[Span], **details: str) -> Iterator[BillFinding]:
    if _seconds(time) >= OVERLAP_S:
        yield BillFinding(
            code=code, record=bill.record, session=bill.session, start=time[0][0], end=time[-1][1],
            seconds=_seconds(time), amount_minor=_cost(bill, time), currency=bill.currency, details=details,
        )  # fmt: skip


def _cost(bill: NetworkBilled, time: Sequence[Span]) -> int:
    """What this part of the billed time cost, each span's amount shared by time."""
    cost = Fraction(0)
    for span in bill.spans:
        share = total(intersect(merged([(span.start, span.end)]), time)) / (span.end - span.start)
        cost += span.amount_minor * Fraction(share).limit_denominator(10**9)
    return half_up(cost)


def _spans(bill: NetworkBilled) -> list[Span]:
    return merged((span.start, span.end) for span in bill.spans)


def _time(stretches: Iterable[Stretch]) -> list[Span]:
    return merged((stretch.start, stretch.end) for stretch in stretches)


def _seconds(time: Iterable[Span]) -> int:
    return int(total(time).total_seconds())
