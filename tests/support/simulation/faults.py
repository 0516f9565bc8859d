"""When things go wrong in a history, and what people want of the server meanwhile."""

import asyncio
from collections.abc import Callable

from hostward.domain.ids import AccountId
from hostward.domain.module import Module
from hostward.usecases.machines.leave import release
from hostward.usecases.ports import UnitOfWork
from simulation.machines import Machine
from simulation.people import again, begin, end, look
from simulation.world import World

MANY = 4
LOOKS_EVERY = 60.0
"""Seconds between two looks of people at machines that are kept out."""

STEPS = (-86_400.0, -3600.0, -90.0, -5.0, 5.0, 90.0, 3600.0, 86_400.0)
"""Seconds by which a clock is set wrong."""


def peoples_wishes(world: World, account: AccountId) -> None:
    """Scans are started, looked at, stopped and run again, at any time before everything works again."""
    random, plan = world.random, world.plan
    for number in range(plan.tasks):
        module = random.choice(tuple(Module))
        window = random.uniform(30.0, 600.0) if plan.has("window") and random.random() < 0.5 else 0.0
        at = random.uniform(5.0, plan.ends / 2) if number or random.random() < 0.3 else 5.0
        world.later(at, lambda module=module, window=window: world.go(begin(world, account, module, window)))
    for fault, act in (("stop", end), ("rerun", again), ("", look)):
        if fault and not plan.has(fault):
            continue
        for _ in range(random.randint(1, 3)):
            at = random.uniform(6.0, plan.ends)
            world.later(at, lambda act=act: _with_a_task(world, lambda task: world.go(act(world, account, *task))))


def _with_a_task(world: World, act: Callable[[tuple], None]) -> None:
    if world.tasks:
        act(world.random.choice(world.tasks))


def disturb(world: World) -> None:
    """Plan everything that is not drawn message by message."""
    for fault, act in _ACTS.items():
        if world.plan.has(fault):
            for _ in range(world.random.randint(1, MANY)):
                world.later(
                    world.random.uniform(1.0, world.plan.ends - 1.0), lambda act=act: _unless_healed(world, act)
                )


def heal(world: World) -> None:
    """From now on everything works."""
    world.log("everything works again")
    world.is_healed = True
    world.server.is_busy = world.server.database.is_full = False
    world.server.healthy_since = world.now()
    world.server.look_soon()
    world.server.slow = world.server.database._slow = 0.004
    _set_clock(world, 0.0)
    if not world.server.is_up:
        _server_returns(world)
    for machine in list(world.machines):
        machine.network.is_healed = True
        machine.disk.full_until = machine.disk.unreadable = 0.0
        machine.disk.crash_in = 0
        machine.clock.error = 0.0
        if machine.name.startswith("clone"):
            machine.kill(is_power=False)
            world.machines.remove(machine)
        else:
            machine.start()
    world.go(_let_in(world))


async def _let_in(world: World) -> None:
    """People let a machine in again that was kept out while two used its key.

    They look again: a clone that has just gone may yet be taken for the second of two when the first comes back.
    """
    for machine in world.machines:
        if machine.quuid:
            await world.ask(lambda uow, quuid=machine.quuid: _released(uow, quuid))
    while not world.rested.is_set():
        await asyncio.sleep(LOOKS_EVERY)
        for quuid in world.kept.read(_kept_out):
            await world.ask(lambda uow, quuid=quuid: _released(uow, quuid))


def _kept_out(uow: UnitOfWork) -> list[str]:
    return [known.quuid for known in uow.machines.of_account(AccountId(1)) if known.quarantined is not None]


def _released(uow: UnitOfWork, quuid: str) -> None:
    for known in (each for each in uow.machines.of_account(AccountId(1)) if each.quuid == quuid):
        if known.quarantined is not None:
            release(uow, account=known.account, quuid=quuid)


def _unless_healed(world: World, act: Callable[[World, Machine], None]) -> None:
    if not world.is_healed:
        act(world, world.random.choice(world.machines))


def _partition(world: World, machine: Machine) -> None:
    seconds = world.random.choice((5.0, 60.0, 130.0, 600.0))
    world.log(f"{machine.name}: cut off for {seconds:.0f} s")
    machine.network.cut_until = max(machine.network.cut_until, world.now() + seconds)


