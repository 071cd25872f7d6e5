"""A policy: what a place allows and what it costs, as an immutable, dated version."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from enforcement.clauses import Clause, Kind
from enforcement.money import Tax
from enforcement.telling import USUAL, Telling

# As a tax region or a calendar: each station's own, so that one document holds in several countries.
OF_STATION = "station"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of a policy. ``evses``, ``stations`` and ``networks`` name its scope by key; empty means everywhere.

    Of several clauses of one kind the first that is for the stay's vehicle holds. ``tax_region`` names an
    effective-dated tax document (:data:`OF_STATION`: that of the station), ``taxes_charged`` those of its optional
    taxes that the operator charges; ``taxes`` are stated in the policy itself. ``holidays`` names the calendar of
    windows (or :data:`OF_STATION`), ``zone`` their IANA time zone and that of days, where it is not the station's.
    ``settle_after``: how long after a stay's end late facts are waited for before its fee is final. ``messages``: what
    drivers are told.
    """

    id: str
    version: int
    effective_from: datetime
    effective_to: datetime | None
    title: str
    currency: str
    clauses: tuple[Clause, ...]
    taxes: tuple[Tax, ...] = ()
    tax_region: str | None = None
    taxes_charged: frozenset[str] = frozenset()
    tax_included: bool = False
    holidays: str | None = None
    zone: str | None = None
    evses: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    settle_after: timedelta = timedelta(minutes=15)
    messages: Telling = USUAL

    def clause(self, kind: Kind) -> Clause | None:
        """The first clause of a kind."""
        return next((clause for clause in self.clauses if clause.kind is kind), None)

    @cached_property
    def name(self) -> str:
        """How a version is cited: ``idle-10min@1``."""
        return f"{self.id}@{self.version}"
