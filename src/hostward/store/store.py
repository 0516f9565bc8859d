"""The store over SQL: where units of work come from."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from hostward.runtime.pulse import Pulse
from hostward.store.readers import Readers
from hostward.store.sealing import Sealer
from hostward.store.unit_of_work import SqlUnitOfWork
from hostward.usecases.ports import UnitOfWork

T = TypeVar("T")


class Writer(Protocol):
    """Runs use cases that change something."""

    def start(self) -> None:
        """Begin to serve."""
        ...

    def submit(self, work: Callable[[UnitOfWork], T]) -> Future[T]:
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
        self._sealer = sealer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="store-reader")
        self._let_go = let_go
        writer.start()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot, in a thread of the pool."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.read_now, work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction; returns once it is durable. Cancelled before its turn, it is not run."""
        return await asyncio.wrap_future(self._submitted(work))

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot, in the caller's thread."""
        with self._readers.snapshot() as connection:
            return work(SqlUnitOfWork(connection, self._sealer))

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction and wait until it is durable. Not to be called from within a unit of work."""
        return self._submitted(work).result()

    @property
    def waiting_writes(self) -> int:
        """How many writes are queued and not begun: a number that stays high says that the disk is too slow."""
        return self._writer.waiting

    def _submitted(self, work: Callable[[UnitOfWork], T]) -> Future[T]:
        future = self._writer.submit(work)
        future.add_done_callback(self._beat)
        return future

    def _beat(self, _future: object) -> None:
        self.pulse.beat()

    def close(self) -> None:
        """Finish what was taken and let everything go; once is enough."""
        self._writer.close()
        self._pool.shutdown(wait=True)
        self._readers.close()
        for each in self._let_go:
            each()
