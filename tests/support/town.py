"""A small town for tests of pages and the API, made through the registry and the recorder only.

Two synthetic stations of two networks; at :data:`END` their bays show every condition that there is.
"""

from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from itertools import groupby

from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    NetworkHeard,
    OccupancyRead,
    Period,
    SessionUpdated,
    evse_subject,
    network_subject,
    sensor_subject,
)
from ledger.assess import assess_due
from ledger.bay_ties import BayTie
from ledger.database import Ledger
from ledger.drivers import add_driver
from ledger.policies import publish
from ledger.record import record
from ledger.registry import (
    EvseFields,
    StationFields,
    import_bays,
    put_evse,
    put_station,
    upsert_network,
)
from ledger.rejects import Rejected, reject
from ledger.sensors import SensorHeard, touch_sensors

NETWORKS = {"ca*nsc": "Northshore Charge", "ca*elv": "Electrovia"}
STATIONS = {
    "harbour": ("ca*nsc", "Harbour Street", "12 Harbour Street", "Toronto", "America/Toronto"),
    "gare": ("ca*elv", "Gare du Palais", "450 rue de la Gare", "Quebec", "America/Toronto"),
}
LENGTH = timedelta(minutes=180)

POLICY = """
id = "town"
version = 1
title = "Ten minutes of grace"
effective_from = 2020-01-01T00:00:00Z
currency = "CAD"
[[clause]]
kind = "unplugged"
grace = "15m"
rate = "0.50"
per = "1m"
cap = "60.00"
[[clause]]
kind = "idle"
grace = "10m"
rate = "0.40"
per = "1m"
[[clause]]
kind = "overstaying"
grace = "10m"
rate = "0.40"
per = "1m"
[[tax]]
name = "GST"
percent = "5"
[[tax]]
name = "QST"
percent = "9.975"
"""


class Town:
    """Tells the ledger what happens, in the order in which it is seen."""

    def __init__(self, ledger: Ledger, start: datetime, *, synthetic: bool = True, policy: str = POLICY) -> None:
        """Register the two stations, six and four bays, one sensor and one EVSE each, and publish the policy."""
        self.ledger, self.start = ledger, start
        self._facts: list[AnyFact] = []
        self._count = 0
        with ledger.write(start) as tx:
            for key, name in NETWORKS.items():
                upsert_network(tx, key, *key.upper().split("*"), name, synthetic=synthetic)
            for key, (network, name, address, city, zone) in STATIONS.items():
                put_station(
                    tx,
                    StationFields(
                        key=f"{network}*{key}", network=network, location_id=key, name=name, zone=zone,
                        address=address, city=city, country="CAN", latitude="43.640000", longitude="-79.380000",
                        synthetic=synthetic,
                    ),
                )  # fmt: skip
                self._bays(tx, f"{network}*{key}", 6 if key == "harbour" else 4)
            publish(tx, policy)

    def in_(self, ledger: Ledger) -> "Town":
        """The same town in a ledger that has all that this one's has."""
        other = copy(self)
        other.ledger, other._facts = ledger, list(self._facts)
        return other

    def at(self, minute: float) -> datetime:
        """A moment, in minutes after the start."""
        return self.start + timedelta(minutes=minute)

    def occupied(self, bay: str, *minutes: float, taken: bool = True) -> None:
        """The bay's sensor says so at these minutes: the first is the change, the others are heartbeats."""
        for index, minute in enumerate(minutes):
            subject = sensor_subject(f"{bay}-sensor")
            self._add(OccupancyRead, minute, "sensors", subject, occupied=taken, edge=index == 0)

    def session(self, bay: str, name: str, minute: float, **said: object) -> None:
        """The network says something of a session at the bay's EVSE."""
        subject, session = evse_subject(self._evse(bay)), f"{self._evse(bay).rsplit('*', 2)[0]}*{name}"
        self._add(SessionUpdated, minute, "ocpi", subject, session=session, token=f"{name:0<64}", **said)

    def charge(self, bay: str, name: str, start: float, end: float, *, until: float, over: float | None = None) -> None:
        """A session that charges from ``start`` to ``end``, then is parking, heard until ``until`` or ``over``."""
        began = self.at(start)
        for minute in _every(5, start, min(end, until)):
            energy = int((minute - start) * 120)
            self.session(bay, name, minute, status="ACTIVE", started_at=began, energy_wh=energy)
        for minute in _every(5, end, until):
            periods = (Period(start=began, parking=False), Period(start=self.at(end), parking=True))
            self.session(
                bay, name, minute, status="ACTIVE", started_at=began, energy_wh=int((end - start) * 120),
                periods=periods, periods_complete=True,
            )  # fmt: skip
        if over is not None:
            self.session(bay, name, over, status="COMPLETED", started_at=began, ended_at=self.at(over))

    def charger(self, bay: str, minute: float, status: str) -> None:
        """The network says in what state the bay's EVSE is."""
        self._add(ChargerStatusSeen, minute, "ocpi", evse_subject(self._evse(bay)), status=status)

    def networks_live(self, until: float) -> None:
        """Both networks are heard every five minutes."""
        for network in NETWORKS:
            for minute in _every(5, 0, until):
                self._add(NetworkHeard, minute, "ocpi", network_subject(network))

    def play(self, until: float) -> datetime:
        """Record everything as it comes, look at what is due in between, and return the end."""
        for moment, facts in groupby(sorted(self._facts, key=lambda f: (f.seen_at, f.source_id)), lambda f: f.seen_at):
            self._look(moment)
            self.tell(list(facts))
        self._facts = []
        self._look(self.at(until))
        return self.at(until)

    def tell(self, facts: Sequence[AnyFact]) -> None:
        """Record facts now, as a door would."""
        with self.ledger.write(facts[-1].seen_at) as tx:
            readings = [fact for fact in facts if isinstance(fact, OccupancyRead)]
            touch_sensors(tx, {f.subject[7:]: _heard(f) for f in readings})
            record(tx, facts)

    def reach(self, name: str, phone: str, language: str) -> None:
        """Make the driver of a session's token reachable."""
        with self.ledger.write(self.start) as tx:
            add_driver(tx, phone, language, [f"{name:0<64}"])

    def misfits(self) -> None:
        """A sensor that nobody knows, and two payloads that nobody understands."""
        with self.ledger.write(self.at(100)) as tx:
            reading = SensorHeard(
                model="NPS405", watchdog=timedelta(hours=24), occupied=True, at=self.at(99), seen_at=self.at(100)
            )
            touch_sensors(tx, {"70b3d57ed0012ff0": reading})
            payload = b'{"bay": "A1", "occupied": "maybe"}'
            reject(tx, [Rejected("mqtt", "bays/harbour/A1", "occupied: Expected `bool`, got `str`", payload)])
            reject(tx, [Rejected("ocpi", "PUT /ocpi/2.2.1/sessions/CA/NSC/77", "kwh: missing", b'{"id": "77"}')])

    def _look(self, now: datetime) -> None:
        while assess_due(self.ledger, now):
            pass

    def _add(self, kind: type, minute: float, source: str, subject: str, **said: object) -> None:
        self._count += 1
        at = self.at(minute)
        common = {"at": at, "seen_at": at, "source": source, "source_id": f"{self._count:06}", "subject": subject}
        self._facts.append(kind(**common, **said))

    def _bays(self, tx: object, station: str, count: int) -> None:
        letter = station.rsplit("*", 1)[1][0].upper()
        for number in range(1, count + 1):
            bay = f"{letter}{number}"
            put_evse(tx, EvseFields(key=self._evse(bay), station=station, uid=bay.lower(), status="AVAILABLE"))
            tie = BayTie(
                bay=f"{station}/{bay}", station=station, name=bay, evses=(self._evse(bay),), sensors=(f"{bay}-sensor",)
            )
            import_bays(tx, [tie])

    @staticmethod
    def _evse(bay: str) -> str:
        return f"ca*nsc*harbour*{bay.lower()}" if bay.startswith("H") else f"ca*elv*gare*{bay.lower()}"


