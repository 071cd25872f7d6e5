"""Which vehicle stood there: where a stretch of presence is cut because another one had taken the place.

Another token shows it, or another plate. What lies between the two is nobody's: the sensor saw no release, so who stood
there is not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from enforcement.calibration import is_same_vehicle
from enforcement.evidence import Evidence, SessionTrace, Sighting
from enforcement.intervals import Span
from enforcement.sightings import plate_of, taken_over
from enforcement.stays import Stay
from enforcement.traces import is_over, session_end, session_start


class Taken(NamedTuple):
    """One stretch of presence, whether it goes on, and the sessions that began in it, oldest first."""

    span: Span
    is_open: bool
    sessions: Sequence[SessionTrace]


def by_token(bay: str, taken: Taken, spans: Mapping[str, Span]) -> Iterator[Stay]:
    """The stays of one stretch of presence, oldest first. ``spans``: of sessions, as far as they hold."""
    begun, end = taken.span[0], None if taken.is_open else taken.span[1]
    vehicles = _vehicles(taken.sessions)
    if not vehicles:
        yield Stay(bay, begun, end)
    for index, own in enumerate(vehicles):
        arrived = begun if index == 0 else session_start(own[0])
        if index + 1 == len(vehicles):
            yield Stay(bay, arrived, end, tuple(own))
        else:
            last = max(spans[s.session][1] for s in own)
            left = max(arrived, min(last, session_start(vehicles[index + 1][0])))
            yield Stay(bay, arrived, left, tuple(own), is_last_here=False)


def _vehicles(sessions: Sequence[SessionTrace]) -> list[list[SessionTrace]]:
    """Sessions that follow one another with the same token are one vehicle's; without a token each is its own."""
    out: list[list[SessionTrace]] = []
    for session in sessions:
        if out and is_same_vehicle(out[-1][-1], session):
            out[-1].append(session)
        else:
            out.append([session])
    return out


def by_plate(stays: Sequence[Stay], evidence: Evidence, now: datetime) -> list[Stay]:
    """These stays, cut where another plate took the place, and each with its own."""
    sightings = [sighting for seen in evidence.plates.values() for sighting in seen]
    return [part for stay in stays for part in _with_plates(stay, sightings, now)]


def _with_plates(stay: Stay, sightings: Sequence[Sighting], now: datetime) -> Iterator[Stay]:
    """A stay with its plate; where other plates took the place, one stay for each."""
    while (swap := taken_over(sightings, stay.arrived_at, stay.until(now))) is not None:
        left, came = swap
        first = tuple(s for s in stay.sessions if session_start(s) < came)
        left = max([left, *(session_end(s) for s in first if is_over(s) and session_end(s) < came)])
        yield stay._replace(
            left_at=left, sessions=first, is_last_here=False, plate=plate_of(sightings, stay.arrived_at, left)
        )
        stay = stay._replace(arrived_at=came, sessions=tuple(s for s in stay.sessions if session_start(s) >= came))
    yield stay._replace(plate=plate_of(sightings, stay.arrived_at, stay.until(now)))
