"""Databases of a test's own on the PostgreSQL server that tests share."""

from sqlalchemy import create_engine, text


def fresh_database(url: str, name: str) -> str:
    """The URL of an empty database of this name beside the one at ``url``; what was in it is gone."""
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        conn.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return server.url.set(database=name).render_as_string(hide_password=False)
