"""One thread that writes for all: up to 64 queued use cases a commit, each in a savepoint of its own.

SQLite has one writer at a time and pays for each commit, not for each row: those who ask while a commit is under way
share the next one. Whoever asks is answered after the commit, so that what was answered is on the disk.
"""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from hostward.store.sealing import Sealer
from hostward.store.unit_of_work import SqlUnitOfWork

T = TypeVar("T")

MAX_GROUP = 64
"""Use cases in one commit: at about 100 us each they hold the next caller up for some milliseconds."""


class Job(Protocol):
    """A use case that waits, whatever it returns."""

    def run(self, connection: Connection, sealer: Sealer) -> None:
        """Do it in the open transaction and remember how it went; raises only what ended the whole transaction."""
        ...

    def settle(self, problem: BaseException | None) -> None:
        """Answer whoever waits: the transaction is committed, or failed with problem."""
        ...


class GroupWriter:
    """The writing thread and its queue."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        self._engine = engine
        self._sealer = sealer
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._lock = threading.Lock()
        self._open = False

    def start(self) -> None:
        """Begin to serve."""
        self._open = True
        self._thread.start()

    def submit(self, work: Callable[[SqlUnitOfWork], T]) -> Future[T]:
        """Queue a use case. Raises RuntimeError after close()."""
        job = _Waiting(work)
        with self._lock:
            if not self._open:
                raise RuntimeError("the store is closed")
            self._queue.put(job)
        return job.future

    @property
    def waiting(self) -> int:
        """How many use cases are queued and not begun."""
        return self._queue.qsize()

    def close(self) -> None:
        """Do what was queued, then end the thread."""
        with self._lock:
            was_open, self._open = self._open, False
            if was_open:
                self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            group, ended = self._grouped(first)
            self._settle(group)
            if ended:
                return

    def _grouped(self, first: Job) -> tuple[list[Job], bool]:
        """What waits already joins the first; whether the end came up."""
        group = [first]
        while len(group) < MAX_GROUP:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _settle(self, group: list[Job]) -> None:
        problem: BaseException | None = None
        try:
            self._commit(group)
        except BaseException as failed:  # noqa: BLE001  # a full disk must reach every caller, and the thread live on
            problem = failed
        for job in group:
            job.settle(problem)

    def _commit(self, group: list[Job]) -> None:
        """A connection whose commit failed may still be inside the transaction: it is closed, never used again."""
        with self._engine.connect() as connection:
            try:
                with connection.begin():
                    for job in group:
                        job.run(connection, self._sealer)
            except BaseException:
                connection.invalidate()
                raise


class _Waiting(Generic[T]):
    def __init__(self, work: Callable[[SqlUnitOfWork], T]) -> None:
        self.future: Future[T] = Future()
        self._work = work
        self._result: list[T] = []
        self._problem: BaseException | None = None

    def run(self, connection: Connection, sealer: Sealer) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        # As plain statements: SQLAlchemy compiles its own savepoints anew each time, a third of what a poll costs.
        cursor = connection.connection.cursor()
        cursor.execute("SAVEPOINT use_case")
        try:
            unit_of_work = SqlUnitOfWork(connection, sealer)
            self._result.append(self._work(unit_of_work))
            unit_of_work.finish()
        except BaseException as problem:  # noqa: BLE001  # handed to the caller; the others of the group go on
            self._problem = problem
            _undo(cursor, problem)
        else:
            cursor.execute("RELEASE use_case")

    def settle(self, problem: BaseException | None) -> None:
        if self.future.done():
            return
        problem = self._problem or problem
        if problem is not None:
            self.future.set_exception(problem)
        else:
            self.future.set_result(self._result[0])


def _undo(cursor: DBAPICursor, problem: BaseException) -> None:
    """Undo one use case. A full disk takes the whole transaction with it (SQLite's documentation of SQLITE_FULL):
    then the savepoint is gone too, and the problem is that of all.
    """
    try:
        cursor.execute("ROLLBACK TO use_case")
        cursor.execute("RELEASE use_case")
    except sqlite3.DatabaseError:
        raise problem from None
