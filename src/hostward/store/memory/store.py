"""The memory store: a transaction is a copy of everything, kept when it ends well."""

import threading
from collections.abc import Callable
from typing import TypeVar

from hostward.runtime.pulse import Pulse
from hostward.store.memory.accounts import MemoryAccounts
from hostward.store.memory.advisories import MemoryAdvisories
from hostward.store.memory.agents import MemoryAgents
from hostward.store.memory.audit import MemoryAudit
from hostward.store.memory.console_sessions import MemoryConsoleSessions
from hostward.store.memory.credentials import MemoryCredentials
from hostward.store.memory.enrolments import MemoryEnrolments
from hostward.store.memory.fleet import MemoryFleet
from hostward.store.memory.ignores import MemoryIgnores
from hostward.store.memory.limits import MemoryLimits
from hostward.store.memory.machines import MemoryMachines
from hostward.store.memory.requests import MemoryRequests
from hostward.store.memory.results import MemoryResults
from hostward.store.memory.retention import MemoryRetention
from hostward.store.memory.schedules import MemorySchedules
from hostward.store.memory.state import State
from hostward.store.memory.tasks import MemoryTasks
from hostward.store.memory.totals import MemoryTotals
from hostward.store.memory.vul_events import MemoryVulEvents
from hostward.store.memory.webhooks import MemoryWebhooks
from hostward.usecases.ports import UnitOfWork

T = TypeVar("T")


class MemoryUnitOfWork:
    """ports.UnitOfWork over one copy of the state."""

    def __init__(self, state: State) -> None:
        self.tasks = MemoryTasks(state)
        self.machines = MemoryMachines(state)
        self.agents = MemoryAgents(state)
        self.enrolments = MemoryEnrolments(state)
        self.results = MemoryResults(state)
        self.advisories = MemoryAdvisories(state)
        self.accounts = MemoryAccounts(state)
        self.credentials = MemoryCredentials(state)
        self.console_sessions = MemoryConsoleSessions(state)
        self.audit = MemoryAudit(state)
        self.requests = MemoryRequests(state)
        self.schedules = MemorySchedules(state)
        self.webhooks = MemoryWebhooks(state)
        self.ignores = MemoryIgnores(state)
        self.limits = MemoryLimits(state)
        self.fleet = MemoryFleet(state)
        self.totals = MemoryTotals(state)
        self.retention = MemoryRetention(state, self.results)
        self.vul_events = MemoryVulEvents(state)

    @property
    def whole(self) -> "MemoryUnitOfWork":
        """Itself: nobody's limits apply."""
        return self


class MemoryStore:
    """ports.Store in memory. Writes take turns; reads see what was there when they began."""

    def __init__(self) -> None:
        self._state = State()
        self._turn = threading.Lock()
        self._open = True
        self.pulse = Pulse()
        """Beats after every write."""
        self._account_changes = 0

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot."""
        return self.read_now(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction."""
        return self.write_now(work)

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a copy that is thrown away."""
        return work(MemoryUnitOfWork(self._state.copy()))

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a copy that takes the state's place unless it raises. Raises RuntimeError after close()."""
        with self._turn:
            if not self._open:
                raise RuntimeError("the store is closed")
            state = self._state.copy()
            result = work(MemoryUnitOfWork(state))
            before, self._state = self._state, state
            if (state.users, state.keys) != (before.users, before.keys):
                self._account_changes += 1
        self.pulse.beat()
        return result

    def account_changes(self) -> int:
        """How often users or keys were changed."""
        return self._account_changes

    def close(self) -> None:
        """No more writes."""
        with self._turn:
            self._open = False
