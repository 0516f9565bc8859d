"""Limits of scans as a user sees and sets them who is limited to some machines: none that reaches further."""

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from hostward.domain.account import User
from hostward.domain.errors import Forbidden
from hostward.domain.ids import AccountId, MachineId, TagId
from hostward.domain.limits import Limit, LimitOf
from hostward.domain.schedule import Window
from hostward.usecases.limit_ports import Limits
from hostward.usecases.ports import Machines

Reach = Callable[[], frozenset[MachineId]]


class LimitedLimits:
    """ports.Limits: what holds for machines in reach may be read, and set for those machines and the user's tags."""

    def __init__(self, limits: Limits, machines: Machines, user: User, reach: Reach) -> None:
        self._limits = limits
        self._machines = machines
        self._user = user
        self._reach = reach

    def put(self, account: AccountId, limit: Limit) -> None:
        """Store a limit. Raises Forbidden for one that reaches further."""
        if not self._is_mine(account, limit):
            _forbidden()
        self._limits.put(account, limit)

    def of_account(self, account: AccountId) -> Sequence[Limit]:
        """The account's own limits, and those that reach no further than the user's machines."""
        every = self._limits.of_account(account)
        return [limit for limit in every if limit.of is LimitOf.ACCOUNT or self._is_mine(account, limit)]

    def of_machine(self, machine: MachineId) -> Sequence[Limit]:
        """Those that concern a machine in reach, whoever set them."""
        if machine not in self._reach():
            _forbidden()
        return self._limits.of_machine(machine)

    def windows(self, account: AccountId) -> Mapping[MachineId, Window]:
        """The hours of machines in reach."""
        reach = self._reach()
        return {machine: window for machine, window in self._limits.windows(account).items() if machine in reach}

    def _is_mine(self, account: AccountId, limit: Limit) -> bool:
        match limit.of:
            case LimitOf.ACCOUNT:
                return False
            case LimitOf.TAG:
                return self._machines.label_names(account).get(TagId(limit.number)) in self._user.tags
            case LimitOf.MACHINE:
                return limit.number in self._reach()


def _forbidden() -> NoReturn:
    raise Forbidden("this reaches beyond the machines that you are allowed to see")
