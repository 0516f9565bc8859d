"""One history from its seed: machines enrol, people start, stop and rerun scans, things go wrong, and all comes to rest."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.domain.errors import HostwardError
from hostward.domain.host_scan import FailType, Unit, UnitState
from hostward.domain.ids import AccountId, TaskId
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, VulOptions
from hostward.domain.task import Trigger
from hostward.usecases.machines.enrol import allow
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.describe import details
from hostward.usecases.scans.rerun import rerun
from hostward.usecases.scans.start import start
from hostward.usecases.scans.stop import stop
from simulation.database import DiskFull, InMemory, Kept, Killed
from simulation.disk import Crash
from simulation.machines import Machine
from simulation.network import Network
from simulation.oracle import Broken, Oracle
from simulation.plan import Plan, plan_of
from simulation.scanner import Behaviour, behaviour
from simulation.server import Server, SimulatedClock
from simulation.virtual_time import NothingHappens, play

OPTIONS: dict[Module, Options] = {
    Module.VUL: VulOptions(),
    Module.MALWARE: MalwareOptions(),
    Module.BASELINE: BaselineOptions(),
}
TOKEN = "token"
QUIET_WITHIN = 10.0
"""Seconds after a stop in which an undisturbed machine must be quiet."""

STARTS_WITHIN = 2.0
AT_REST_WITHIN = 4 * 3600.0
"""Seconds from the end of all faults to rest: the longest deadline, and agents that keep away for a while."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened in a history. states: how many units ended how."""

    seed: int
    seconds: float
    commits: int
    scans: int
    faults: frozenset[str]
    states: dict[str, int]


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
            self.log(f"server: {_shown(before)} -> {_shown(after)}")

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


def run(seed: int, *, kept: Callable[[], Kept] = InMemory, log: Callable[[str], None] | None = None) -> Outcome:
    """Play the history of a seed. Raises Broken, or what the product raised, when a promise was not kept."""
    store = kept()
    try:
        return play(lambda: _history(seed, store, log))
    finally:
        store.close()


async def _history(seed: int, kept: Kept, log: Callable[[str], None] | None) -> Outcome:
    from simulation.faults import disturb, heal, peoples_wishes

    plan = plan_of(seed)
    loop = asyncio.get_running_loop()
    told = (lambda text: log(f"{loop.time():10.3f} {text}")) if log else (lambda text: None)
    world = World(plan, kept, told)
    told(f"{plan.machines} machines, faults: {', '.join(sorted(plan.faults)) or 'none'}, until {plan.ends:.0f} s")
    world.server.start()
    account = await world.ask(lambda uow: _new_account(uow, plan, world.clock))
    for number in range(plan.machines):
        world.machines.append(_machine(world, number))
    for machine in world.machines:
        away = plan.random.uniform(0.0, plan.ends) if plan.has("agent away") and plan.random.random() < 0.5 else 0.0
        world.later(away or plan.random.uniform(0.0, 3.0), machine.start)
    peoples_wishes(world, account)
    disturb(world)
    world.later(plan.ends, lambda: heal(world))
    world.later(plan.ends + 60.0, lambda: world.go(_rest(world)))
    try:
        await asyncio.wait_for(world.rested.wait(), plan.ends + AT_REST_WITHIN)
    except (TimeoutError, NothingHappens) as never:
        raise Broken(f"never at rest: {_restless(world)}") from never
    if world.broken is not None:
        raise world.broken
    world.oracle.settled()
    view = kept.view()
    states: dict[str, int] = {}
    for unit in view.units.values():
        states[unit.state.name] = states.get(unit.state.name, 0) + 1
    if plan.is_calm:
        _calm(world)
    return Outcome(seed, loop.time(), world.oracle.commits, world.oracle.starts, plan.faults, states)


def _new_account(uow: UnitOfWork, plan: Plan, clock: SimulatedClock) -> AccountId:
    account = uow.accounts.add_account("default")
    allow(uow, token=TOKEN, account=account, uses=plan.machines, life=timedelta(days=60), now=clock.now())
    return account


def _machine(world: World, number: int) -> Machine:
    plan, random = world.plan, Random(world.plan.random.random())
    name = f"machine {number}"
    network = Network(plan, random, world.server, world.log, name)
    version = "0.0.9" if plan.has("too old") and random.random() < 0.3 else "0.1.0"

    def behaves() -> Behaviour:
        return behaviour(random, stubborn=plan.has("stubborn scanner"))

    return Machine(
        name=name, random=random, now=world.now, network=network, oracle=world.oracle, behaves=behaves, log=world.log,
        key=Ed25519PrivateKey.from_private_bytes(random.randbytes(32)), token=TOKEN, version=version,
        crashed=lambda machine, crash: _crashed(world, machine, crash),
    )  # fmt: skip


def _crashed(world: World, machine: Machine, crash: Crash) -> None:
    machine.kill(is_power=crash.is_power)
    world.later(world.random.choice((0.5, 5.0, 100.0)), machine.start)


async def _rest(world: World) -> None:
    """Wait until every unit is final and every machine is at rest."""
    while world.broken is None:
        units = world.kept.view().units.values()
        if all(unit.is_final for unit in units) and all(machine.is_at_rest for machine in world.machines):
            world.rested.set()
            return
        await asyncio.sleep(5.0)


def _restless(world: World) -> str:
    open_units = [_shown(unit) for unit in world.kept.view().units.values() if not unit.is_final]
    held = {machine.name: machine.agent.loop.holding for machine in world.machines if machine.agent is not None}
    return f"units {open_units}, leases held {held}"


def _calm(world: World) -> None:
    """Nothing went wrong: each unit ended as its scanner did."""
    for unit in world.kept.view().units.values():
        if unit.state is UnitState.STOPPED or (unit.lease is None and unit.fail is FailType.TIMEOUT):
            continue  # one of them waited for an earlier scan of its machine until its time was over
        said = list(world.oracle.said.get(unit.lease or 0, {}).values())
        if not said:
            raise Broken(f"nothing went wrong, and {_shown(unit)} was never scanned")
        expected = {"": UnitState.OK}.get("ended" if said[-1].failure is None else said[-1].failure, UnitState.FAIL)
        if unit.state is not expected:
            raise Broken(f"nothing went wrong, and {_shown(unit)} is not {expected.name}: {said[-1].failure}")


def _shown(unit: Unit | None) -> str:
    if unit is None:
        return "nothing"
    return (
        f"{unit.task}/{unit.seq} run {unit.run} {unit.state.name} {unit.fail.value or ''} lease {unit.lease} "
        f"attempt {unit.attempt} {unit.progress / 100:.0f}% risks {unit.risk_num}"
    )


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
        stopped = {
            unit.lease: unit for unit in world.kept.view().units.values()
            if unit.task == task and unit.state is UnitState.STOPPING
        }  # fmt: skip
        world.later(QUIET_WITHIN, lambda at=world.now(): _quiet(world, stopped, at))


def _quiet(world: World, stopped: dict[Any, Unit], at: float) -> None:
    """Machines that nothing happened to since then are quiet, and their units final."""
    if not world.plan.is_calm:
        return
    units = world.kept.view().units
    for lease, unit in stopped.items():
        now = units[unit.task, unit.seq]
        if now.run == unit.run and not now.is_final:
            raise Broken(f"{QUIET_WITHIN} s after a stop at {at:.0f} s {_shown(now)}")
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