def fill(ledger: Ledger, start: datetime, policy: str = POLICY) -> Town:
    """Three hours in the town; at the end every condition stands on the board."""
    town = Town(ledger, start, policy=policy)
    end = LENGTH.total_seconds() / 60
    town.reach("bea", "+15145550101", "en")
    town.reach("chloe", "+14185550102", "fr")
    town.networks_live(end)
    town.occupied("H1", *_every(10, 2, end))
    town.charge("H1", "bea", 3, 95, until=end)  # idle, the fee runs
    town.occupied("H2", *_every(10, 120, end))
    town.charge("H2", "dan", 121, end + 60, until=end)  # charging
    town.occupied("H3", 0, *_every(30, 30, end), taken=False)  # free
    town.occupied("H4", *_every(7, 138, end))  # unplugged, the fee runs
    town.charger("H5", 20, "INOPERATIVE")
    town.occupied("H6", *_every(10, 30, 110))
    town.occupied("H6", *_every(10, 112, end), taken=False)
    town.charge("H6", "eve", 32, 70, until=108, over=108)  # was idle, is settled
    town.occupied("G1", *_every(10, 40, end))
    town.charge("G1", "chloe", 42, 130, until=140, over=140)  # idle, then overstaying
    town.occupied("G2", *_every(10, 170, end))
    town.charge("G2", "finn", 100, 174, until=end)  # idle, in grace
    town.occupied("G3", 0, *_every(30, 30, end), taken=False)
    town.charger("H5", 0, "AVAILABLE")
    town.play(end)
    town.misfits()
    return town


def _every(step: float, first: float, last: float) -> list[float]:
    count = int((last - first) // step) + 1
    return [first + step * index for index in range(max(count, 0))]


def _heard(fact: OccupancyRead) -> SensorHeard:
    return SensorHeard(
        model="TPS110", watchdog=timedelta(hours=2), occupied=fact.occupied, at=fact.at, seen_at=fact.seen_at
    )
