"""Which revision a database has and which one the program needs, without Alembic: each process asks at its start."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

_VERSIONS = Path(__file__).parent / "versions"


def current(conn: Connection) -> str | None:
    """The revision of a database; None where no migration ever ran."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    revision: str | None = conn.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
    return revision


def newest() -> str:
    """The revision that this version of the program needs: files are numbered, ``0001_initial.py``."""
    return max((path.name.split("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py")), default="0000")
