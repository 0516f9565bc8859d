"""The store over SQL: where units of work come from."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Protocol, TypeVar

from hostward.runtime.pulse import Pulse
from hostward.store.fleet_sets import FleetSets
from hostward.store.readers import Readers
from hostward.store.reading_threads import ReadingThreads
from hostward.store.sealing import Sealer
from hostward.store.unit_of_work import SqlUnitOfWork
from hostward.usecases.ports import UnitOfWork

T = TypeVar("T")


class Writer(Protocol):
    """Runs use cases that change something."""

    def start(self) -> None:
        """Begin to serve."""
        ...

    def submit(self, work: Callable[[SqlUnitOfWork], T]) -> Future[T]:
        """Queue a use case; its future is done when it is durable, or failed and without a trace."""
        ...

    @property
    def waiting(self) -> int:
        """How many use cases are queued and not begun."""
        ...

    def close(self) -> None:
        """Finish what was queued."""
        ...


class SqlStore:
    """ports.Store on a database.

    readers: connections whose transactions are snapshots and change nothing; closed with the store. threads: reads at
    a time. let_go: what close() calls in the end, in this order.
    """

    def __init__(
        self, *, readers: Readers, writer: Writer, sealer: Sealer, threads: int, let_go: Sequence[Callable[[], None]]
    ) -> None:
        self._readers = readers
        self._writer = writer
        self.pulse = Pulse()
        """Beats after every commit of this process."""
        self._account_changes = 0
        self._counting = Lock()
        self._sealer = sealer
        self._sets = FleetSets()
        self._threads = ReadingThreads(threads)
        self._let_go = let_go
        writer.start()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot, in a thread of their own."""
        return await self._threads.run(self.read_now, work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction; returns once it is durable. Cancelled before its turn, it is not run."""
        return await asyncio.wrap_future(self._submitted(work))

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot, in the caller's thread."""
        with self._readers.snapshot() as connection:
            return work(SqlUnitOfWork(connection, self._sealer, self._sets))

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction and wait until it is durable. Not to be called from within a unit of work."""
        return self._submitted(work).result()

    @property
    def waiting_writes(self) -> int:
        """How many writes are queued and not begun: a number that stays high says that the disk is too slow."""
        return self._writer.waiting

    def account_changes(self) -> int:
        """How often this process has changed users or keys: it counts before whoever changed them is answered."""
        return self._account_changes

    def _submitted(self, work: Callable[[UnitOfWork], T]) -> Future[T]:
        changed: list[bool] = []

        def noting(uow: SqlUnitOfWork) -> T:
            result = work(uow)
            changed.append(uow.accounts_changed)
            return result

        future = self._writer.submit(noting)
        future.add_done_callback(lambda _: self._committed(any(changed)))
        return future

    def _committed(self, accounts_changed: bool) -> None:
        if accounts_changed:
            with self._counting:
                self._account_changes += 1
        self.pulse.beat()

    def close(self) -> None:
        """Finish what was taken and let everything go; once is enough."""
        self._writer.close()
        self._threads.close()
        self._readers.close()
        for each in self._let_go:
            each()
