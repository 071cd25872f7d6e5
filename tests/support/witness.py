"""Networks and sensors that remember what they said and were told is safe, to be held against what was recorded."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from outside.bays import BaySensor, Publisher
from outside.network import Network


class WitnessPublisher(Publisher):
    """Counts what each sensor said; the broker has acknowledged all of it once nothing is in flight."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        super().__init__(url, clock)
        self.said: Counter[str] = Counter()

    def _publish(self, sensor: BaySensor, at: datetime, *, port: int, frame: bytes) -> None:
        super()._publish(sensor, at, port=port, frame=frame)
        self.said[sensor.device] += 1


class WitnessNetwork(Network):
    """Counts the session updates that the service accepted, and those that it refused or that were given up."""

    def __init__(self, country: str, party: str, name: str, memory: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(country, party, name, memory, clock)
        self.accepted: Counter[str] = Counter()

    def _call(self, method: str, url: str, token: str, body: Mapping[str, Any] | None = None) -> Any:
        data = super()._call(method, url, token, body)
        if "/sessions/" in url:
            self.accepted[url.rsplit("/", 1)[1].casefold()] += 1
        return data
