"""Connections that reads run on, each read in a transaction that is one snapshot."""

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Semaphore
from typing import Protocol

from sqlalchemy import Connection, Engine


class Readers(Protocol):
    """Where reads get their connection."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """A connection inside a transaction that sees one moment and is ended with the block."""
        ...

    def close(self) -> None:
        """Let every connection go; nothing is read any more."""
        ...


class PooledReaders:
    """Connections of an engine's pool, whose transactions are snapshots: for PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """See Readers.snapshot."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """The engine's pool is its owner's to end."""


class KeptReaders:
    """Connections of an embedded database, kept open between reads, the one used last first.

    The engine begins no transactions of its own: BEGIN and COMMIT go straight to the driver. Pool, transaction object
    and events of the engine would cost a read 50 microseconds, as much as looking up a task.
    """

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._room = Semaphore(most)
        self._idle: deque[Connection] = deque()
        self._closed = False

    def snapshot(self) -> "_Snapshot":
        """See Readers.snapshot. Waits while `most` others read."""
        return _Snapshot(self)

    def take(self) -> Connection:
        """A connection that nobody else uses until it is given back or lost."""
        self._room.acquire()
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._engine.connect()
        except BaseException:
            self._room.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """It is outside a transaction again, and good for the next read."""
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
        self._room.release()

    def lose(self, connection: Connection) -> None:
        """It failed in a way that leaves nobody knows what behind: it is closed, never used again."""
        try:
            connection.invalidate()
            connection.close()
        finally:
            self._room.release()

    def close(self) -> None:
        """Close what is idle, and what comes back later."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()


class _Snapshot:
    """One read. A class, since a generator's context manager costs as much again as all that it does here."""

    __slots__ = ("_connection", "_readers")

    def __init__(self, readers: KeptReaders) -> None:
        self._readers = readers

    def __enter__(self) -> Connection:
        self._connection = self._readers.take()
        self._do("BEGIN")
        return self._connection

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._do("ROLLBACK" if kind else "COMMIT")
        self._readers.give_back(self._connection)

    def _do(self, words: str) -> None:
        try:
            driver = self._connection.connection.driver_connection
            assert driver is not None
            driver.execute(words)
        except BaseException:
            self._readers.lose(self._connection)
            raise
