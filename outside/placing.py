"""The bays of a history, and where each of its rows happened.

Where a history names no ports of a station, they are *derived*: stays that overlap are laid on different ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from history.keys import fit_id, location_id, network_key, station_key
from history.rows import HistoryRow


@dataclass(frozen=True, slots=True)
class Bay:
    """One bay of the history, its EVSE and its derived sensor."""

    network: str
    station: str
    location: str
    evse: str
    name: str
    zone: str

    @property
    def id(self) -> str:
        """The bay's id, which is its sensor's too."""
        return f"{self.station}*{self.evse}".casefold().replace("*", "-")


def placed(rows: Iterable[HistoryRow]) -> list[tuple[Bay, HistoryRow]]:
    """Each row that knows any time, with its bay, by its beginning."""
    out: list[tuple[Bay, HistoryRow]] = []
    taken: dict[str, dict[int, datetime]] = {}
    for row in sorted((row for row in rows if row.moments), key=lambda row: (row.moments[0], row.line)):
        station = station_key(row.network, row.station)
        evse = row.evse and fit_id(row.evse.removeprefix(f"{station}*"))
        bay = Bay(
            network=network_key(row.network),
            station=station,
            location=location_id(row.network, row.station),
            evse=evse or _free_port(taken.setdefault(station, {}), row),
            name=row.station or station,
            zone=row.zone or "UTC",
        )
        out.append((bay, row))
    return out


def ties_csv(placements: Iterable[tuple[Bay, HistoryRow]]) -> str:
    """The file for ``baywarden import``: each bay with its EVSE and its derived sensor."""
    lines = ["bay,station,name,evses,sensors"]
    bays = dict.fromkeys(bay for bay, _ in placements)
    lines += (f"{bay.id},{bay.station},{bay.evse},{bay.station}*{bay.evse.casefold()},{bay.id}" for bay in bays)
    return "\n".join(lines) + "\n"


def _free_port(taken: dict[int, datetime], row: HistoryRow) -> str:
    port = next(n for n in range(1, len(taken) + 2) if n not in taken or taken[n] <= row.moments[0])
    taken[port] = row.moments[-1]
    return str(port)
