"""A history sent through the real doors into a running service: OCPI over HTTP as its networks, MQTT as its sensors."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from history.read import open_history
from history.rows import HistoryRow, Refused
from outside.calling import NetworkError
from outside.network import Network
from outside.placing import Bay, placed, ties_csv
from outside.replayed_objects import stamp
from outside.replayed_sensors import ReplayedSensors, ReplayError
from outside.scenes import Move, moves

_NAMES = {"us*cpt": "ChargePoint"}
_REPORT_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Replay:
    """A history made ready. ``placements``: each row with its bay; ``refused``: rows that can't be believed."""

    placements: list[tuple[Bay, HistoryRow]]
    refused: list[Refused]

    @property
    def networks(self) -> dict[str, str]:
        """The networks that must be invited: key and the name to invite it by."""
        keys = sorted({bay.network for bay, _ in self.placements})
        return {key: f"{_NAMES.get(key, key.upper())} (replay)" for key in keys}

    def bays_csv(self) -> str:
        """The file that ties bays to EVSEs and derived sensors, for ``baywarden import`` after :meth:`open`."""
        return ties_csv(self.placements)


@dataclass(slots=True)
class ReplaySummary:
    """What was sent. ``lost``: pushes that the service refused or did not answer in time."""

    sessions: int
    sent: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    refused: list[Refused] = field(default_factory=list)

    def text(self) -> str:
        """For people, a few lines."""
        pushes = sum(count for verb, count in self.sent.items() if verb != "reading")
        lines = [
            f"Sessions sent     {self.sessions:,}",
            f"OCPI pushes       {pushes:,}, {self.lost:,} of them refused or lost",
            f"Sensor readings   {self.sent['reading']:,} (derived from the history's times, not seen by any sensor)",
            f"Rows refused      {len(self.refused):,}",
            *(f"  line {row.line}: {row.reason}" for row in self.refused[:50]),
        ]
        return "\n".join(lines)


def prepare(history: Path) -> Replay:
    """Read a history. Raises HistoryError or OSError as :func:`history.read.open_history`."""
    rows: list[HistoryRow] = []
    refused: list[Refused] = []
    with open_history(history) as source:
        for row in source.rows:
            if isinstance(row, Refused):
                refused.append(row)
            else:
                rows.append(row)
    return Replay(placed(rows), refused)


def connect(
    replay: Replay, versions_url: str, invite: Callable[[str], str], memory: Path, clock: Callable[[], datetime]
) -> dict[str, Network]:
    """Register every network of the history; ``invite`` gives the token A for a name. Close them all afterwards.

    ``memory``: a folder in which each keeps its credentials, so that a second replay needs no second invitation.
    """
    memory.mkdir(mode=0o700, parents=True, exist_ok=True)
    connected: dict[str, Network] = {}
    try:
        for key, name in replay.networks.items():
            country, party = key.upper().split("*")
            network = Network(country, party, name, memory / f"replay-{country}-{party}.json", clock)
            connected[key] = network
            if not network.is_welcome():
                network.register(versions_url, invite(name))
    except NetworkError as error:
        for network in connected.values():
            network.close()
        raise ReplayError(f"the OCPI handshake failed: {error}") from error
    return connected


def run(
    replay: Replay,
    networks: Mapping[str, Network],
    mqtt_url: str,
    tie_bays: Callable[[str], None],
    report: Callable[[str], None],
) -> ReplaySummary:
    """Send everything in the order of its time. ``tie_bays`` gets :meth:`Replay.bays_csv` once stations are known.

    Every reading is published with QoS 1 and acknowledged by the broker before the next move is made.
    """
    summary = ReplaySummary(sessions=len(replay.placements), refused=replay.refused)
    sensors = ReplayedSensors(mqtt_url)
    reported = time.monotonic()
    is_tied = False
    todo = moves(replay.placements)
    try:
        for number, move in enumerate(todo, start=1):
            if not is_tied and move.verb != "location":
                tie_bays(replay.bays_csv())
                is_tied = True
            _make(move, networks[move.bay.network], sensors)
            summary.sent[move.verb] += 1
            if time.monotonic() - reported > _REPORT_EVERY_S:
                reported = time.monotonic()
                report(f"{number:,} of {len(todo):,}: it is {move.at:%Y-%m-%d} in the history")
    finally:
        sensors.close()
    summary.lost = sum(network.lost for network in networks.values())
    return summary


def _make(move: Move, network: Network, sensors: ReplayedSensors) -> None:
    match move.verb:
        case "location":
            network.put_location(move.body)
        case "session":
            network.put_session(move.body)
        case "session_change":
            network.patch_session(move.session, move.body)
        case "evse":
            network.patch_evse(move.bay.location, move.bay.evse, {**move.body, "last_updated": stamp(move.at)})
        case "reading":
            sensors.publish(f"replay/bays/{move.bay.id}", {**move.body, "at": stamp(move.at)})
