"""What a policy means for each place of a history: whether it holds there, its clauses for the vehicles, its taxes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from enforcement.clauses import Kind
from enforcement.money import Tax
from enforcement.policy import OF_STATION, Policy
from enforcement.scopes import Scope, policy_for
from enforcement.taxes import taxes_on
from history.batch import Place, Places
from history.keys import network_key, station_key
from history.numbered import Numbered
from history.site import site_key


class PlacesUnder:
    """Columns by the number of a place, which :meth:`grow` makes as long as there are places.

    ``zone`` and ``site`` are numbers of ``zones`` and ``sites``.
    """

    def __init__(self, policy: Policy, places: Places, zone: str) -> None:
        self._policy, self._known, self._default = policy, places, zone
        count = len(policy.clauses)
        self.holds = np.zeros(0, np.bool_)
        self.is_for = np.zeros((2, 0, count), np.bool_)  # of vehicles without a session, and of those with one
        self.is_exempt = np.zeros((0, count), np.bool_)
        self.zone = np.zeros(0, np.int64)
        self.zones = Numbered[str]()
        self.site = np.zeros(0, np.int64)
        self.sites = Numbered[str]()
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
        self.zone = np.concatenate([self.zone, [self.zones.number(place.zone or self._default) for place in new]])
        self.site = np.concatenate([self.site, [self.sites.number(site_key(place) or "") for place in new]])

    def taxes(self, number: int, second: int) -> tuple[Tax, ...]:
        """The taxes that hold in a place for a stay that began in this second since 1970."""
        region = self._policy.tax_region
        if region == OF_STATION:
            region = self._known.known[number].tax_region
        if region is None:
            return ()
        day = datetime.fromtimestamp(second, ZoneInfo(self.zones.known[self.zone[number]])).date()
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
