"""A sensor's health at a moment: every state that it is in, since when, and what sessions have shown of it."""

from dataclasses import dataclass
from datetime import datetime

from enforcement.doubts import SHOWN_ONLY, doubts
from enforcement.evidence import Evidence, Record
from enforcement.facts import sensor_subject
from enforcement.pruning import records
from enforcement.setting import BaySetting


@dataclass(frozen=True, slots=True)
class SensorState:
    """What a sensor is, since when; ``is_trusted``: its word is good all the same. Words: ``reasons.REASONS``."""

    state: str
    since: datetime
    is_trusted: bool

    @property
    def reason(self) -> str:
        """The code of its words."""
        return f"sensor_{self.state}"


@dataclass(frozen=True, slots=True)
class Health:
    """All states that hold, oldest first (none: it is well), and the record of errors among sessions."""

    states: tuple[SensorState, ...]
    record: Record

    @property
    def is_trusted(self) -> bool:
        """Whether fees may rest on its word now."""
        return all(state.is_trusted for state in self.states)


def health(evidence: Evidence, setting: BaySetting, sensor: str, now: datetime) -> Health:
    """How a sensor in this bay is."""
    subject = sensor_subject(sensor)
    found = [
        SensorState(doubt.state, doubt.since, is_trusted=False)
        for doubt in doubts(evidence, setting, sensor)
        if doubt.since <= now and (doubt.until is None or now < doubt.until)
    ]
    qualms = [q for q in evidence.qualms.get(subject, ()) if q.state in SHOWN_ONLY and q.until is None]
    runs = evidence.readings.get(subject, ())
    if runs and now >= runs[-1].last + setting.sensors[sensor]:
        # A battery that was low before a sensor fell silent is dead.
        state = "dead_battery" if qualms else "silent"
        found.append(SensorState(state, runs[-1].last + setting.sensors[sensor], is_trusted=False))
    else:
        found += [SensorState(qualm.state, qualm.since, is_trusted=True) for qualm in qualms]
    *_, (_, record) = records(evidence, setting, sensor)
    return Health(tuple(sorted(found, key=lambda state: (state.since, state.state))), record)