def _kill(world: World, machine: Machine) -> None:
    machine.kill(is_power=False)
    world.later(world.random.choice((0.1, 3.0, 30.0, 200.0)), machine.start)


def _power_cut(world: World, machine: Machine) -> None:
    machine.kill(is_power=True)
    world.later(world.random.choice((3.0, 30.0, 200.0)), machine.start)


def _crash_at_disk(world: World, machine: Machine) -> None:
    machine.disk.crash_in = world.random.randint(1, 12)
    machine.disk.crash_is_power = world.random.random() < 0.5


def _server_killed(world: World, _machine: Machine) -> None:
    if world.server.is_up:
        world.log("server: killed")
        world.server.kill()
        world.oracle.excused += 1
        world.later(world.random.choice((0.1, 3.0, 40.0, 200.0)), lambda: _server_returns(world))


def _server_returns(world: World) -> None:
    if not world.server.is_up:
        world.log("server: starts")
        world.server.start()


def _server_restarted(world: World, _machine: Machine) -> None:
    if world.server.is_up:
        world.go(_restart(world))


async def _restart(world: World) -> None:
    world.log("server: is stopped")
    world.oracle.excused += 1
    await world.server.stop()
    await asyncio.sleep(1.0)
    _server_returns(world)


def _server_clock(world: World, _machine: Machine) -> None:
    error = world.random.choice(STEPS)
    _set_clock(world, error)
    world.later(world.random.uniform(20.0, 400.0), lambda: _set_clock(world, 0.0))


def _set_clock(world: World, error: float) -> None:
    if world.clock.error != error:
        world.log(f"server: its clock is {error:+.0f} s wrong")
        world.clock.error = error
        world.oracle.excused += 1
        world.server.healthy_since = world.now()
        world.server.look_soon()


def _agent_clock(world: World, machine: Machine) -> None:
    machine.clock.error = world.random.choice((*STEPS, 0.0))
    world.log(f"{machine.name}: its clock is {machine.clock.error:+.0f} s wrong")


def _clone(world: World, machine: Machine) -> None:
    """The machine is copied, agent and all, while it runs; the copy's kernel is another boot."""
    if len(world.machines) > world.plan.machines or not machine.uuid:
        return
    copy = Machine(
        name=f"clone of {machine.name}", random=machine.random, now=machine.now, network=machine.network,
        oracle=machine.oracle, behaves=machine.behaves, log=machine.log, key=machine.key, token=machine.token,
        version=machine.version, uuid=machine.uuid, quuid=machine.quuid, crashed=machine.crashed,
    )  # fmt: skip
    copy.disk = machine.disk.copy()
    copy.disk.process_died(is_power=world.random.random() < 0.5)
    world.oracle.excused += 1000  # two agents that end one another's leases
    world.machines.append(copy)
    world.log(f"{machine.name}: is cloned")
    copy.start()


def _disk_full(world: World, machine: Machine) -> None:
    machine.disk.full_until = world.now() + world.random.choice((3.0, 60.0, 300.0))
    world.log(f"{machine.name}: disk full until {machine.disk.full_until:.0f}")


def _disk_unreadable(world: World, machine: Machine) -> None:
    machine.unreliable = True
    machine.disk.unreadable = world.random.choice((0.0, 0.1, 0.5))


def _server_disk_full(world: World, _machine: Machine) -> None:
    def back() -> None:
        database.is_full = False
        world.server.healthy_since = world.now()
        world.server.look_soon()

    database = world.server.database
    database.is_full = True
    world.log("server: disk full")
    world.later(world.random.choice((3.0, 60.0, 200.0)), back)


def _busy(world: World, _machine: Machine) -> None:
    def over() -> None:
        world.server.is_busy = False

    world.server.is_busy = True
    world.later(world.random.choice((3.0, 60.0, 200.0)), over)


_ACTS: dict[str, Callable[[World, Machine], None]] = {
    "partition": _partition,
    "agent kill": _kill,
    "agent power cut": _power_cut,
    "agent crash at the disk": _crash_at_disk,
    "server kill": _server_killed,
    "server restart": _server_restarted,
    "server clock": _server_clock,
    "agent clock": _agent_clock,
    "clone": _clone,
    "agent disk full": _disk_full,
    "agent disk unreadable": _disk_unreadable,
    "server disk full": _server_disk_full,
    "busy": _busy,
}
