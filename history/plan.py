"""A policy, worked out once for many rows: which of them it can judge as columns, and how; the core judges the rest."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from enforcement.money import Tax
from enforcement.policy import Policy
from history.batch import Batch, Places, micros
from history.cases import Cases, Hearing, Run
from history.clause_plan import ClausePlan
from history.combining import combine
from history.instants import MICROSECONDS, UNKNOWN, Bools, Ints
from history.opening import Always, Opening
from history.places_under import PlacesUnder
from history.results import REASON_NAMES, Results
from history.site import ShareOfTime, Sites
from history.timelines import Timelines, timelines_of

# Parts of a second that times are counted in: whole ones where all are, which leaves more room for amounts.
_TICKS = (1, MICROSECONDS)
_CODE = {name: code for code, name in enumerate(REASON_NAMES)}


class Plan:
    """Judges batches of one history by one policy. ``zone``: where a row names none; ``holidays``: known calendars."""

    def __init__(
        self,
        policy: Policy,
        places: Places,
        zone: str,
        holidays: Mapping[str, Container[date]],
        sites: Sites | None,
    ) -> None:
        self.policy, self._sites = policy, sites
        self._known_shares: dict[tuple[int, str], Sequence[ShareOfTime] | None] = {}
        self._places = PlacesUnder(policy, places, zone)
        self._calendar = holidays.get(policy.holidays or "")
        self._clauses = {ticks: [ClausePlan(policy, clause, ticks) for clause in policy.clauses] for ticks in _TICKS}
        self._openings: dict[tuple[int, int, str], Opening] = {}
        windows = [window for clause in policy.clauses for window in clause.windows]
        self._is_fine = any(edge.microsecond for window in windows for edge in (window.start, window.end))
        is_plain = policy.zone is None and not policy.messages.quiet_starts_no_fee
        self._can_judge = is_plain and all(plan.can_judge for plan in self._clauses[1])

    def judge(self, batch: Batch) -> tuple[Results, Ints]:
        """What the policy makes of each row, and the rows for which only the core can say it."""
        found = Results.empty(self.policy, batch.session_ids)
        if not self._can_judge:
            return found, np.arange(len(batch))
        self._places.grow()
        ticks = MICROSECONDS if self._is_fine or not batch.is_whole else 1
        scale = MICROSECONDS // ticks
        seen, is_unknown, is_session = timelines_of(batch, scale)
        first = batch.first
        is_under = self._is_under(batch, first)
        found.reason[:] = np.where(is_unknown, _CODE["time_unknown"], _CODE["nothing_to_count"])
        found.reason[~is_under] = np.where(first == UNKNOWN, _CODE["no_times"], _CODE["no_policy"])[~is_under]
        cases = list(self._cases(batch, seen, is_under, is_session, ticks))
        for each in cases:
            found.reason[each.rows] = _CODE["ended_in_time"]
        combine(found, cases, scale)
        for_core = np.unique(np.concatenate([np.zeros(0, np.int64), *(case.rows[case.for_core] for case in cases)]))
        return found, for_core

    def _is_under(self, batch: Batch, first: Ints) -> Bools:
        start, end = self.policy.effective_from, self.policy.effective_to
        is_under: Bools = self._places.holds[batch.place] & (first != UNKNOWN) & (first >= micros(start))
        if end is not None:
            is_under &= first < micros(end)
        return is_under

    def _cases(self, batch: Batch, seen: Timelines, is_under: Bools, is_session: Bools, ticks: int) -> Iterator[Cases]:
        for number, plan in enumerate(self._clauses[ticks]):
            rows = np.flatnonzero(is_under & self._places.is_for[is_session.astype(np.int64), batch.place, number])
            taxes = self._taxing(batch)
            for group, run in self._groups(batch, plan, plan.runs(seen, rows)):
                opening = self._opening(number, ticks, group, run) if plan.clause.windows else Always
                hearing = Hearing(seen, opening, taxes, self._shares(plan, ticks, group))
                yield plan.judge(run, hearing, self._places.is_exempt[batch.place[run.rows], number])

    def _shares(self, plan: ClausePlan, ticks: int, site: str) -> Sequence[ShareOfTime] | None:
        """When the site was as full as each tier asks for; None where nothing tells it, or nobody asks."""
        if not plan.is_by_site or not site or self._sites is None:
            return None
        key = (id(plan), site)
        if key not in self._known_shares:
            self._known_shares[key] = self._sites.shares(site, plan.clause.tiers, MICROSECONDS // ticks)
        return self._known_shares[key]

    def _groups(self, batch: Batch, plan: ClausePlan, run: Run) -> Iterator[tuple[str, Run]]:
        """Runs by what they have to be judged with: windows are of a zone, occupancy is of a site."""
        if not plan.clause.windows and not plan.is_by_site:
            yield "", run
            return
        names = (self._places.zones if plan.clause.windows else self._places.sites).known
        numbers = (self._places.zone if plan.clause.windows else self._places.site)[batch.place[run.rows]]
        for number in np.unique(numbers):
            of_group = numbers == number
            yield names[number], run.only(of_group)

    def _opening(self, number: int, ticks: int, zone: str, run: Run) -> Opening:
        key, lo, hi = (number, ticks, zone), int(run.start.min()), int(run.end.max())
        if key not in self._openings:
            windows = self.policy.clauses[number].windows
            self._openings[key] = Opening(windows, zone, self._calendar, lo, hi, ticks)
        self._openings[key].reach(lo, hi)
        return self._openings[key]

    def _taxing(self, batch: Batch) -> Callable[[Ints], Iterable[tuple[Ints, tuple[Tax, ...]]]]:
        """Sorts rows by their taxes: those of the local day on which a stay began."""

        def taxes_of(rows: Ints) -> Iterable[tuple[Ints, tuple[Tax, ...]]]:
            if self.policy.tax_region is None:
                return [(np.arange(len(rows)), self.policy.taxes)]
            began = batch.first[rows] // MICROSECONDS
            taxes = [self._places.taxes(*each) for each in zip(batch.place[rows].tolist(), began.tolist(), strict=True)]
            return [
                (np.array([at for at, each in enumerate(taxes) if each == some]), some) for some in dict.fromkeys(taxes)
            ]

        return taxes_of
