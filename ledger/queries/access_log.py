"""Who read personal data."""

from typing import Any

from sqlalchemy import Connection, select

from ledger.database import table
from models import AccessLog

_LOG = table(AccessLog)


def reads(conn: Connection, driver: int | None, limit: int) -> list[Any]:
    """The latest reads, of one driver or of all, newest first."""
    query = select(_LOG).order_by(_LOG.c.id.desc()).limit(limit)
    if driver is not None:
        query = query.where(_LOG.c.subject == f"driver:{driver}")
    return list(conn.execute(query))
