"""Writes to PostgreSQL: several at a time, each in a transaction of its own, tried again when others were first."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from sqlalchemy import Engine

from hostward.store.outdated import Outdated
from hostward.store.sealing import Sealer
from hostward.store.unit_of_work import SqlUnitOfWork

T = TypeVar("T")

MAX_TRIES = 10
MAX_OUTDATED_TRIES = 4
"""For a step from what is no longer stored: work that reads anew needs one more try, other work would never succeed."""
FIRST_PAUSE = 0.005
"""Seconds; doubled with each try, and spread so that two that met do not meet again."""
LONGEST_PAUSE = 0.5
_SPREAD = random.SystemRandom()
RETRIED: Final = frozenset({"40001", "40P01", "23505"})
"""SQLSTATEs: serialization failure, deadlock, and a unique name that another transaction has just taken."""


class RetryingWriter:
    """A pool of writing threads."""

    def __init__(self, engine: Engine, sealer: Sealer, threads: int) -> None:
        self._engine = engine
        self._sealer = sealer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="store-writer")
        self._lock = threading.Lock()
        self._waiting = 0

    def start(self) -> None:
        """Nothing to begin with: threads come with work."""

    def submit(self, work: Callable[[SqlUnitOfWork], T]) -> Future[T]:
        """Queue a use case. Raises RuntimeError after close()."""
        with self._lock:
            self._waiting += 1
        try:
            future = self._pool.submit(self._begin, work)
        except RuntimeError:
            self._begun()
            raise
        future.add_done_callback(self._cancelled)
        return future

    @property
    def waiting(self) -> int:
        """How many use cases are queued and not begun."""
        return self._waiting

    def close(self) -> None:
        """Do what was queued, then end the threads."""
        self._pool.shutdown(wait=True)

    def _begin(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        self._begun()
        return self._write(work)

    def _cancelled(self, future: Future[T]) -> None:
        if future.cancelled():
            self._begun()

    def _begun(self) -> None:
        with self._lock:
            self._waiting -= 1

    def _write(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        pause = FIRST_PAUSE
        for tries in range(1, MAX_TRIES):
            try:
                return self._once(work)
            except Exception as problem:
                if tries >= _tries(problem):
                    raise
            time.sleep(pause * _SPREAD.uniform(0.5, 1.5))
            pause = min(2 * pause, LONGEST_PAUSE)
        return self._once(work)

    def _once(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        with self._engine.begin() as connection:
            unit_of_work = SqlUnitOfWork(connection, self._sealer)
            result = work(unit_of_work)
            unit_of_work.finish()
            return result


def _tries(problem: Exception) -> int:
    """How often work that fails like this is tried. SQLSTATEs come from the driver, or wrapped by SQLAlchemy."""
    if isinstance(problem, Outdated):
        return MAX_OUTDATED_TRIES
    cause = getattr(problem, "orig", None) or problem
    return MAX_TRIES if getattr(cause, "sqlstate", None) in RETRIED else 1
