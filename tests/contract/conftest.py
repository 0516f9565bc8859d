"""Every test here runs on all three stores: they keep one contract."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from hostward.usecases.ports import Store
from store_kinds import Fresh, PostgresqlDatabase, SqliteTemplate, memory, shared_database

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.needs("postgres"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """An empty SQLite database to copy."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_emptied(postgres_url: str) -> Iterator[PostgresqlDatabase]:
    """A PostgreSQL database that is emptied for each test."""
    with shared_database(postgres_url) as url, closing(PostgresqlDatabase(url)) as database:
        yield database


@pytest.fixture(params=["memory", "sqlite", POSTGRESQL])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """How to get a new, empty store of this kind."""
    return _fresh(request, request.param)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def compared(request: pytest.FixtureRequest) -> tuple[Fresh, Fresh]:
    """The store in memory, and one in SQL that must answer alike."""
    return memory, _fresh(request, request.param)


@pytest.fixture
def store(fresh: Fresh) -> Iterator[Store]:
    """A new, empty store."""
    with fresh() as opened:
        yield opened


def _fresh(request: pytest.FixtureRequest, kind: str) -> Fresh:
    if kind == "memory":
        return memory
    made: Fresh = request.getfixturevalue({"sqlite": "sqlite_template", "postgresql": "postgresql_emptied"}[kind])
    return made
