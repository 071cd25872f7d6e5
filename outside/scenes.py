"""A history as what would have been heard: each move of a network or of a bay's sensor, in the order of time.

The networks' part is what the history says. The sensors' part is *derived*: no public history has a bay sensor and a
charger of the same bay, so each bay's readings are composed from the union of its stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from history.judging import is_unplugged
from history.keys import fit_id
from history.rows import HistoryRow
from outside.placing import Bay
from outside.replayed_objects import location, session

# As a real in-ground sensor does; its watchdog is two days.
_HEARTBEAT = timedelta(hours=24)
# A network that is alive says something at least so often; only needed where no session proves that it is.
_SIGN_OF_LIFE = timedelta(minutes=5)

Verb = Literal["location", "evse", "session", "session_change", "reading"]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to send at a moment: to a network's OCPI connection, or as a sensor's reading."""

    at: datetime
    verb: Verb
    bay: Bay
    body: dict[str, Any]
    session: str = ""


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
