"""The signs of a station: its bays, their codes, and the policy that holds for each."""

from dataclasses import dataclass

from enforcement.policy import Policy
from ledger import bay_codes
from ledger.database import Tx
from ledger.queries.bay_page import policy_of


@dataclass(frozen=True, slots=True)
class BaySign:
    """One bay: its name, its code, and the policy for whoever arrives now."""

    bay: str
    code: str
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class StationSigns:
    """A station by its name, and its signs."""

    station: str
    signs: tuple[BaySign, ...]


def signs_of(tx: Tx, station: str) -> StationSigns:
    """The signs of a station (by key); bays without a code get one. Raises ``bay_codes.UnknownStationError``."""
    bays = bay_codes.ensure(tx, station)
    signs = tuple(BaySign(bay.name, bay.code, policy_of(tx.conn, bay.id, station, tx.now)) for bay in bays)
    return StationSigns(bay_codes.station_of(tx.conn, station) or station, signs)
