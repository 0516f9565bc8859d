"""The three stores, each new and empty whenever a test asks for one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text

from hostward.store.memory import MemoryStore
from hostward.store.open import DATABASE_FILE, open_postgresql, open_sqlite
from hostward.store.sealing import KEY_FILE
from hostward.store.store import SqlStore
from hostward.store.tables import counter, metadata
from hostward.usecases.ports import Store
from own_postgres import libpq_url

Fresh = Callable[[], AbstractContextManager[Store]]
"""A new, empty store, closed at the end of the block."""

KEY = bytes(range(32))


def memory() -> AbstractContextManager[Store]:
    """A store in memory."""
    return closing(MemoryStore())


class SqliteTemplate:
    """An empty database made once; each store is a copy of it."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template"
        self._folder = folder
        self._count = 0
        open_sqlite(self._template).close()

    def __call__(self) -> AbstractContextManager[SqlStore]:
        """A store in a folder of its own."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        for name in (DATABASE_FILE, KEY_FILE):
            shutil.copy(self._template / name, folder / name)
        return closing(open_sqlite(folder))


class PostgresqlDatabase:
    """One database, emptied for each store."""

    def __init__(self, url: str) -> None:
        self._url = url
        open_postgresql(url, KEY).close()
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)
        self._tables = ", ".join(f'"{name}"' for name in metadata.tables if name != counter.name)

    def __call__(self) -> AbstractContextManager[SqlStore]:
        """A store on the emptied database."""
        with self._engine.connect() as connection:
            connection.execute(text(f"TRUNCATE {self._tables}"))
            connection.execute(text("UPDATE counter SET value = 0"))
        return closing(open_postgresql(self._url, KEY, threads=3))

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()


@contextmanager
def shared_database(server: str) -> Iterator[str]:
    """A database for a whole run on this server; dropped at the end."""
    name = f"hostward_contract_{os.getpid()}"
    with psycopg.connect(libpq_url(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(libpq_url(server), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
