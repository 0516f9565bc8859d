"""Everything there is in one history, and how one of its things asks another."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from hostward.domain.host_scan import Unit
from hostward.domain.ids import TaskId
from hostward.domain.module import Module
from hostward.usecases.ports import UnitOfWork
from simulation.database import DiskFull, Kept, Killed
from simulation.machines import Machine
from simulation.oracle import Broken, Oracle
from simulation.plan import Plan
from simulation.server import Server, SimulatedClock


@dataclass
class World:
    """Everything there is in one history."""

    plan: Plan
    kept: Kept
    log: Callable[[str], None]
    machines: list[Machine] = field(default_factory=list)
    tasks: list[tuple[TaskId, Module]] = field(default_factory=list)
    is_healed: bool = False
    rested: asyncio.Event = field(default_factory=asyncio.Event)
    broken: BaseException | None = None

    def __post_init__(self) -> None:
        self.random = self.plan.random
        self.clock = SimulatedClock(self.now)
        self.oracle = Oracle(self.kept, self.clock, self._healthy)
        self.server = Server(
            self.kept, self.random, self.clock, slow=self.plan.commit, committed=self._committed,
            answered=self._answered,
        )  # fmt: skip
        self._background: set[asyncio.Task[Any]] = set()

    def now(self) -> float:
        """Seconds since the history began."""
        return asyncio.get_running_loop().time()

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do it then, unless a promise was broken before."""
        asyncio.get_running_loop().call_later(seconds, self._do, act)

    def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Begin something that takes time; what it raises ends the history."""
        task = asyncio.get_running_loop().create_task(self._watched(coroutine))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _watched(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except Exception as problem:  # whatever it is, the history is over
            self.fail(problem)

    def _do(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as problem:
            self.fail(problem)

    def fail(self, problem: BaseException) -> None:
        """The history is over: this was found."""
        if self.broken is None:
            self.broken = problem
            self.rested.set()

    def _healthy(self) -> float:
        """Seconds for which the server could do its work."""
        if not self.server.is_up or self.server.database.is_full:
            return 0.0
        return self.now() - self.server.healthy_since

    def _committed(self) -> None:
        try:
            changed = self.oracle.committed()
        except Broken as broken:
            self.fail(broken)
            return
        for before, after in changed:
            self.log(f"server: {shown(before)} -> {shown(after)}")

    def _answered(self, lease: int, answer: Any) -> None:
        self.log(f"server: lease {lease} is answered {answer}")
        try:
            self.oracle.answered(lease, answer)
        except Broken as broken:
            self.fail(broken)

    async def ask(self, work: Callable[[UnitOfWork], Any]) -> Any:
        """Somebody asks the server to change something; None when it could not be done."""
        if not self.server.is_up:
            return None
        database, hub = self.server.database, self.server.hub
        pending = asyncio.get_running_loop().create_task(database.write(work))
        await asyncio.wait((pending,), timeout=60.0)
        if not pending.done():
            return None
        try:
            result = pending.result()
        except (Killed, DiskFull):
            return None
        wake = getattr(result, "wake", result if isinstance(result, tuple) else ())
        hub.wake(wake)
        return result


def shown(unit: Unit | None) -> str:
    """A unit in a line of the trace."""
    if unit is None:
        return "nothing"
    return (
        f"{unit.task}/{unit.seq} run {unit.run} {unit.state.name} {unit.fail.value or ''} lease {unit.lease} "
        f"attempt {unit.attempt} {unit.progress / 100:.0f}% risks {unit.risk_num}"
    )
