"""The demo town on paper: two fictional networks, their stations, bays, sensors and drivers. All of it is made up."""

from dataclasses import dataclass
from typing import Any

from outside.bays import Make

COUNTRY = "CA"
# The party that the demo drivers' tokens belong to.
DRIVERS_PARTY = "DEM"


@dataclass(frozen=True, slots=True)
class TownNetwork:
    """A fictional network. ``reports_parking``: it says when a vehicle is done; the other one just ends its session."""

    party: str
    name: str
    reports_parking: bool


@dataclass(frozen=True, slots=True)
class TownStation:
    """A fictional station with as many bays as EVSEs, one sensor each."""

    id: str
    network: TownNetwork
    name: str
    address: str
    latitude: str
    longitude: str
    bays: int
    make: Make


@dataclass(frozen=True, slots=True)
class TownBay:
    """One bay, its EVSE and its sensor's device name."""

    station: TownStation
    number: int

    @property
    def evse(self) -> str:
        """The EVSE's uid."""
        return f"{self.station.id}-{self.number}"

    @property
    def device(self) -> str:
        """What the sensor is called: a LoRaWAN DevEUI where the network server knows devices by that."""
        if self.station.make == "bosch":
            return f"00de30{STATIONS.index(self.station):04x}{self.number:06x}"
        return f"{self.station.id}-bay-{self.number}".lower()


@dataclass(frozen=True, slots=True)
class TownDriver:
    """A fictional driver: a number from the range that is kept for fiction, and a token."""

    phone: str
    language: str
    uid: str


LARCH = TownNetwork("DLC", "Demo Larch Charging", reports_parking=True)
NORTHLIGHT = TownNetwork("DNP", "Demo Northlight Power", reports_parking=False)
NETWORKS = (LARCH, NORTHLIGHT)
STATIONS = (
    TownStation("MARKET", LARCH, "Demo Market Square", "1 Demo Street", "45.508840", "-73.561110", 4, "plain"),
    TownStation("LIBRARY", LARCH, "Demo Library", "20 Demo Avenue", "45.515330", "-73.562200", 4, "bosch"),
    TownStation("HARBOUR", NORTHLIGHT, "Demo Old Harbour", "5 Demo Quay", "45.507110", "-73.549900", 4, "plain"),
    TownStation("STATION", NORTHLIGHT, "Demo Central Station", "9 Demo Square", "45.499990", "-73.566670", 2, "nwave"),
)
BAYS = tuple(TownBay(station, number) for station in STATIONS for number in range(1, station.bays + 1))
DRIVERS = tuple(
    TownDriver(f"+15145550{100 + index}", "fr" if index % 3 == 1 else "en", f"DEMO{index:04d}") for index in range(16)
)


def location(station: TownStation, stamp: str) -> dict[str, Any]:
    """The station as an OCPI 2.2.1 Location (8.3.1)."""
    return {
        "country_code": COUNTRY,
        "party_id": station.network.party,
        "id": station.id,
        "publish": False,
        "name": station.name,
        "address": station.address,
        "city": "Demo Town (synthetic)",
        "state": "QC",
        "country": "CAN",
        "coordinates": {"latitude": station.latitude, "longitude": station.longitude},
        "time_zone": "America/Toronto",
        "operator": {"name": station.network.name},
        "evses": [evse(bay, "AVAILABLE", stamp) for bay in BAYS if bay.station is station],
        "last_updated": stamp,
    }


def evse(bay: TownBay, status: str, stamp: str) -> dict[str, Any]:
    """An EVSE with its one connector (OCPI 2.2.1, 8.3.2)."""
    connector = {
        "id": "1",
        "standard": "IEC_62196_T1",
        "format": "CABLE",
        "power_type": "AC_1_PHASE",
        "max_voltage": 240,
        "max_amperage": 32,
        "last_updated": stamp,
    }
    return {
        "uid": bay.evse,
        "evse_id": f"CA*{bay.station.network.party}*E{bay.evse}",
        "physical_reference": str(bay.number),
        "status": status,
        "connectors": [connector],
        "last_updated": stamp,
    }


def ties_csv() -> str:
    """The file that ties the town's bays to their EVSEs and sensors: what an owner gives to ``baywarden import``."""
    lines = ["bay,station,name,evses,sensors"]
    for bay in BAYS:
        station = f"{COUNTRY}*{bay.station.network.party}*{bay.station.id}".lower()
        name = f"demo-{bay.station.id}-{bay.number}".lower()
        lines.append(f"{name},{station},{bay.number},{station}*{bay.evse.lower()},{bay.device}")
    return "\n".join(lines) + "\n"
