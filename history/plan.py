"""A policy, worked out once for many rows: which of them it can judge as columns, and how; the core judges the rest."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from enforcement.conditions import Condition
from enforcement.money import Tax
from enforcement.policy import OF_STATION, Kind, Policy
from enforcement.scopes import Scope, policy_for
from enforcement.taxes import taxes_on
from history.batch import Batch, Place, Places, micros
from history.clause_plan import Cases, ClausePlan, Hearing, Spans, Timelines
from history.combining import combine
from history.instants import MICROSECONDS, UNKNOWN, Bools, Ints
from history.keys import network_key, station_key
from history.opening import Always, Opening
from history.results import REASON_NAMES, Results
from history.site import ShareOfTime, Sites, site_key

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
        seen, is_unknown, is_session = _timelines(batch, scale)
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
                yield plan.judge(run, hearing, self._places.is_exempt[batch.place[run[0]], number])

    def _shares(self, plan: ClausePlan, ticks: int, site: str) -> Sequence[ShareOfTime] | None:
        """When the site was as full as each tier asks for; None where nothing tells it, or nobody asks."""
        if not plan.is_by_site or not site or self._sites is None:
            return None
        key = (id(plan), site)
        if key not in self._known_shares:
            self._known_shares[key] = self._sites.shares(site, plan.clause.tiers, MICROSECONDS // ticks)
        return self._known_shares[key]

    def _groups(
        self, batch: Batch, plan: ClausePlan, run: tuple[Ints, Ints, Ints]
    ) -> Iterator[tuple[str, tuple[Ints, Ints, Ints]]]:
        """Runs by what they have to be judged with: windows are of a zone, occupancy is of a site."""
        if not plan.clause.windows and not plan.is_by_site:
            yield "", run
            return
        names = self._places.zones if plan.clause.windows else self._places.sites
        numbers = (self._places.zone if plan.clause.windows else self._places.site)[batch.place[run[0]]]
        for number in np.unique(numbers):
            of_group = numbers == number
            yield names[number], (run[0][of_group], run[1][of_group], run[2][of_group])

    def _opening(self, number: int, ticks: int, zone: str, run: tuple[Ints, Ints, Ints]) -> Opening:
        key, lo, hi = (number, ticks, zone), int(run[1].min()), int(run[2].max())
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


_TICKS = (1, MICROSECONDS)


class PlacesUnder:
    """What a policy means for each place of a history: whether it holds there, which clauses are for its vehicles."""

    def __init__(self, policy: Policy, places: Places, zone: str) -> None:
        self._policy, self._known, self._default = policy, places, zone
        count = len(policy.clauses)
        self.holds = np.zeros(0, np.bool_)
        self.is_for = np.zeros((2, 0, count), np.bool_)  # of vehicles without a session, and of those with one
        self.is_exempt = np.zeros((0, count), np.bool_)
        self.zone = np.zeros(0, np.int64)
        self.zones: list[str] = []
        self.site = np.zeros(0, np.int64)
        self.sites: list[str] = []
        self._taxes: dict[tuple[str, date], tuple[Tax, ...]] = {}

    def grow(self) -> None:
        """Take in the places that were met since."""
        new = self._known.known[len(self.holds) :]
        if not new:
            return
        clauses = self._policy.clauses
        self.holds = np.concatenate([self.holds, [self._holds(place) for place in new]])
        is_for = [[self._is_for(place, contract) for place in new] for contract in (False, True)]
        self.is_for = np.concatenate([self.is_for, np.array(is_for, np.bool_)], axis=1)
        exempt = [[bool(place.groups & clause.who.exempt_groups) for clause in clauses] for place in new]
        self.is_exempt = np.concatenate([self.is_exempt, np.array(exempt, np.bool_)])
        self.zone = np.concatenate([self.zone, [_number(self.zones, place.zone or self._default) for place in new]])
        self.site = np.concatenate([self.site, [_number(self.sites, site_key(place) or "") for place in new]])

    def taxes(self, number: int, second: int) -> tuple[Tax, ...]:
        """The taxes that hold in a place for a stay that began in this second since 1970."""
        region = self._policy.tax_region
        if region == OF_STATION:
            region = self._known.known[number].tax_region
        if region is None:
            return ()
        day = datetime.fromtimestamp(second, ZoneInfo(self.zones[self.zone[number]])).date()
        if (region, day) not in self._taxes:
            self._taxes[region, day] = self._taxes_on(region, day)
        return self._taxes[region, day]

    def _taxes_on(self, region: str, day: date) -> tuple[Tax, ...]:
        try:
            return taxes_on(region, day, self._policy.taxes_charged)
        except ValueError:
            if self._policy.tax_region == OF_STATION:
                return ()
            raise

    def _holds(self, place: Place) -> bool:
        station, network = station_key(place.network, place.station), network_key(place.network)
        scope = Scope(station, [network], (place.evse or "",))
        return policy_for([self._policy], scope, self._policy.effective_from) is not None

    def _is_for(self, place: Place, is_session: bool) -> list[bool]:
        """Of several clauses of one kind the first that is for the vehicle; only a session tells the contract."""
        met: set[Kind] = set()
        found = []
        for clause in self._policy.clauses:
            contract = place.contract if is_session else None
            fits = clause.kind not in met and clause.who.fits((place.tariff_power_class,), contract, place.groups)
            met |= {clause.kind} if fits else set()
            found.append(fits)
        return found


def _number(names: list[str], name: str) -> int:
    """Where a name is in a list, at its end where it is new."""
    if name not in names:
        names.append(name)
    return names.index(name)


def _timelines(batch: Batch, scale: int) -> tuple[Timelines, Bools, Bools]:
    """The conditions of each row, as :func:`history.judging.judge_row` sees them: two times that belong together.

    Also whether any part of it is unknown, and whether there was a session.
    """
    arrived, plugged, finished, unplugged, left = (_scaled(times, scale) for times in batch.at)
    known = [times != UNKNOWN for times in (arrived, plugged, finished, unplugged, left)]
    is_unplugged = known[0] & ~(known[1] | known[2] | known[3] | batch.is_charged)
    spans = {
        Condition.UNPLUGGED: _span(arrived, np.where(is_unplugged, left, plugged)),
        Condition.CHARGING: _span(plugged, np.where(known[2], finished, unplugged)),
        Condition.IDLE: _span(finished, unplugged),
        Condition.OVERSTAYING: _span(unplugged, left),
    }
    told = sum((span.end - span.start for span in spans.values()), np.zeros(len(batch), np.int64))
    first, last = _scaled(batch.first, scale), _scaled(batch.last, scale)
    soc = {percent: _scaled(times, scale) for percent, times in batch.soc.items()}
    warned = None if batch.warned is None else _scaled(batch.warned, scale)
    return Timelines(spans, soc, warned), (first != UNKNOWN) & (last - first > told), ~is_unplugged


def _scaled(times: Ints, scale: int) -> Ints:
    return times if scale == 1 else np.where(times == UNKNOWN, UNKNOWN, times // scale)


def _span(start: Ints, end: Ints) -> Spans:
    is_known = (start != UNKNOWN) & (end != UNKNOWN)
    return Spans(np.where(is_known, start, 0), np.where(is_known, end, 0))
