"""Opening a store: an embedded one in a data directory, or one on a PostgreSQL server."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from hostward.domain.errors import DataDirectoryError
from hostward.store import migrate
from hostward.store.engine import postgresql_engine, postgresql_readers, sqlite_engine
from hostward.store.group_writer import GroupWriter
from hostward.store.lock import lock as take_lock
from hostward.store.readers import KeptReaders, PooledReaders
from hostward.store.retrying_writer import RetryingWriter
from hostward.store.sealing import Sealer, key_of
from hostward.store.store import SqlStore
from hostward.store.unit_of_work import SqlUnitOfWork
from hostward.usecases.ports import UnitOfWork

BESIDE_THREADS = 1
"""A process beside a server does one thing at a time."""

LetGo = Callable[[], None]
T = TypeVar("T")

DATABASE_FILE = "hostward.db"

RESTORING = "restoring"
"""A folder in a data directory that is being restored; without a database beside it that restore was interrupted."""

SQLITE_READERS = 4
"""Reading threads of the embedded store: reads are CPU work under one interpreter lock, more would only wait."""

POSTGRESQL_THREADS = 8
"""Reading and as many writing threads for one replica: each waits for the server most of the time."""


def open_store(data_dir: Path, database_url: str = "") -> SqlStore:
    """The store of a server: on the PostgreSQL server of database_url, embedded in data_dir when that is empty.

    Holds the directory's lock until the store is closed. Raises DataDirectoryError when another process holds it, or
    the directory or the database can't be used.
    """
    _make_directory(data_dir)
    lock = take_lock(data_dir)
    try:
        _check_restored(data_dir)
        if database_url:
            return open_postgresql(database_url, key_of(data_dir), let_go=(lock.release,))
        return open_sqlite(data_dir, let_go=(lock.release,))
    except DataDirectoryError:
        lock.release()
        raise


def open_beside(data_dir: Path, database_url: str = "") -> SqlStore:
    """The store of a server, for a process that the server began and that ends with it; the server holds the lock.

    Raises DataDirectoryError as open_store().
    """
    if database_url:
        return open_postgresql(database_url, key_of(data_dir), threads=BESIDE_THREADS)
    return open_sqlite(data_dir, readers=BESIDE_THREADS)


def open_sqlite(data_dir: Path, *, readers: int = SQLITE_READERS, let_go: Sequence[LetGo] = ()) -> SqlStore:
    """The embedded store in this directory, made and brought up to date where needed; whoever calls holds the lock.

    let_go: what else close() ends. Raises DataDirectoryError when the directory can't be used, the database is
    damaged or newer than this program, or the key file is not safe.
    """
    path = data_dir / DATABASE_FILE
    _make_directory(data_dir)
    _make_private(path)
    sealer = Sealer(key_of(data_dir))
    writing = sqlite_engine(path, writes=True, connections=1)
    reading = sqlite_engine(path, writes=False, connections=readers + 1, begins=False)
    _upgrade(writing, str(path))
    return SqlStore(
        readers=KeptReaders(reading, readers + 1),
        writer=GroupWriter(writing, sealer),
        sealer=sealer,
        threads=readers,
        let_go=(reading.dispose, writing.dispose, *let_go),
    )


def read_sqlite(data_dir: Path, work: Callable[[UnitOfWork], T]) -> T:
    """One look at the embedded store of this directory, beside whatever server uses it; nothing is changed.

    Raises DataDirectoryError when the database is damaged, or of another version of this program.
    """
    path = data_dir / DATABASE_FILE
    engine = sqlite_engine(path, writes=False, connections=1)
    try:
        with engine.connect() as connection, connection.begin():
            revision = migrate.current(connection)
            if revision != migrate.HEAD:
                raise DataDirectoryError(
                    f"the database {path} has revision {revision}, this program reads {migrate.HEAD}: "
                    "start the server of the newer version once, or upgrade this program"
                )
            return work(SqlUnitOfWork(connection, Sealer(key_of(data_dir))))
    except DatabaseError as problem:
        raise DataDirectoryError(f"the database {path} can't be used: {problem.orig}") from None
    finally:
        engine.dispose()


def open_postgresql(
    url: str, key: bytes, *, threads: int = POSTGRESQL_THREADS, let_go: Sequence[LetGo] = ()
) -> SqlStore:
    """The store on a PostgreSQL server ("postgresql://user@host/database").

    key: 32 bytes, the same for all replicas; it seals secrets. Raises DataDirectoryError when the server can't be
    reached or its database is newer than this program.
    """
    sealer = Sealer(key)
    engine = postgresql_engine(url, connections=2 * threads + 1)
    _upgrade(engine, engine.url.render_as_string(hide_password=True))
    return SqlStore(
        readers=PooledReaders(postgresql_readers(engine)),
        writer=RetryingWriter(engine, sealer, threads),
        sealer=sealer,
        threads=threads,
        let_go=(engine.dispose, *let_go),
    )


def _make_directory(data_dir: Path) -> None:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise DataDirectoryError(f"{data_dir} can't be made: {problem.strerror}; choose another with --data") from None


def _check_restored(data_dir: Path) -> None:
    if (data_dir / RESTORING).is_dir() and not (data_dir / DATABASE_FILE).exists():
        raise DataDirectoryError(
            f"a restore into {data_dir} was interrupted: run hostward db restore again, or remove {RESTORING} there to "
            "begin with an empty database"
        )


def _make_private(path: Path) -> None:
    """The file belongs to its owner alone from its first byte on; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    except OSError as problem:
        raise DataDirectoryError(f"{path} can't be opened: {problem.strerror}; check who owns it") from None


def _upgrade(engine: Engine, name: str) -> None:
    try:
        migrate.upgrade(engine)
    except DatabaseError as problem:
        engine.dispose()
        raise DataDirectoryError(f"the database {name} can't be used: {problem.orig}") from None
    except DataDirectoryError:
        engine.dispose()
        raise
