"""What a policy made of a batch of sessions, as columns: for the result file, line by line, and for sums."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enforcement.clauses import Kind
from enforcement.policy import Policy
from history.batch import micros, moment_at
from history.instants import MICROSECONDS, UNKNOWN, Ints
from history.verdicts import REASONS, Verdict

COLUMNS = ("session_id", "kind", "from", "to", "billable_s", "fee_minor", "tax_minor", "currency", "policy", "reason")
REASON_NAMES = tuple(REASONS)
KINDS = tuple(Kind)
NO_KIND = -1
_NAMES = (*(kind.value for kind in KINDS), "")  # so that NO_KIND is the empty one
_MICROSECOND = timedelta(microseconds=1)
# Above this, sums of 64 bits could be too small: such amounts are kept as Python's whole numbers.
_HUGE = 1 << 62
_HALF = 32


@dataclass(slots=True)
class Results:
    """A batch under a policy; all columns are as long as the batch. Times and lengths are in microseconds.

    ``reason`` is an index of ``REASON_NAMES``, ``kind`` of ``KINDS``. ``notes``: where the reason says more than its
    name. The rest is as in :class:`history.verdicts.Verdict`.
    """

    policy: Policy
    session_ids: list[str]
    reason: Ints
    kind: Ints
    start: Ints
    end: Ints
    broken_at: Ints
    billable: Ints
    freed: Ints
    fee: NDArray[Any]
    tax: NDArray[Any]
    notes: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, policy: Policy, session_ids: list[str]) -> "Results":
        """Nothing is known yet."""
        count = len(session_ids)
        unknown = np.full((3, count), UNKNOWN, np.int64)
        nothing = np.zeros((5, count), np.int64)
        return cls(policy, session_ids, nothing[0], np.full(count, NO_KIND), *unknown, *nothing[1:])

    def __len__(self) -> int:
        return len(self.session_ids)

    def put(self, row: int, found: Verdict) -> None:
        """Note what the core made of a row."""
        name = found.reason.split(";")[0]
        self.reason[row] = REASON_NAMES.index(name)
        self.kind[row] = _NAMES.index(found.kind) if found.kind else NO_KIND
        self.start[row], self.end[row], self.broken_at[row] = map(micros, (found.start, found.end, found.broken_at))
        self.billable[row], self.freed[row] = found.billable // _MICROSECOND, found.freed // _MICROSECOND
        if max(found.fee_minor, found.tax_minor) > _HUGE:
            self.fee, self.tax = self.fee.astype(object), self.tax.astype(object)
        self.fee[row], self.tax[row] = found.fee_minor, found.tax_minor
        self.notes.pop(row, None)
        if name != found.reason:
            self.notes[row] = found.reason

    def at(self, row: int) -> Verdict:
        """One session."""
        reason = REASON_NAMES[self.reason[row]]
        under = self.policy if reason not in ("no_times", "no_policy") else None
        return Verdict(
            session_id=self.session_ids[row],
            reason=self.notes.get(row, reason),
            kind=_NAMES[self.kind[row]],
            start=_moment(self.start[row]),
            end=_moment(self.end[row]),
            broken_at=_moment(self.broken_at[row]),
            billable=timedelta(microseconds=int(self.billable[row])),
            freed=timedelta(microseconds=int(self.freed[row])),
            fee_minor=int(self.fee[row]),
            tax_minor=int(self.tax[row]),
            currency="" if under is None else under.currency,
            policy="" if under is None else under.name,
        )

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """The cells of the result file."""
        reasons: list[str] = [REASON_NAMES[code] for code in self.reason.tolist()]
        for row, note in self.notes.items():
            reasons[row] = note
        without = dict.fromkeys(("no_times", "no_policy"), "")
        names = [without.get(reason, self.policy.name) for reason in reasons]
        return zip(
            self.session_ids,
            [_NAMES[kind] for kind in self.kind.tolist()],
            _stamps(self.start),
            _stamps(self.end),
            (self.billable // MICROSECONDS).tolist(),
            self.fee.tolist(),
            self.tax.tolist(),
            [name and self.policy.currency for name in names],
            names,
            reasons,
            strict=True,
        )


@contextmanager
def result_file(path: Path | None) -> Iterator[Callable[[Results], object]]:
    """Writes the lines of results in the shape of the contract; nothing, where no file is asked for. Raises OSError."""
    if path is None:
        yield lambda _: None
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        yield lambda found: writer.writerows(found.lines())


def exact_sum(values: NDArray[Any]) -> int:
    """The sum of whole numbers, however large it gets."""
    if values.dtype == object:
        return int(sum(values.tolist()))
    return (int((values >> _HALF).sum()) << _HALF) + int((values & ((1 << _HALF) - 1)).sum())


def _moment(at: Any) -> Any:
    return None if at == UNKNOWN else moment_at(int(at))


def _stamps(moments: Ints) -> list[str]:
    """ISO 8601 in UTC, with Z; a fraction of a second is shown where there is one."""
    stamps = [""] * len(moments)
    known = np.flatnonzero(moments != UNKNOWN)
    seconds, fraction = np.divmod(moments[known], MICROSECONDS)
    written = np.datetime_as_string(seconds.astype("datetime64[s]")).tolist()
    for row, text, part in zip(known.tolist(), written, fraction.tolist(), strict=True):
        stamps[row] = f"{text}.{part:06}Z" if part else f"{text}Z"
    return stamps
