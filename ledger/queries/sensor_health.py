"""How sensors are, from the kept evidence of the bays that they lie in."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from enforcement.health import Health, health
from ledger import kept_evidence
from ledger.database import table
from ledger.settings_of_bays import load
from models import BayState


def healths(conn: Connection, bays: Mapping[str, str], now: datetime) -> dict[str, Health]:
    """The health of sensors, each in its bay. One whose bay has not been assessed yet is left out."""
    states = table(BayState)
    query = select(states.c.bay, states.c.evidence).where(states.c.bay.in_(sorted(set(bays.values()))))
    kept = {row.bay: kept_evidence.read(row.evidence) for row in conn.execute(query)}
    evidence = {bay: known for bay, known in kept.items() if known is not None}
    contexts = load(conn, evidence)
    return {
        sensor: health(evidence[bay], contexts[bay].setting, sensor, now)
        for sensor, bay in bays.items()
        if bay in contexts and sensor in contexts[bay].setting.sensors
    }
