"""Limits of scans in memory."""

from collections.abc import Mapping, Sequence

from hostward.domain.ids import AccountId, MachineId
from hostward.domain.limits import Limit, LimitOf
from hostward.domain.schedule import Window
from hostward.store.limits import windows
from hostward.store.memory.state import State


class MemoryLimits:
    """ports.Limits."""

    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, account: AccountId, limit: Limit) -> None:
        """Store a limit; an empty one removes what was there."""
        key = (account, limit.of, limit.number)
        if limit.limits.is_empty:
            self._state.limits.pop(key, None)
        else:
            self._state.limits[key] = limit

    def of_account(self, account: AccountId) -> Sequence[Limit]:
        """All of the account's limits."""
        return [limit for (whose, *_), limit in sorted(self._state.limits.items()) if whose == account]

    def of_machine(self, machine: MachineId) -> Sequence[Limit]:
        """Those that concern a machine."""
        known = self._state.machines.get(machine)
        if known is None:
            return []
        account, tags = known.account, self._tags(machine)
        return [
            limit
            for limit in self.of_account(account)
            if limit.of is LimitOf.ACCOUNT
            or (limit.of is LimitOf.TAG and limit.number in tags)
            or (limit.of is LimitOf.MACHINE and limit.number == machine)
        ]

    def windows(self, account: AccountId) -> Mapping[MachineId, Window]:
        """The hours of each machine that has some."""
        machines = [machine for machine, known in self._state.machines.items() if known.account == account]
        limits = [limit for limit in self.of_account(account) if limit.limits.window is not None]
        tagged = [(tag, machine) for machine in machines for tag in self._tags(machine)]
        return windows(limits, tagged, machines)

    def _tags(self, machine: MachineId) -> frozenset[int]:
        account = self._state.machines[machine].account
        names = self._state.machine_tags.get(machine, ())
        return frozenset(self._state.labels[account, name] for name in names if (account, name) in self._state.labels)
