"""The outbox as owners see it: every message with its text and where it stands. No phone number is read for it."""

from typing import Any

from sqlalchemy import Connection, func, select

from ledger.database import table
from models import Bay, Message, Station, ViolationRow
from models.outbox import Delivery


def messages(conn: Connection, state: Delivery | None, before: int | None, limit: int) -> list[Any]:
    """Messages, newest first, those with an id lower than ``before``, with the place they are about."""
    message, violation, bay, station = table(Message), table(ViolationRow), table(Bay), table(Station)
    query = (
        select(message, violation.c.public_id, violation.c.kind, violation.c.synthetic)
        .add_columns(bay.c.name.label("bay_name"), station.c.name.label("station_name"), station.c.zone)
        .outerjoin(violation, violation.c.key == message.c.violation)
        .outerjoin(bay, bay.c.id == violation.c.bay)
        .outerjoin(station, station.c.key == violation.c.station)
        .order_by(message.c.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(message.c.state == state)
    if before is not None:
        query = query.where(message.c.id < before)
    return list(conn.execute(query))


def counts(conn: Connection) -> dict[Delivery, int]:
    """How many messages stand where."""
    rows = table(Message)
    return {row[0]: row[1] for row in conn.execute(select(rows.c.state, func.count()).group_by(rows.c.state))}
