"""What would this policy have done? A history judged session by session: a result file and a summary."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from history.batch import Batch, Places
from history.circumstances import Days, circumstances
from history.instants import Ints
from history.judging import judge_row
from history.plan import Plan
from history.read import open_batches
from history.results import Results, result_file
from history.site import Sites
from history.summary import Summary
from history.verdicts import verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a history.

    ``policies``: each judges every session by itself. ``zone``: the stations' IANA time zone where the history does not
    say, else UTC. ``holidays``: the calendars that policies name. ``exact``: read and judge row by row.
    """

    history: Path
    policies: tuple[Policy, ...]
    zone: str | None = None
    holidays: Mapping[str, Container[date]] = field(default_factory=dict)
    exact: bool = False


def ask(question: Question, out: Path | None = None) -> list[Summary]:
    """One summary for each policy; ``out`` gets a line for each session under the first.

    Raises OSError for a file that can't be read or written, HistoryError for one that is no history.
    """
    summaries = [Summary(policy, question.zone) for policy in question.policies]
    sites = _sites(question)
    with open_batches(question.history, one_by_one=question.exact) as source, result_file(out) as write:
        judges = [Judge(policy, question, source.places, sites) for policy in question.policies]
        for batch in source.batches:
            found = [judge.judge(batch) for judge in judges]
            for summary, results in zip(summaries, found, strict=True):
                summary.add(batch, results, against=found[0])
            write(found[0])
        for summary in summaries:
            summary.ignored_columns = source.ignored
    return summaries


class Judge:
    """One policy for all batches of a history, in their order: what a driver paid on a day counts for later rows."""

    def __init__(self, policy: Policy, question: Question, places: Places, sites: Sites | None) -> None:
        self._policy, self._question, self._sites = policy, question, sites
        self._zone = question.zone or "UTC"
        self._plan = Plan(policy, places, self._zone, question.holidays, sites)
        self._needs_days = any(clause.limits.cap_driver_day is not None for clause in policy.clauses)
        self._days = Days()

    def judge(self, batch: Batch) -> Results:
        """All rows of a batch."""
        if self._question.exact:
            found, rows = Results.empty(self._policy, batch.session_ids), np.arange(len(batch))
        else:
            found, rows = self._plan.judge(batch)
        self._by_core(batch, found, rows)
        return found

    def _by_core(self, batch: Batch, found: Results, rows: Ints) -> None:
        for at in rows.tolist():
            row = batch.row(at)
            known = circumstances(row, self._sites, self._days, self._question.holidays)
            judged = judge_row(row, (self._policy,), self._zone, known)
            if self._needs_days:
                self._days.add(row, judged)
            found.put(at, verdict(row, judged))


def _sites(question: Question) -> Sites | None:
    """How full the sites were, read from the whole history first, where a price depends on it."""
    if not any(clause.needs_occupancy for policy in question.policies for clause in policy.clauses):
        return None
    sites = Sites()
    with open_batches(question.history) as source:
        for batch in source.batches:
            sites.add(batch)
    return sites


def run(
    history: Path, policy: Path, out: Path | None = None, *, zone: str | None = None, exact: bool = False
) -> Summary:
    """Judge every session of a history by one policy document. Raises PolicyError too, for one that is none."""
    under = read_policy(policy.read_text(encoding="utf-8"))
    (summary,) = ask(Question(history=history, policies=(under,), zone=zone, exact=exact), out)
    return summary
