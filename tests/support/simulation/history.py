"""One history from its seed: machines enrol, people want scans, things go wrong, and all comes to rest."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.domain.host_scan import WHOLE, FailType, UnitState
from hostward.domain.ids import AccountId, LeaseId
from hostward.usecases.machines.enrol import allow
from hostward.usecases.ports import UnitOfWork
from simulation.database import InMemory, Kept
from simulation.disk import Crash
from simulation.faults import disturb, heal, peoples_wishes
from simulation.machines import Machine
from simulation.network import Network
from simulation.oracle import Broken
from simulation.plan import Plan, plan_of
from simulation.scanner import Behaviour, behaviour
from simulation.server import SimulatedClock
from simulation.virtual_time import NothingHappens, play
from simulation.world import World, shown

TOKEN = "token"
AT_REST_WITHIN = 4 * 3600.0
"""Seconds from the end of all faults to rest: the longest deadline, and agents that keep away for a while."""

SHOWN_WITHIN = 2.2
"""Seconds until a word on progress is the server's: Pace.step after the last one, the way there, and a commit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened in a history. states: how many units ended how."""

    seed: int
    seconds: float
    commits: int
    scans: int
    faults: tuple[str, ...]
    states: dict[str, int]


def run(
    seed: int, *, kept: Callable[[], Kept] = InMemory, log: Callable[[str], None] | None = None,
    more: Callable[[World, AccountId], None] = lambda world, account: None,
) -> Outcome:  # fmt: skip
    """Play the history of a seed. Raises Broken, or what the product raised, when a promise was not kept.

    more: plans what else people want, at the beginning.
    """
    store = kept()
    try:
        return play(lambda: _history(seed, store, log, more))
    finally:
        store.close()


async def _history(
    seed: int, kept: Kept, log: Callable[[str], None] | None, more: Callable[[World, AccountId], None]
) -> Outcome:
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
    more(world, account)
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
    if plan.costs_only_time:
        _as_scanned(world)
    return Outcome(seed, loop.time(), world.oracle.commits, world.oracle.starts, tuple(sorted(plan.faults)), states)


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
        stepped=lambda lease, done: world.later(SHOWN_WITHIN, lambda: _seen(world, lease, done)),
    )  # fmt: skip


def _seen(world: World, lease: int, done: float) -> None:
    """Where nothing goes wrong, what a scanner said of its progress is known to the server by now."""
    known = world.kept.view().leases.get(LeaseId(lease))
    if not world.plan.is_calm or known is None:
        return
    unit = world.kept.view().units[known.task, known.seq]
    at_work = unit.run == known.run and unit.lease == lease and unit.state in (UnitState.LEASED, UnitState.RUNNING)
    if at_work and unit.progress < int(done * WHOLE) - 1:
        raise Broken(f"{SHOWN_WITHIN} s after its scanner said {done:.2f} {shown(unit)}")


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
    open_units = [shown(unit) for unit in world.kept.view().units.values() if not unit.is_final]
    held = {machine.name: machine.agent.loop.holding for machine in world.machines if machine.agent is not None}
    return f"units {open_units}, leases held {held}"


def _as_scanned(world: World) -> None:
    """Nothing went wrong, or only what makes scans wait: each unit ended as its scanner did."""
    for unit in world.kept.view().units.values():
        is_late = unit.fail is FailType.TIMEOUT and (unit.lease is None or not world.plan.is_calm)
        if unit.state is UnitState.STOPPED or is_late:
            continue  # one of them waited for an earlier scan of its machine, or for room, until its time was over
        said = list(world.oracle.said.get(unit.lease or 0, {}).values())
        if not said:
            raise Broken(f"nothing went wrong, and {shown(unit)} was never scanned")
        expected = {"": UnitState.OK}.get("ended" if said[-1].failure is None else said[-1].failure, UnitState.FAIL)
        if unit.state is not expected:
            raise Broken(f"nothing went wrong, and {shown(unit)} is not {expected.name}: {said[-1].failure}")
