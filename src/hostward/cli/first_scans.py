"""Which scans `up` starts by itself."""

from collections.abc import Callable, Sequence
from datetime import datetime

from hostward.domain.ids import AccountId, MachineId, TaskId
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.task import Trigger
from hostward.scanners.baseline import catalogue
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import start as start_scan
from hostward.wiring.embedded import Embedded

OPTIONS: dict[Module, Options] = {
    Module.VUL: VulOptions(),
    Module.MALWARE: MalwareOptions(pattern=Pattern.QUICK),
    Module.BASELINE: BaselineOptions(),
}
"""All levels, the quick pattern, every built-in item."""

CONTENT: dict[Module, Callable[[], tuple[str, ...]]] = {
    Module.VUL: lambda: ("1", "2", "4"),
    Module.MALWARE: lambda: (str(int(Pattern.QUICK)),),
    Module.BASELINE: lambda: tuple(policy.name for policy in catalogue.POLICIES),
}
"""What these scans say they look at (ScanContent)."""

BY = "first run"


def start(running: Embedded, *, everything: bool) -> Sequence[TaskId]:
    """Start the scans of this machine that are to be watched.

    everything: one of each module, anew. Otherwise only of modules that never finished here; one that is under way
    is watched, not started again.
    """
    tasks = [_one(running, module, anew=everything) for module in OPTIONS]
    return [task for task in tasks if task is not None]


def _one(running: Embedded, module: Module, *, anew: bool) -> TaskId | None:
    now, machine = running.clock.now(), running.machine
    account = running.owner.account
    if not anew:
        open_task, finished = running.store.read_now(lambda uow: _known(uow, account, module, machine.id))
        if open_task is not None or finished:
            return open_task
    started = running.store.write_now(
        lambda uow: start_scan(
            uow,
            request=_request(running, module),
            account=account,
            by=BY,
            trigger=Trigger.ONE_CLICK,
            now=now,
        )
    )
    running.hub.wake(started.wake)
    return started.task


def _known(
    uow: UnitOfWork, account: AccountId, module: Module, machine: MachineId
) -> tuple[TaskId | None, datetime | None]:
    """A task that is still under way, and when the machine was last judged by this module."""
    newest = uow.tasks.newest(account, module)
    open_task = newest.id if newest is not None and not newest.tally.is_done else None
    current = uow.results.current(machine, module)
    return open_task, current[1] if current is not None else None


def _request(running: Embedded, module: Module) -> ScanRequest:
    return ScanRequest(
        options=OPTIONS[module],
        content=CONTENT[module](),
        scope=Scope(everything=False, quuids=(running.machine.quuid,)),
        timeout=running.default_timeout,
    )
