"""The vulnerabilities that are known to be exploited, and how the account's machines stand to them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, VulId
from hostward.domain.known_vul_query import KnownVulQuery
from hostward.domain.module import Module
from hostward.domain.progress import percent
from hostward.domain.reason import Reason
from hostward.domain.task import ScanState, Task
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vulnerabilities.looked_for import looked_for, newest_tasks

EVERY = 2**31 - 1
"""More than any catalogue or task has."""


class Standing(IntEnum):
    """How the machines stand to a vulnerability; the numbers are those of EmergencyVul.Status."""

    NOT_DETECTED = 0
    AT_RISK = 1
    NO_RISK = 2
    DETECTING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """An exploited vulnerability. machines: those that have it by the newest task that looked for it.

    begun: when that one began, None when none did. percent: of a task that runs; 100 of one that is over, 0 of none.
    """

    vul: TaskVul
    standing: Standing
    machines: int
    begun: datetime | None
    percent: int


def emergencies(
    uow: UnitOfWork, account: AccountId, query: KnownVulQuery, uuids: Sequence[str] = ()
) -> list[Emergency]:
    """Those of them that are meant, in the order of the query.

    uuids: only what these machines have now, counted over them. Raises InvalidValue for a machine nobody knows.
    """
    _, ids = uow.advisories.find(query, limit=EVERY, offset=0)
    vuls = uow.advisories.vuls(ids)
    tasks = newest_tasks(uow, account)
    counted = {task.id: _machines(uow, task) for task in tasks}
    own = _on_machines(uow, account, uuids) if uuids else None
    found: list[Emergency] = []
    for vul in vuls:
        task = next((task for task in tasks if looked_for(task, vul)), None)
        machines = counted[task.id].get(vul.id, 0) if task is not None else 0
        if own is not None:
            machines = own[vul.key]
            if not machines:
                continue
        found.append(_emergency(vul, task, machines))
    return found


def _machines(uow: UnitOfWork, task: Task) -> Mapping[VulId, int]:
    return {vul.id: vul.machines for vul in uow.tasks.vuls(task.id, limit=EVERY)}


def _on_machines(uow: UnitOfWork, account: AccountId, uuids: Sequence[str]) -> Counter[str]:
    """How many of these machines have each vulnerability by their own newest results."""
    counted: Counter[str] = Counter()
    for uuid in dict.fromkeys(uuids):
        found = uow.machines.by_uuid(uuid)
        if found is None or found[0].account != account:
            raise InvalidValue.because(Reason.UNKNOWN_UUIDS, names=[uuid])
        current = uow.results.current(found[0].id, Module.VUL)
        if current is not None:
            matches = uow.ignores.counts_on(found[0].id, uow.results.matches(found[0].id, current[0]))
            counted.update({match.key for match in matches if not match.hidden})
    return counted


def _emergency(vul: TaskVul, task: Task | None, machines: int) -> Emergency:
    running = task is not None and task.state in {ScanState.SCANNING, ScanState.STOPPING}
    if running:
        standing = Standing.DETECTING
    elif machines:
        standing = Standing.AT_RISK
    else:
        standing = Standing.NOT_DETECTED if task is None else Standing.NO_RISK
    return Emergency(
        vul=vul,
        standing=standing,
        machines=machines,
        begun=task.begin if task is not None else None,
        percent=percent(task.tally) if task is not None else 0,
    )
