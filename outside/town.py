"""The demo town: vehicles that arrive, charge, finish, overstay or never plug in, told to the service by the doors.

Everything in it is synthetic and says so. One thread plays all bays: each bay is a generator that does something and
says for how long it then waits.
"""

import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from outside.bays import BaySensor, Publisher
from outside.map import BAYS, DRIVERS, STATIONS, TownBay, location
from outside.network import Network
from outside.vehicles import ChargingSession, Visit, plan, seconds, stamp

_LOG = logging.getLogger(__name__)
_HEARTBEAT_S = 5.0
_SESSION_NEWS_S = 3.0


class Town:
    """The town at play."""

    def __init__(
        self, networks: Mapping[str, Network], publisher: Publisher, clock: Callable[[], datetime], seed: int = 7
    ) -> None:
        """``networks``: registered ones, by party id."""
        self._networks, self._publisher, self._clock = networks, publisher, clock
        self._dice = random.Random(seed)  # noqa: S311 - the same town each time
        self._begun = clock()
        first_frame = int(self._begun.timestamp())
        self._sensors = {bay: BaySensor(bay.device, bay.station.make, first_frame) for bay in BAYS}
        self._idle_drivers = list(DRIVERS)
        self._numbers = itertools.count(1)

    def open(self) -> None:
        """Tell all stations, and put in order what an earlier run left behind: end its sessions, empty its bays."""
        for station in STATIONS:
            self._networks[station.network.party].put_location(location(station, stamp(self._clock())))
        self._end_sessions()

    def leave(self) -> None:
        """All vehicles leave at once."""
        self._end_sessions()
        for sensor in self._sensors.values():
            self._publisher.change(sensor, False)

    def play(self, stop: threading.Event) -> None:
        """Go on until stopped."""
        order = itertools.count()
        agenda: list[tuple[float, int, Iterator[float]]] = []
        actors = [self._bay(index, bay) for index, bay in enumerate(BAYS)] + [self._beats(bay) for bay in BAYS]
        for actor in actors:
            heapq.heappush(agenda, (time.monotonic(), next(order), actor))
        while not stop.is_set():
            due, _, actor = agenda[0]
            if stop.wait(max(0.0, due - time.monotonic())):
                break
            pause = next(actor)
            heapq.heapreplace(agenda, (time.monotonic() + pause, next(order), actor))

    def _end_sessions(self) -> None:
        for network in self._networks.values():
            for session in list(network.kept.open_sessions.values()):
                now = stamp(self._clock())
                network.put_session({**session, "status": "COMPLETED", "end_date_time": now, "last_updated": now})

    def _beats(self, bay: TownBay) -> Iterator[float]:
        """A sensor's heartbeats, from its first word on."""
        yield self._dice.uniform(0, _HEARTBEAT_S)
        while True:
            self._publisher.heartbeat(self._sensors[bay])
            yield _HEARTBEAT_S

    def _bay(self, index: int, bay: TownBay) -> Iterator[float]:
        """One visit after the other, for ever."""
        self._publisher.change(self._sensors[bay], False)
        before = None
        for number in itertools.count():
            visit = plan(index, number, bay, self._idle_drivers, self._dice)
            self._idle_drivers.remove(visit.driver)
            yield visit.after(before)
            self._publisher.change(self._sensors[bay], True)
            yield 1.0
            yield from self._parked(visit) if visit.habit == "unplugged" else self._charging(bay, visit)
            self._publisher.change(self._sensors[bay], False)
            self._idle_drivers.append(visit.driver)
            before = visit

    def _parked(self, visit: Visit) -> Iterator[float]:
        yield visit.stays_for

    def _charging(self, bay: TownBay, visit: Visit) -> Iterator[float]:
        network = self._networks[bay.station.network.party]
        now = self._clock()
        session = ChargingSession(f"DEMO-{int(self._begun.timestamp())}-{next(self._numbers)}", bay, visit.driver, now)
        session.period("ENERGY", now)
        self._status(bay, "CHARGING")
        network.put_session(session.whole(now))
        for pause in seconds(0, visit.charges_for, _SESSION_NEWS_S):
            yield pause
            session.kwh += 7.2 * pause / 60
            self._news(network, session)
        if visit.habit == "idle":
            self._news(network, session, charging_periods=[session.period("PARKING_TIME", self._clock())])
            for pause in seconds(0, visit.stays_for, _SESSION_NEWS_S):
                yield pause
                self._news(network, session)
        network.put_session(session.whole(self._clock(), is_over=True))
        self._status(bay, "AVAILABLE")
        if visit.habit != "idle":
            yield visit.stays_for
        yield 1.0

    def _news(self, network: Network, session: ChargingSession, **more: Any) -> None:
        change = {"kwh": round(session.kwh, 3), "last_updated": stamp(self._clock()), **more}
        network.patch_session(session.id, change)

    def _status(self, bay: TownBay, status: str) -> None:
        network = self._networks[bay.station.network.party]
        network.patch_evse(bay.station.id, bay.evse, {"status": status, "last_updated": stamp(self._clock())})
