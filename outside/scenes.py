"""A history as what would have been heard: each move of a network or of a bay's sensor, in the order of time.

The networks' part is what the history says. The sensors' part is *derived*: no public history has a bay sensor and a
charger of the same bay, so each bay's readings are composed from the union of its stays. So are the ports of stations
whose history names none: stays that overlap are laid on different ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from history.judging import is_unplugged
from history.keys import fit_id, location_id, network_key, station_key
from history.rows import HistoryRow
from outside.replayed_objects import location, session

# As a real in-ground sensor does; its watchdog is two days.
_HEARTBEAT = timedelta(hours=24)
# A network that is alive says something at least so often; only needed where no session proves that it is.
_SIGN_OF_LIFE = timedelta(minutes=5)

Verb = Literal["location", "evse", "session", "session_change", "reading"]


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


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to send at a moment: to a network's OCPI connection, or as a sensor's reading."""

    at: datetime
    verb: Verb
    bay: Bay
    body: dict[str, Any]
    session: str = ""


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


def moves(placements: list[tuple[Bay, HistoryRow]]) -> list[Move]:
    """Everything, in the order of time; stations and EVSEs come first."""
    by_bay: dict[Bay, list[HistoryRow]] = {}
    for bay, row in placements:
        by_bay.setdefault(bay, []).append(row)
    found: list[Move] = []
    for bay, rows in by_bay.items():
        found += _readings(bay, rows)
        for row in rows:
            found += _session_moves(bay, row)
            found += _signs_of_life(bay, row)
    found.sort(key=lambda move: (move.at, move.verb != "session", move.bay.id))
    return [*_opening(by_bay, found[0].at), *found] if found else []


def _free_port(taken: dict[int, datetime], row: HistoryRow) -> str:
    port = next(n for n in range(1, len(taken) + 2) if n not in taken or taken[n] <= row.moments[0])
    taken[port] = row.moments[-1]
    return str(port)


def _opening(bays: Iterable[Bay], first: datetime) -> Iterator[Move]:
    at = first - timedelta(minutes=1)
    stations: dict[str, list[Bay]] = {}
    for bay in bays:
        stations.setdefault(bay.station, []).append(bay)
    for own in stations.values():
        evses = sorted({bay.evse for bay in own})
        one = own[0]
        yield Move(at, "location", one, location(one.network, one.location, one.name, one.zone, evses, at))


def _session_moves(bay: Bay, row: HistoryRow) -> Iterator[Move]:
    """One update for each distinct moment: two updates of one moment would have no order."""
    started = row.plugged_in_at or row.charging_ended_at or row.unplugged_at
    if started is None:
        return
    make = partial(session, row, bay.network, bay.location, bay.evse, started)
    key = fit_id(row.session_id)
    for at in sorted({started, row.charging_ended_at or started, row.unplugged_at or started}):
        if at in (row.unplugged_at, started):
            yield Move(at, "session", bay, make(at), key)
        else:
            whole = make(at)
            change = {name: whole[name] for name in ("kwh", "last_updated")}
            yield Move(at, "session_change", bay, {**change, "charging_periods": whole["charging_periods"][-1:]}, key)


def _readings(bay: Bay, rows: Iterable[HistoryRow]) -> Iterator[Move]:
    """The union of the bay's stays; where a departure is unknown, the sensor's last word is that the bay is taken."""
    union: list[tuple[datetime, datetime, bool]] = []
    for row in rows:
        lo, hi = row.moments[0], row.moments[-1]
        is_left = hi in (row.left_at, row.unplugged_at)
        if union and lo <= union[-1][1]:
            first, last, was_left = union.pop()
            lo, hi, is_left = first, max(last, hi), is_left if hi >= last else was_left
        union.append((lo, hi, is_left))
    for lo, hi, is_left in union:
        yield Move(lo, "reading", bay, {"occupied": True, "event": "change"})
        beat = lo + _HEARTBEAT
        while beat < hi:
            yield Move(beat, "reading", bay, {"occupied": True, "event": "heartbeat"})
            beat += _HEARTBEAT
        if is_left:
            yield Move(hi, "reading", bay, {"occupied": False, "event": "change"})
        elif lo < hi:
            yield Move(hi, "reading", bay, {"occupied": True, "event": "heartbeat"})


def _signs_of_life(bay: Bay, row: HistoryRow) -> Iterator[Move]:
    """While a vehicle stood unplugged, as the history says, the network was alive and had no session for it."""
    spans = [(row.arrived_at, row.left_at if is_unplugged(row) else row.plugged_in_at), (row.unplugged_at, row.left_at)]
    for lo, hi in spans:
        at = lo
        while at is not None and hi is not None and lo is not None and lo < hi:
            yield Move(at, "evse", bay, {"status": "AVAILABLE"})
            if at == hi:
                break
            at = min(at + _SIGN_OF_LIFE, hi)
