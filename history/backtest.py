"""What would this policy have done? A history judged row by row: a result file and a summary."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from enforcement.intervals import ZERO
from enforcement.money import format_minor
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from history.judging import judge_row
from history.read import open_history
from history.rows import Refused
from history.site import Days, Sites, circumstances, needs_site
from history.verdicts import Verdict, verdict

COLUMNS = ("session_id", "kind", "from", "to", "billable_s", "fee_minor", "tax_minor", "currency", "policy", "reason")
_REFUSED_SHOWN = 50
_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


@dataclass(slots=True)
class Summary:
    """What came out. ``billable`` is the sum over all violations; money is in minor units, before taxes and taxes.

    ``without_zone`` counts sessions whose station's time zone nobody told, under a policy that has windows: these
    were read in UTC.
    """

    policy: Policy
    sessions: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    billable: timedelta = ZERO
    fee_minor: int = 0
    tax_minor: int = 0
    refused: list[Refused] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    without_zone: int = 0

    @property
    def violations(self) -> int:
        """How many sessions broke the policy."""
        return self.kinds.total()

    @property
    def billable_minutes(self) -> int:
        """Whole minutes of all billable time together."""
        return self.billable // _MINUTE

    def add(self, found: Verdict) -> None:
        """Count one session."""
        self.sessions += 1
        self.reasons[found.reason.split(";")[0]] += 1
        if found.kind:
            self.kinds[found.kind] += 1
            self.billable += found.billable
            self.fee_minor += found.fee_minor
            self.tax_minor += found.tax_minor

    def text(self) -> str:
        """The summary for people, a few lines."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        currency = self.policy.currency
        yield f"Policy            {self.policy.name}: {self.policy.title}"
        yield f"Sessions          {self.sessions:,}"
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in self.kinds.most_common())
        yield f"Violations        {self.violations:,}{f' ({kinds})' if kinds else ''}"
        yield f"Billable minutes  {self.billable_minutes:,}"
        yield f"Fees              {format_minor(self.fee_minor, currency)}"
        for tax in self.policy.taxes[:1]:
            names = ", ".join(tax.name for tax in self.policy.taxes) or tax.name
            yield f"Taxes on top      {format_minor(self.tax_minor, currency)} ({names})"
        if self.reasons["no_policy"]:
            yield f"Note: {self.reasons['no_policy']:,} sessions are outside the policy's dates or places: fee 0."
        if self.without_zone:
            yield f"Note: {self.without_zone:,} sessions name no time zone; the policy's windows were read in UTC."
        if self.ignored_columns:
            yield f"Columns ignored   {', '.join(self.ignored_columns)}"
        yield f"Rows refused      {len(self.refused):,}"
        for row in self.refused[:_REFUSED_SHOWN]:
            yield f"  line {row.line}{f', session {row.session_id}' if row.session_id else ''}: {row.reason}"
        if len(self.refused) > _REFUSED_SHOWN:
            yield f"  and {len(self.refused) - _REFUSED_SHOWN:,} more"


def run(history: Path, policy: Path, out: Path | None = None, *, zone: str | None = None) -> Summary:
    """Judge every session of a history by one policy document; ``out`` gets a line for each.

    ``zone``: the stations' IANA time zone where the history does not say. Raises OSError for a file that can't be
    read or written, HistoryError for one that is no history, PolicyError for a document that is no policy.
    """
    under = read_policy(policy.read_text(encoding="utf-8"))
    summary = Summary(under)
    sites, days = _sites(history, under), Days()
    has_windows = any(clause.windows for clause in under.clauses)
    with open_history(history) as source, _result(out) as write:
        summary.ignored_columns = source.ignored
        for row in source.rows:
            if isinstance(row, Refused):
                summary.refused.append(row)
                continue
            judged = judge_row(row, (under,), zone or "UTC", circumstances(row, sites, days))
            days.add(row, judged)
            found = verdict(row, judged)
            summary.add(found)
            summary.without_zone += has_windows and zone is None and row.zone is None
            write(found)
    return summary


def _sites(history: Path, under: Policy) -> Sites | None:
    """How full the sites were, read from the whole history first, where a price depends on it."""
    if not needs_site(under):
        return None
    with open_history(history) as source:
        return Sites(row for row in source.rows if not isinstance(row, Refused))


@contextmanager
def _result(out: Path | None) -> Iterator[Callable[[Verdict], object]]:
    if out is None:
        yield lambda _: None
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        yield lambda found: writer.writerow(_cells(found))


def _cells(found: Verdict) -> tuple[str | int, ...]:
    return (
        found.session_id,
        found.kind,
        _z(found.start),
        _z(found.end),
        found.billable // _SECOND,
        found.fee_minor,
        found.tax_minor,
        found.currency,
        found.policy,
        found.reason,
    )


def _z(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
