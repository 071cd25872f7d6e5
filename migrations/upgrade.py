"""Bring a database up to date: in one transaction, by one process at a time, without blocking others for long."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from migrations.standing import current

# Any number that no other program in the same database would choose.
_ADVISORY_LOCK = 7_230_421_996
_WAIT_FOR_ANOTHER_UPGRADE = "10min"
# A change that can't have its table at once gives up, and all writers behind it go on; it is run again later.
_WAIT_FOR_A_TABLE = "5s"


def upgrade(engine: Engine) -> str | None:
    """Run all migrations that are missing, all or none of them. Returns the revision that stands afterwards.

    Two processes that do this at once are safe: the second waits, and then finds nothing left to do.
    Raises ``sqlalchemy.exc.OperationalError`` if a table is held by somebody else for longer than 5 s.
    """
    with engine.execution_options(baywarden_write=True).begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_ANOTHER_UPGRADE}'"))
            conn.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            conn.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_A_TABLE}'"))
        command.upgrade(configure(conn), "head")
        return current(conn)


def configure(conn: Connection) -> Config:
    """Alembic's configuration, in code, so that it also works from an installed package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
