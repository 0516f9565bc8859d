"""People who start, stop, rerun and look at scans while everything goes wrong."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hostward.domain.errors import HostwardError
from hostward.domain.host_scan import Unit, UnitState
from hostward.domain.ids import AccountId, TaskId
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, VulOptions
from hostward.domain.task import Trigger
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.describe import details
from hostward.usecases.scans.rerun import rerun
from hostward.usecases.scans.start import start
from hostward.usecases.scans.stop import stop
from simulation.oracle import Broken
from simulation.world import World, shown

OPTIONS: dict[Module, Options] = {
    Module.VUL: VulOptions(),
    Module.MALWARE: MalwareOptions(),
    Module.BASELINE: BaselineOptions(),
}
STARTS_WITHIN = 2.0
"""Seconds after which a machine that is not busy has begun, where nothing goes wrong."""

QUIET_WITHIN = 10.0
"""Seconds after a stop in which an undisturbed machine must be quiet."""


def request_of(random: Random, module: Module, window: float, now: datetime) -> ScanRequest:
    """A scan that somebody wants; in a window, which is so many seconds long, as schedules ask for it."""
    timeout = timedelta(seconds=window or random.choice((60, 200, 600, 1800)))
    queue = random.choice((None, None, timedelta(0), timedelta(seconds=120), timedelta(seconds=900)))
    return ScanRequest(
        options=OPTIONS[module], content=("1",), scope=Scope(everything=True), timeout=timeout,
        queue=timeout if window else queue, not_after=now + timeout if window else None,
    )  # fmt: skip


async def begin(world: World, account: AccountId, module: Module, window: float) -> None:
    """Somebody starts a scan."""
    request = request_of(world.random, module, window, world.clock.now())
    try:
        started = await world.ask(
            lambda uow: start(
                uow, request=request, account=account, by="admin", trigger=Trigger.ONE_CLICK, now=world.clock.now()
            )
        )
    except HostwardError as refused:
        world.log(f"people: a scan is refused: {refused}")
        return
    if started is not None:
        world.log(f"people: task {started.task} {module} of {started.machines}, {request.timeout} {request.queue}")
        world.tasks.append((started.task, module))
        world.later(STARTS_WITHIN, lambda: _begun(world, started.task))
        if world.plan.has("stop") and world.random.random() < 0.6:
            seconds = world.random.choice((0.05, 3.0, 60.0)) * world.random.uniform(0.5, 2.0)
            world.later(seconds, lambda: world.go(end(world, account, started.task, module)))


def _begun(world: World, task: TaskId) -> None:
    """Where nothing goes wrong, whoever has nothing else to scan with this module has begun."""
    if not world.plan.is_calm:
        return
    view = world.kept.view()
    module = view.tasks[task].module
    same = [unit for unit in view.units.values() if view.tasks[unit.task].module is module]
    busy = {unit.machine for unit in same if unit.state.holds_lease}
    for unit in view.units.values():
        if unit.task == task and unit.state is UnitState.PENDING and unit.machine not in busy:
            raise Broken(f"{STARTS_WITHIN} s after the start of its scan {shown(unit)}")


async def end(world: World, account: AccountId, task: TaskId, module: Module) -> None:
    """Somebody stops a task, or one machine of it; whoever is not disturbed must soon be quiet."""
    one = [machine.quuid for machine in world.machines if machine.quuid and world.random.random() < 0.3][:1]
    try:
        woken = await world.ask(
            lambda uow: stop(
                uow, account=account, module=module, task=task, quuids=tuple(one), by="admin", now=world.clock.now()
            )
        )
    except HostwardError as refused:
        world.log(f"people: a stop is refused: {refused}")
        return
    world.log(f"people: stop task {task} {one or ''}: {woken}")
    if woken:
        at = world.now()
        stopped = {
            unit.lease: unit for unit in world.kept.view().units.values()
            if unit.task == task and unit.state is UnitState.STOPPING
        }  # fmt: skip
        world.later(QUIET_WITHIN, lambda: _quiet(world, stopped, at))


def _quiet(world: World, stopped: dict[Any, Unit], at: float) -> None:
    """Machines that nothing happened to since then are quiet, and their units final."""
    if not world.plan.is_calm:
        return
    units = world.kept.view().units
    for lease, unit in stopped.items():
        now = units[unit.task, unit.seq]
        if now.run == unit.run and not now.is_final:
            raise Broken(f"{QUIET_WITHIN} s after a stop at {at:.0f} s {shown(now)}")
        running = [machine.name for machine in world.machines if machine.agent and lease in machine.agent.scanning]
        if running:
            raise Broken(f"{QUIET_WITHIN} s after a stop lease {lease} is scanned on {running}")


async def again(world: World, account: AccountId, task: TaskId, module: Module) -> None:
    """Somebody runs a task again."""
    try:
        done = await world.ask(
            lambda uow: rerun(
                uow, account=account, module=module, task=task, quuids=(), timeout=timedelta(seconds=300),
                now=world.clock.now(),
            )
        )  # fmt: skip
    except HostwardError as refused:
        world.log(f"people: a rerun is refused: {refused}")
        return
    world.log(f"people: task {task} again: {done}")


async def look(world: World, account: AccountId, task: TaskId, module: Module) -> None:
    """Somebody looks at a task."""
    if not world.server.is_up:
        return
    shown = world.kept.read(
        lambda uow: details(
            uow, account=account, module=module, task=task, conditions=(), limit=100, offset=0, now=world.clock.now()
        )
    )
    done = shown.task.tally.is_done
    if (shown.percent == 100) != done or shown.left.left < timedelta(0) or (shown.left.left == timedelta(0)) != done:
        raise Broken(f"task {task} is shown at {shown.percent} %, {shown.left} left, done: {done}")
