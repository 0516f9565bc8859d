"""All machines of an account in a few numbers, in memory: each is looked at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from hostward.domain.ids import AccountId, MachineId, TaskId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.store.memory.machine_pages import meets
from hostward.store.memory.machines import MemoryMachines
from hostward.store.memory.pages import has_tag
from hostward.store.memory.state import State
from hostward.store.memory.tasks import MemoryTasks
from hostward.usecases.fleet_ports import AgentCount, FleetStanding, ModuleStanding
from hostward.usecases.records import MachineCondition

_EVERY = 2**31 - 1


class MemoryFleet:
    """ports.Fleet."""

    def __init__(self, state: State) -> None:
        self._state = state

    def agents(
        self, account: AccountId, conditions: Sequence[MachineCondition], *, heard_after: datetime
    ) -> Sequence[AgentCount]:
        """The versions of agents of machines that meet the conditions, by version."""
        machines, heard = Counter[str](), Counter[str]()
        for each in MemoryMachines(self._state).of_account(account):
            if meets(self._state, each, conditions):
                machines[each.facts.agent_version] += 1
                heard[each.facts.agent_version] += each.last_seen is not None and each.last_seen > heard_after
        return [AgentCount(version=one, machines=count, heard=heard[one]) for one, count in sorted(machines.items())]

    def standing(self, account: AccountId, tags: Sequence[str] = ()) -> FleetStanding:
        """What the current results say over the account's machines, or those with a tag."""
        chosen = {
            each.id
            for each in MemoryMachines(self._state).of_account(account)
            if not tags or has_tag(self._state, each.id, tags)
        }
        keys = [key for key in self._state.risks if key[0] in chosen]
        modules = {module: self._module([key for key in keys if key[1] is module]) for module in Module}
        return FleetStanding(
            judged=len({machine for machine, _ in keys}),
            modules={module: standing for module, standing in modules.items() if standing.judged},
        )

    def vul_levels(self, task: TaskId, tags: Sequence[str] = ()) -> Mapping[tuple[Level | None, bool], int]:
        """How many vulnerabilities a task found, by level and by whether a fix is known."""
        found = MemoryTasks(self._state).vuls(task, limit=_EVERY, tags=tags)
        return Counter((vul.level, bool(vul.fixed)) for vul in found)

    def _module(self, keys: Sequence[tuple[MachineId, Module]]) -> ModuleStanding:
        levels: Counter[Level | None] = Counter()
        for key in keys:
            known = self._state.risk_levels.get(key, {})
            levels.update(known)
            levels[None] += self._state.risks[key] - sum(known.values())
        return ModuleStanding(
            judged=len(keys),
            at_risk=sum(self._state.risks[key] > 0 for key in keys),
            levels={level: count for level, count in levels.items() if count},
        )
