"""From what single clauses found in many rows to the one line that each session gets."""

from collections.abc import Sequence

import numpy as np

from history.cases import LIMITS, Cases
from history.instants import MICROSECONDS, Bools, Ints
from history.results import KINDS, REASON_NAMES, Results
from history.verdicts import broken_reason

# The rank of each kind by its name; NO_KIND comes last.
_ALPHABETICAL = np.array([sorted(KINDS).index(kind) for kind in KINDS] + [len(KINDS)])
_BEYOND = REASON_NAMES.index("beyond_grace")


def combine(found: Results, cases: Sequence[Cases], scale: int) -> None:
    """Sums of all that a row broke, from the first clock to the last end, under the kind that costs most.

    ``scale``: microseconds in a tick of the cases.
    """
    count = np.zeros(len(found), np.int64)
    is_limited = np.zeros(len(found), np.bool_)
    most, began = np.full((2, len(found)), -1, np.int64)
    for case in cases:
        of_case = np.flatnonzero(case.is_broken)
        rows, kind = case.rows[of_case], KINDS.index(case.kind)
        start, fee = case.start[of_case] * scale, case.fee[of_case]
        is_first = count[rows] == 0
        leads = is_first | _leads(fee, most[rows], start, began[rows], kind, found.kind[rows])
        led = rows[leads]
        found.kind[led], most[led], began[led] = kind, fee[leads], start[leads]
        found.reason[rows] = _BEYOND
        _earliest(found.start, rows, start, is_first)
        _earliest(found.broken_at, rows, case.broken_at[of_case] * scale, is_first)
        found.end[rows] = np.maximum(found.end[rows], case.end[of_case] * scale)
        found.billable[rows] += case.billable[of_case] * scale
        found.freed[rows] += case.freed[of_case] * scale
        found.fee[rows] += fee
        found.tax[rows] += case.tax[of_case]
        count[rows] += 1
        is_limited[rows] |= case.limit[of_case] > 0
    _note(found, cases, (count > 1) | is_limited, scale)


def _leads(fee: Ints, most: Ints, start: Ints, began: Ints, kind: int, leading: Ints) -> Bools:
    """Whether a violation costs more than the one that leads; of equals the first to begin, then the kind, decides."""
    sorts_first = _ALPHABETICAL[kind] < _ALPHABETICAL[leading]
    leads: Bools = (fee > most) | ((fee == most) & ((start < began) | ((start == began) & sorts_first)))
    return leads


def _earliest(column: Ints, rows: Ints, moments: Ints, is_first: Bools) -> None:
    column[rows] = np.where(is_first, moments, np.minimum(column[rows], moments))


def _note(found: Results, cases: Sequence[Cases], noted: Bools, scale: int) -> None:
    """Where a limit decided, or several kinds were broken, the reason says so."""
    parts: dict[int, list[tuple[int, str, int, int, str]]] = {}
    for case in cases:
        for at in np.flatnonzero(case.is_broken & noted[case.rows]).tolist():
            seconds = int(case.billable[at]) * scale // MICROSECONDS
            part = (int(case.start[at]), case.kind.value, seconds, int(case.fee[at]), LIMITS[case.limit[at]])
            parts.setdefault(int(case.rows[at]), []).append(part)
    for row, of_row in parts.items():
        of_row.sort(key=lambda part: part[:2])
        limits = {limit for *_, limit in of_row}
        found.notes[row] = broken_reason(limits, [(kind, seconds, fee) for _, kind, seconds, fee, _ in of_row])
