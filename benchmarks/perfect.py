"""What a perfect sensor and a perfect network would have said of a port: all that was true, at once, and nothing else.

Arrival and departure as changes, a heartbeat every half hour, and the session's updates.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from benchmarks.boulder import AFTER, NETWORK, Port, Visit
from enforcement.facts import AnyFact, OccupancyRead, Period, SessionUpdated, evse_subject, sensor_subject

_HEARTBEAT = timedelta(minutes=30)
_UPDATE = timedelta(minutes=15)


def perfect(port: Port) -> list[AnyFact]:
    """What would have been said without any noise, in order."""
    return sorted([*_sensor(port), *_network(port)], key=lambda fact: fact.at)


def _sensor(port: Port) -> Iterator[OccupancyRead]:
    at, last = port.visits[0].came - _HEARTBEAT, port.visits[-1].left + AFTER
    changes = [(moment, taken) for v in port.visits for moment, taken in ((v.came, True), (v.left, False))]
    words = [(moment, taken, True) for moment, taken in changes if moment > at]
    states = iter(changes)
    following, taken = next(states, None), False
    while at < last:
        while following is not None and following[0] <= at:
            taken, following = following[1], next(states, None)
        words.append((at, taken, False))
        at += _HEARTBEAT
    for count, (moment, occupied, edge) in enumerate(sorted(words, key=lambda word: word[:2])):
        yield OccupancyRead(
            at=moment,
            seen_at=moment,
            source="mqtt",
            source_id=str(count),
            subject=sensor_subject(port.key),
            occupied=occupied,
            edge=edge,
            join="j",
            counter=count,
        )


def _network(port: Port) -> Iterator[SessionUpdated]:
    for visit in port.visits:
        moments = [visit.start + i * _UPDATE for i in range(int((visit.end - visit.start) / _UPDATE) + 1)]
        for moment in sorted({*moments, visit.charged}):
            if moment < visit.end:
                yield _update(port, visit, moment, "ACTIVE")
        yield _update(port, visit, visit.end, "COMPLETED")


def _update(port: Port, visit: Visit, at: datetime, status: str) -> SessionUpdated:
    done = visit.charged <= at
    flowed = min(at, visit.charged) - visit.start
    return SessionUpdated(
        at=at,
        seen_at=at,
        source="ocpi",
        source_id=f"{visit.session}:{at.isoformat()}:{status}",
        subject=evse_subject(f"{NETWORK}*{port.key}*1"),
        session=visit.session,
        token=visit.session,
        status=status,  # type: ignore[arg-type]
        started_at=visit.start,
        ended_at=visit.end if status == "COMPLETED" else None,
        energy_wh=int(flowed / timedelta(seconds=1)),
        periods=(Period(start=visit.charged, parking=True),) if done else (),
        periods_complete=True,
    )
