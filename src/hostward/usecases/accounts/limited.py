"""What a user who is limited to tags can reach: every query goes through here, so that no use case can forget it.

Such a user sees the machines that have one of their tags, the tasks with at least one of those machines, and of a task
those machines' rows and counts. What they start, stop or run again concerns those machines only. All that reaches
beyond machines raises Forbidden.
"""

from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any, NoReturn, TypeVar, cast

from hostward.domain.account import User
from hostward.domain.errors import Forbidden
from hostward.domain.ids import MachineId
from hostward.usecases.account_ports import Accounts, Audit, Requests
from hostward.usecases.accounts.limited_ignores import LimitedIgnores
from hostward.usecases.accounts.limited_limits import LimitedLimits
from hostward.usecases.accounts.limited_machines import LimitedFleet, LimitedMachines, LimitedResults
from hostward.usecases.accounts.limited_tasks import LimitedTasks
from hostward.usecases.accounts.limited_vul_events import LimitedVulEvents
from hostward.usecases.advisory_ports import Advisories
from hostward.usecases.agent_ports import Agents
from hostward.usecases.enrolment_ports import Enrolments
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.retention_ports import Retention
from hostward.usecases.schedule_ports import Schedules
from hostward.usecases.session_ports import ConsoleSessions, Credentials
from hostward.usecases.total_ports import CountsTotals
from hostward.usecases.webhook_ports import Webhooks

T = TypeVar("T")

_READING = {"about", "covers", "feeds", "find", "fixes", "health", "numbers", "vuls"}
"""What a limited user may ask of vulnerability data."""


class LimitedStore:
    """ports.Store whose units of work reach no further than a user's machines."""

    def __init__(self, store: Store, user: User) -> None:
        self._store = store
        self._user = user

    def read(self, work: Callable[[UnitOfWork], T]) -> Coroutine[Any, Any, T]:
        """Run work on a consistent snapshot, off the event loop."""
        return self._store.read(lambda uow: work(LimitedUnitOfWork(uow, self._user)))

    def write(self, work: Callable[[UnitOfWork], T]) -> Coroutine[Any, Any, T]:
        """Run work in a transaction."""
        return self._store.write(lambda uow: work(LimitedUnitOfWork(uow, self._user)))

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """read(), for callers that are not on an event loop."""
        return self._store.read_now(lambda uow: work(LimitedUnitOfWork(uow, self._user)))

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """write(), for callers that are not on an event loop."""
        return self._store.write_now(lambda uow: work(LimitedUnitOfWork(uow, self._user)))

    def close(self) -> None:
        """Not this view's to end: whoever opened the store closes it."""


class LimitedUnitOfWork:
    """ports.UnitOfWork for a limited user.

    Accounts, sessions, audit and requests are passed on: what concerns them takes permissions that no limited user
    has, but for keys and sessions of their own. Advisories are the same for everybody; here they are read only.
    """

    def __init__(self, uow: UnitOfWork, user: User) -> None:
        self._uow = uow
        self._user = user

    @cached_property
    def reach(self) -> frozenset[MachineId]:
        """The machines that the user may see."""
        return self._uow.machines.tagged(self._user.account, self._user.tags)

    @property
    def tasks(self) -> LimitedTasks:
        """Tasks and units."""
        return LimitedTasks(self._uow.tasks, self._user, lambda: self.reach)

    @property
    def machines(self) -> LimitedMachines:
        """Machines and agents."""
        return LimitedMachines(self._uow.machines, self._user, lambda: self.reach)

    @property
    def agents(self) -> Agents:
        """The life of agents is a matter of the whole account."""
        return cast("Agents", _Closed(self._uow.agents, set()))

    @property
    def enrolments(self) -> Enrolments:
        """So is who may come in."""
        return cast("Enrolments", _Closed(self._uow.enrolments, set()))

    @property
    def results(self) -> LimitedResults:
        """Findings, inventories, verdicts."""
        return LimitedResults(self._uow.results, lambda: self.reach)

    @property
    def advisories(self) -> Advisories:
        """Vulnerability data."""
        return cast("Advisories", _Closed(self._uow.advisories, _READING))

    @property
    def accounts(self) -> Accounts:
        """Accounts and keys."""
        return self._uow.accounts

    @property
    def credentials(self) -> Credentials:
        """What people sign in with."""
        return self._uow.credentials

    @property
    def console_sessions(self) -> ConsoleSessions:
        """Browsers that are signed in."""
        return self._uow.console_sessions

    @property
    def audit(self) -> Audit:
        """Who changed what."""
        return self._uow.audit

    @property
    def requests(self) -> Requests:
        """The newest requests."""
        return self._uow.requests

    @property
    def schedules(self) -> Schedules:
        """Schedules are of the whole account."""
        return cast("Schedules", _Closed(self._uow.schedules, set()))

    @property
    def fleet(self) -> LimitedFleet:
        """All machines in reach, in a few numbers."""
        return LimitedFleet(self._uow.fleet, self._user)

    @property
    def vul_events(self) -> LimitedVulEvents:
        """Vulnerabilities of the machines in reach."""
        return LimitedVulEvents(self._uow.vul_events, lambda: self.reach)

    @property
    def totals(self) -> CountsTotals:
        """Numbers over all accounts are nothing for a user."""
        return cast("CountsTotals", _Closed(self._uow.totals, set()))

    @property
    def retention(self) -> Retention:
        """What is kept is of all accounts."""
        return cast("Retention", _Closed(self._uow.retention, set()))

    @property
    def webhooks(self) -> Webhooks:
        """Receivers are of the whole account."""
        return cast("Webhooks", _Closed(self._uow.webhooks, set()))

    @property
    def ignores(self) -> LimitedIgnores:
        """Rules that reach no further than the user's machines."""
        return LimitedIgnores(self._uow.ignores, self._user, lambda: self.reach)

    @property
    def limits(self) -> LimitedLimits:
        """Limits that concern no more than the user's machines."""
        return LimitedLimits(self._uow.limits, self._uow.machines, self._user, lambda: self.reach)

    @property
    def whole(self) -> UnitOfWork:
        """Without the limits: for messages about the whole account, which the user never sees."""
        return self._uow.whole


def store_for(store: Store, user: User) -> Store:
    """The store as this user may use it."""
    return LimitedStore(store, user) if user.is_limited else store


class _Closed:
    """Some methods of another object; all others are forbidden."""

    def __init__(self, inner: object, open_names: set[str]) -> None:
        self._inner = inner
        self._open = open_names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name) if name in self._open else _forbidden


def _forbidden(*_args: object, **_named: object) -> NoReturn:
    raise Forbidden("this concerns the whole account: ask somebody who is not limited to tags")
