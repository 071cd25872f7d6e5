"""Migrations give exactly what models say, on both databases, and any number of processes may run them at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from ledger.database import make_engine
from migrations import upgrade as upgrading
from migrations.standing import current, newest
from migrations.upgrade import configure, upgrade
from models import METADATA
from tests.support.databases import fresh_database

OPTIONS = {"compare_type": True, "compare_server_default": True}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = fresh_database(request.getfixturevalue("postgres_url"), "migrating")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def _checks(conn: Connection) -> dict[str, set[tuple[Any, Any]]]:
    """CHECK constraints, which the comparison of metadata does not see."""
    found = inspect(conn)
    return {
        name: {(check["name"], check["sqltext"]) for check in found.get_check_constraints(name)}
        for name in METADATA.tables
    }


def test_migrations_give_what_models_say(engine: Engine) -> None:
    assert upgrade(engine) == newest()
    with engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts=OPTIONS), METADATA) == []
        migrated = _checks(conn)
    with engine.begin() as conn:
        METADATA.drop_all(conn)
        METADATA.create_all(conn)
    with engine.connect() as conn:
        assert migrated == _checks(conn)


def test_the_newest_revision_is_alembics_head(engine: Engine) -> None:
    with engine.connect() as conn:
        assert ScriptDirectory.from_config(configure(conn)).get_current_head() == newest()


def test_a_second_run_changes_nothing(engine: Engine) -> None:
    assert upgrade(engine) == upgrade(engine)


def test_processes_may_migrate_at_once(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)

    def _migrate(_: int) -> str | None:
        own = make_engine(url)
        try:
            return upgrade(own)
        finally:
            own.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(_migrate, range(4))) == [newest()] * 4


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def _fail(_conn: Connection) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(upgrading, "current", _fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        upgrade(engine)
    with engine.connect() as conn:
        assert inspect(conn).get_table_names() == []
        assert current(conn) is None


def test_a_table_that_is_held_is_not_waited_for_long(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one lock for everything, and waits for that")
    upgrade(engine)
    monkeypatch.setattr(upgrading, "_WAIT_FOR_A_TABLE", "100ms")
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            upgrade(engine)
