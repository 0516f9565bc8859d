"""How connections to the two databases are set up."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

BUSY_TIMEOUT = 30.0
"""Seconds a connection waits for another process's transaction (a backup, a second command)."""

CACHE_KIB = 2048
"""Page cache of one SQLite connection."""

MMAP_BYTES = 64 << 20
"""Of the file mapped instead of copied; pages stay the kernel's, which may take them back."""

WAL_BYTES = 64 << 20
"""What the log is cut back to after a checkpoint."""

_SETUP = (
    "PRAGMA journal_mode=WAL",
    # FULL: a commit that was answered survives power loss, not only the end of this process.
    "PRAGMA synchronous=FULL",
    f"PRAGMA cache_size=-{CACHE_KIB}",
    f"PRAGMA mmap_size={MMAP_BYTES}",
    f"PRAGMA journal_size_limit={WAL_BYTES}",
    "PRAGMA temp_store=MEMORY",
    # Files come from a folder that may have been handed over: nothing in a schema may call functions.
    "PRAGMA trusted_schema=OFF",
)


def sqlite_engine(path: Path, *, writes: bool, connections: int, begins: bool = True) -> Engine:
    """An engine on a file. writes: its transactions take the write lock at once; else they can't change anything.

    begins: False leaves BEGIN, COMMIT and ROLLBACK to whoever uses its connections.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT, "check_same_thread": False},
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_reset_on_return=None,
    )
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    def set_up(connection: Any, _record: object) -> None:
        for pragma in _SETUP if writes else (*_SETUP, "PRAGMA query_only=ON"):
            connection.execute(pragma)

    def begin_now(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", set_up)
    if begins:
        event.listen(engine, "begin", begin_now)
    return engine


def postgresql_engine(url: str, *, connections: int) -> Engine:
    """An engine on a PostgreSQL server; transactions see what others have committed (READ COMMITTED)."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
    )


def without_password(url: str) -> str:
    """A database's address as it may be shown."""
    return make_url(url).set(password=None).render_as_string()


def postgresql_readers(engine: Engine) -> Engine:
    """The same connections for reads: one snapshot a transaction, and nothing can be changed."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
