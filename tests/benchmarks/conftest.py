"""Databases for benches: they make and drop tables as they like, so none that other tests use."""

from collections.abc import Iterator

import pytest

from benchmarks.places import databases


@pytest.fixture(scope="session")
def benched() -> Iterator[dict[str, str]]:
    """URLs of a SQLite file and of a PostgreSQL server."""
    with databases() as urls:
        yield urls


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def bench_url(request: pytest.FixtureRequest, benched: dict[str, str]) -> str:
    """One of them."""
    return benched[request.param]
