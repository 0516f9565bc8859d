"""Which scans looked for a vulnerability, and which machines they still look at."""

from collections.abc import Mapping, Sequence

from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.matching import level_or_unknown
from hostward.domain.module import Module
from hostward.domain.options import Category, VulOptions
from hostward.domain.task import ScanState, Task
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul

TASKS = 100
"""Newest tasks that are asked whether they looked for a vulnerability; older ones say nothing of today."""

RUNNING = frozenset({ScanState.SCANNING, ScanState.STOPPING})

Rechecks = Mapping[VulId, frozenset[MachineId]]
"""The machines that are still scanned for a vulnerability by a task that was started for it."""


def newest_tasks(uow: UnitOfWork, account: AccountId) -> Sequence[Task]:
    """The newest tasks, newest first, down to the one that looked for everything."""
    _, newest = uow.tasks.list(account, module=Module.VUL, states=frozenset(), limit=TASKS, offset=0)
    kept: list[Task] = []
    for task in newest:
        kept.append(task)
        if task.options == VulOptions():
            break
    return kept


def looked_for(task: Task, vul: TaskVul) -> bool:
    """Did the task's options let this one be found?"""
    options = task.options
    if not isinstance(options, VulOptions):
        return False
    if options.vul_ids:
        return vul.id in options.vul_ids
    level, _ = level_or_unknown(vul.level, vul.level_source)
    wanted = {category.value for category in options.categories}
    return level in options.levels and (vul.category in wanted or vul.category not in set(Category))


def rechecks(uow: UnitOfWork, account: AccountId) -> Rechecks:
    """What is being looked for by name now. Scans of everything are none: they would leave nothing pending."""
    _, running = uow.tasks.list(account, module=Module.VUL, states=RUNNING, limit=TASKS, offset=0)
    found: dict[VulId, frozenset[MachineId]] = {}
    for task in running:
        if not isinstance(task.options, VulOptions) or not task.options.vul_ids:
            continue
        machines = frozenset(unit.machine for unit in uow.tasks.open_units_of(task.id))
        for vul in task.options.vul_ids:
            found[vul] = found.get(vul, frozenset()) | machines
    return {vul: machines for vul, machines in found.items() if machines}
