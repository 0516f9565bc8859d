"""The server's database: groups of use cases are committed together, and a server that is killed takes its group along.

Two kinds of it: the memory store's state, and SQLite in a file. Both keep the promise of the store's writer: whoever is
answered is on the disk, and whoever raised has left no trace.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar

from hostward.domain.host_scan import Unit
from hostward.domain.ids import LeaseId, Seq, TaskId
from hostward.domain.task import Task
from hostward.runtime.pulse import Pulse
from hostward.store.engine import sqlite_engine
from hostward.store.memory.state import State
from hostward.store.memory.store import MemoryUnitOfWork
from hostward.store.migrate import upgrade
from hostward.store.sealing import Sealer
from hostward.store.unit_of_work import SqlUnitOfWork
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Lease

T = TypeVar("T")
Work = Callable[[UnitOfWork], Any]
MAX_GROUP = 64


class Killed(Exception):
    """The server's process is gone."""


class DiskFull(Exception):
    """The database can't be written."""


@dataclass(frozen=True, slots=True)
class View:
    """What is committed, as far as the oracle looks at it."""

    tasks: Mapping[TaskId, Task]
    units: Mapping[tuple[TaskId, Seq], Unit]
    leases: Mapping[LeaseId, Lease]


class Kept(Protocol):
    """What survives the server: committed transactions."""

    def run(self, work: Work) -> Any:
        """Run work in the open group; what raises leaves no trace."""
        ...

    def begin(self) -> None:
        """Open a group."""
        ...

    def commit(self) -> None:
        """Keep the group."""
        ...

    def roll_back(self) -> None:
        """Lose it."""
        ...

    def read(self, work: Work) -> Any:
        """Run work on what is committed."""
        ...

    def view(self) -> View:
        """All that the oracle looks at."""
        ...

    def close(self) -> None:
        """The end."""
        ...


class InMemory:
    """Kept as the memory store keeps it: a group works on a copy."""

    def __init__(self) -> None:
        self.state = State()
        self._staged = self.state

    def begin(self) -> None:
        """See Kept."""
        self._staged = self.state

    def run(self, work: Work) -> Any:
        """See Kept."""
        attempt = self._staged.copy()
        result = work(MemoryUnitOfWork(attempt))
        self._staged = attempt
        return result

    def commit(self) -> None:
        """See Kept."""
        self.state = self._staged

    def roll_back(self) -> None:
        """See Kept."""
        self._staged = self.state

    def read(self, work: Work) -> Any:
        """See Kept."""
        return work(MemoryUnitOfWork(self.state))

    def view(self) -> View:
        """See Kept."""
        return View(self.state.tasks, self.state.units, self.state.leases)

    def close(self) -> None:
        """See Kept."""


class OnSqlite:
    """Kept by the product's SQL in a file; leases are asked for one by one, since no port lists them."""

    def __init__(self, folder: Path) -> None:
        self._writing = sqlite_engine(folder / "simulated.db", writes=True, connections=1)
        self._reading = sqlite_engine(folder / "simulated.db", writes=False, connections=1)
        upgrade(self._writing)
        self._sealer = Sealer(bytes(32))
        self._connection: Any = None
        self._transaction: Any = None
        self._leases = 0

    def begin(self) -> None:
        """See Kept."""
        self._connection = self._writing.connect()
        self._transaction = self._connection.begin()

    def run(self, work: Work) -> Any:
        """See Kept."""
        savepoint = self._connection.begin_nested()
        try:
            uow = SqlUnitOfWork(self._connection, self._sealer)
            result = work(uow)
            uow.finish()
        except BaseException:
            savepoint.rollback()
            raise
        savepoint.commit()
        return result

    def commit(self) -> None:
        """See Kept."""
        self._transaction.commit()
        self._connection.close()

    def roll_back(self) -> None:
        """See Kept."""
        self._transaction.rollback()
        self._connection.close()

    def read(self, work: Work) -> Any:
        """See Kept."""
        with self._reading.connect() as connection, connection.begin():
            return work(SqlUnitOfWork(connection, self._sealer))

    def view(self) -> View:
        """See Kept."""
        return self.read(self._viewed)

    def close(self) -> None:
        """See Kept."""
        self._writing.dispose()
        self._reading.dispose()

    def _viewed(self, uow: UnitOfWork) -> View:
        numbers = iter(range(1, 1 << 20))
        tasks = {}
        while (task := uow.tasks.get(TaskId(next(numbers)))) is not None:
            tasks[task.id] = task
        units = {(task, unit.seq): unit for task in tasks for unit in uow.tasks.units(task)}
        leases = {}
        while (lease := uow.tasks.lease(LeaseId(len(leases) + 1))) is not None:
            leases[lease.id] = lease
        return View(tasks, units, leases)


class Database:
    """usecases.ports.Store for one process of the server. committed: called with what is there after each commit."""

    def __init__(self, kept: Kept, random: Random, *, slow: float, committed: Callable[[], None]) -> None:
        self.kept = kept
        self.pulse = Pulse()
        self._random = random
        self._slow = slow
        self._committed = committed
        self._queue: list[tuple[Work, asyncio.Future[Any]]] = []
        self._is_serving = False
        self._is_in_group = False
        self.is_alive = True
        self.is_full = False

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """See Store."""
        await asyncio.sleep(self._random.random() * self._slow if self._slow else 0)
        self._must_live()
        return self.kept.read(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """See Store."""
        self._must_live()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append((work, future))
        if not self._is_serving:
            self._is_serving = True
            asyncio.get_running_loop().create_task(self._serve())
        return await future

    def kill(self) -> None:
        """The process is gone: the open group was never committed."""
        self.is_alive = False
        if self._is_in_group:
            self.kept.roll_back()
        self._is_in_group = False

    async def _serve(self) -> None:
        while self._queue and self.is_alive:
            group, self._queue = self._queue[:MAX_GROUP], self._queue[MAX_GROUP:]
            done = self._run(group)
            await asyncio.sleep(self._slow * self._random.random() if self._slow else 0)
            if not self.is_alive:
                return
            self._is_in_group = False
            full = DiskFull("database or disk is full") if self.is_full else None
            if full is None:
                self.kept.commit()
                self._committed()
            else:
                self.kept.roll_back()
            for future, result, problem in done:
                if not future.done():
                    self._settle(future, result, problem or full)
        self._is_serving = False

    def _run(
        self, group: list[tuple[Work, asyncio.Future[Any]]]
    ) -> list[tuple[asyncio.Future[Any], Any, Exception | None]]:
        self.kept.begin()
        self._is_in_group = True
        done: list[tuple[asyncio.Future[Any], Any, Exception | None]] = []
        for work, future in group:
            if future.done():
                continue
            try:
                done.append((future, self.kept.run(work), None))
            except Exception as problem:  # it is its caller's, the others go on
                done.append((future, None, problem))
        return done

    def _settle(self, future: asyncio.Future[Any], result: Any, problem: Exception | None) -> None:
        if problem is not None:
            future.set_exception(problem)
        else:
            future.set_result(result)

    def _must_live(self) -> None:
        if not self.is_alive:
            raise Killed

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """See Store."""
        return self.kept.read(work)

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """See Store."""
        raise NotImplementedError("a simulated server never blocks")

    def close(self) -> None:
        """See Store."""
