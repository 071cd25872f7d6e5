"""One vocabulary for what networks say, whatever version of OCPI they say it in.

A version module (:mod:`ocpi.v2_1_1` and so on) has its documents read into these (:mod:`ocpi.documents`) and adds
nothing else. Fields are None where they were not said. Documents themselves are stored as they came; names that all
versions share (``evses``, ``connectors``, ``charging_periods``, ``last_updated``) are handled in :mod:`ocpi.modules`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from enforcement.facts import Period
from ocpi.keys import network_key
from ocpi.wire import Document

# The version before roles: many parties' names for the same, and no credits.
OLD = "2.1.1"

# A peer that goes on for days with a period a minute stays below; more is a fault of its own.
MAX_PERIODS = 10_000

# What the standard knows as an EVSE's status (OCPI 2.2.1, 8.4.22).
EVSE_STATUSES = frozenset(
    ("AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNews:
    """What was said of a session. ``energy_wh``: the total so far; ``soc``: the state of charge in percent."""

    last_updated: datetime
    location_id: str | None = None
    evse_uid: str | None = None
    status: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    energy_wh: int | None = None
    periods: tuple[Period, ...] = ()
    soc: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvseNews:
    """What was said of an EVSE. ``last_updated`` is None only inside a Location that leaves it out.

    ``power_class``: see :mod:`ocpi.power`; ``restrictions``: what signs there say, separated by spaces.
    """

    uid: str
    status: str | None = None
    evse_id: str | None = None
    physical_reference: str | None = None
    last_updated: datetime | None = None
    power_class: str | None = None
    restrictions: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationNews:
    """What was said of a location. ``documents`` are those EVSEs that could be read; ``remarks`` tell of the rest."""

    last_updated: datetime
    name: str
    zone: str
    address: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    latitude: str | None = None
    longitude: str | None = None
    evses: tuple[EvseNews, ...] = ()
    documents: tuple[Document, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffNews:
    """What we need of a tariff to keep it; None where a peer leaves ``last_updated`` out."""

    last_updated: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrNews:
    """What we need of a charge detail record to keep it. ``party``: whose it is; None in 2.1.1, which does not say."""

    party: tuple[str, str] | None
    id: str
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class Role:
    """One party and the role that it has behind a connection."""

    role: str
    country_code: str
    party_id: str
    name: str

    @property
    def network(self) -> str:
        """The party's key."""
        return network_key(self.country_code, self.party_id)


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach a platform: its token, the URL of its versions and the parties on it.

    ``hub``: country code and party id of the hub, five characters, where the platform is one.
    """

    token: str = field(repr=False)
    url: str = ""
    roles: tuple[Role, ...] = ()
    hub: str | None = None


Offers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What differs between versions of OCPI: how documents are read and written, and what is offered.

    ``session`` reads a part of one, too (a PATCH): with ``True`` nothing but ``last_updated`` is required.
    ``emsp`` and ``cpo``: what each module offers to those who see us as one of the two; 2.1.1 has a versions URL for
    each, from 2.2 on one list holds both, each endpoint with the role of its interface.
    ``names_parties``: objects name the party that they belong to, and a connection may have many (2.2 on).
    ``dates_parts``: a PATCH must carry ``last_updated`` (2.2 on); before, it was true when it reached us.
    ``encodes_tokens``: a credentials token is sent in Base64 (2.2 on).
    """

    number: str
    names_parties: bool = True
    dates_parts: bool = True
    encodes_tokens: bool = True
    emsp: Offers
    cpo: Offers
    session: Callable[[Document, bool], SessionNews]
    location: Callable[[Document], LocationNews]
    evse: Callable[[Document], EvseNews]
    tariff: Callable[[Document], TariffNews]
    cdr: Callable[[Document], CdrNews]
    credentials: Callable[[Document], Credentials]
    our_credentials: Callable[[Credentials], Document]
