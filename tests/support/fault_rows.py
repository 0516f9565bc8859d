"""The rows of the fault matrix: what is done to a fleet, and what must hold afterwards.

Each takes a fleet that runs and a random generator, treats the fleet badly while it scans, lets it recover, and has the
oracle look at every unit (Fleet.check). It leaves the fleet as it found it, so that another row may follow.
"""

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from fault_fleet import Counts, Fleet, Program
from fault_proxy import Faults
from hostward.domain.host_scan import LEASE
from hostward.domain.ids import LeaseId, MachineId, TaskId
from hostward.domain.module import Module
from link_lab import until
from own_postgres import CrashingPostgres
from own_valkey import OwnValkey

LONG = ("/find/700", "/slowly/20", "/find/3")
FOUND = (*range(700), *range(20), *range(3))
"""What a scan of LONG finds on every machine, in this order."""

DAY = 86_400.0

Row = Callable[[Fleet, random.Random], Counts]


def kill_server(fleet: Fleet, chance: random.Random, *, times: int = 2) -> Counts:
    """Kill -9 of the server while results come in."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    for _ in range(times):
        time.sleep(chance.uniform(0.0, 1.5))
        fleet.restart_server()
    return _over(fleet, task, must="OK")


def kill_agent(fleet: Fleet, chance: random.Random, *, times: int = 2) -> Counts:
    """Kill -9 of one agent after the other; a unit whose agent dies too often fails, and says so."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    for _ in range(times):
        time.sleep(chance.uniform(0.0, 1.0))
        fleet.restart_agent(chance.randrange(len(fleet.agents)))
    return _over(fleet, task)


def kill_both(fleet: Fleet, chance: random.Random) -> Counts:
    """Kill -9 of server and agents in any order."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    for _ in range(2):
        time.sleep(chance.uniform(0.0, 0.8))
        if chance.random() < 0.5:
            fleet.restart_server()
        else:
            fleet.restart_agent(chance.randrange(len(fleet.agents)))
    return _over(fleet, task)


def bad_network(fleet: Fleet, chance: random.Random) -> Counts:
    """Three in ten messages are lost on their way or on the way back, doubled, late and out of order, or delayed."""
    _begin(fleet)
    fleet.proxy.faults = Faults(drop=0.1, drop_answer=0.1, double=0.1, late=0.05, delay=0.3, longest=0.4)
    task = fleet.scan(*LONG)
    fleet.finished(task)
    fleet.proxy.faults = Faults()
    return _over(fleet, task, must="OK")


def partition(fleet: Fleet, chance: random.Random, *, seconds: float = 120.0) -> Counts:
    """No line for longer than a lease lives, by the server's clock: the lease revives, and nothing is scanned twice."""
    assert seconds > LEASE.total_seconds()
    _begin(fleet)
    task, gate, leases = _at_work(fleet)
    fleet.proxy.cut()
    fleet.step_server_clock(seconds)
    until(lambda: fleet.task(task).tally.pending == fleet.machines)
    gate.touch()
    time.sleep(chance.uniform(0.0, 1.0))
    fleet.proxy.join()
    counts = _over(fleet, task, must="OK")
    assert _leases(fleet, task) == leases, fleet.units(task)
    return counts


def days_offline(fleet: Fleet, _chance: random.Random, *, days: float = 7.0) -> Counts:
    """Results that come days late are the machine's own; the task that waited for them has long ended."""
    _begin(fleet)
    task, gate, leases = _at_work(fleet)
    fleet.proxy.cut()
    fleet.step_server_clock(days * DAY)
    gate.touch()
    fleet.finished(task)
    ended = fleet.task(task).tally
    fleet.proxy.join()

    def brought() -> bool:
        now = {machine: fleet.read(lambda uow, m=machine: uow.results.current(m, Module.MALWARE)) for machine in leases}
        return all(one is not None and one[0] == leases[machine] for machine, one in now.items())

    until(brought)
    assert fleet.task(task).tally == ended
    return fleet.check(task, FOUND, must="FAIL", moved=days * DAY)


def agent_clocks(fleet: Fleet, chance: random.Random) -> Counts:
    """Clocks of agents jump by a day, to and fro, while they scan: only the server's counts."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    for off in (DAY, -DAY, 0.0):
        for agent in fleet.agents:
            agent.set_clock(off + chance.uniform(-600, 600))
            fleet.faults += 1
        time.sleep(0.3)
    return _over(fleet, task, must="OK")


def server_clock(fleet: Fleet, chance: random.Random) -> Counts:
    """The server's clock is set during a lease, forwards and backwards: every unit ends, and in time."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    until(lambda: fleet.runs(task))
    step = chance.choice((DAY, -DAY, 200.0, -200.0))
    fleet.step_server_clock(step)
    fleet.finished(task)
    counts = fleet.check(task, FOUND, moved=max(step, 0.0))
    # Agents whose sessions are from another day come back by themselves.
    after = fleet.scan("/find/5")
    fleet.finished(after)
    return counts.plus(fleet.check(after, range(5)))


def busy_server(fleet: Fleet, chance: random.Random) -> Counts:
    """Nine in ten messages are answered with 503 for a while."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    fleet.proxy.faults = Faults(busy=0.9)
    time.sleep(chance.uniform(1.5, 3.0))
    fleet.proxy.faults = Faults()
    return _over(fleet, task, must="OK")


CLONE_SECONDS = 150.0
"""An agent that was kept out asks again with patience: up to 30 s on these clocks."""


def cloned_agent(fleet: Fleet, _chance: random.Random) -> Counts:
    """A second machine with the same key speaks meanwhile: nothing is doubled, and one of them goes on in the end.

    Where both spoke often enough to be told apart neither is believed, until somebody lets in the one that is left.
    """
    _begin(fleet)
    (first,) = fleet.agents[0].order["data"]  # type: ignore[misc]  # each agent has a process of its own
    clone = Path(str(first)).with_name("clone")
    shutil.copytree(str(first), clone, ignore=shutil.ignore_patterns("spool", "work"))
    order = {**fleet.agents[0].order, "data": [str(clone)]}
    program = Program("fault_agent", order, clone.with_suffix(".log"))
    task = fleet.scan(*LONG, timeout=300)
    program.start()
    fleet.faults += 1
    try:
        until(lambda: fleet.runs(task) or fleet.task(task).tally.is_done)
        time.sleep(1.0)
    finally:
        program.kill()
        shutil.rmtree(clone)
    # The process that was left would be told apart from the clone at its next session, in the middle of another row.
    fleet.restart_agent(0)
    until(lambda: fleet.let_in() or fleet.task(task).tally.is_done, seconds=CLONE_SECONDS)
    return fleet.check(task, FOUND)


def reconnect_storm(fleet: Fleet, _chance: random.Random) -> Counts:
    """All agents lose their server at once, and come back at once."""
    _begin(fleet)
    task = fleet.scan("/find/120")
    fleet.restart_server()
    fleet.finished(task)
    fleet.restart_server()
    again = fleet.scan("/find/7")
    fleet.finished(again)
    return fleet.check(task, range(120), must="OK").plus(fleet.check(again, range(7), must="OK"))


def full_disk_of_server(fleet: Fleet, chance: random.Random, *, folder: Path) -> Counts:
    """The file system of the server's data is full for a while; what could not be kept is sent again."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    time.sleep(chance.uniform(0.2, 0.7))
    _fill(folder)
    fleet.faults += 1
    time.sleep(2.5)
    assert not fleet.task(task).tally.is_done
    (folder / "filler").unlink()
    return _over(fleet, task, must="OK")


def full_disk_of_agent(fleet: Fleet, chance: random.Random, *, folder: Path) -> Counts:
    """The file system of the agents' spools is full for a while: scans wait, and nothing is dropped."""
    _begin(fleet)
    _fill(folder)
    fleet.faults += 1
    task = fleet.scan(*LONG)
    time.sleep(chance.uniform(2.0, 3.0))
    assert not fleet.task(task).tally.is_done
    (folder / "filler").unlink()
    return _over(fleet, task, must="OK")


def database_restart(fleet: Fleet, chance: random.Random, *, database: CrashingPostgres) -> Counts:
    """PostgreSQL crashes and comes back while results come in."""
    _begin(fleet)
    task = fleet.scan(*LONG)
    time.sleep(chance.uniform(0.2, 1.2))
    database.crash()
    fleet.faults += 1
    time.sleep(chance.uniform(0.0, 1.0))
    database.again()
    fleet.forget_store()
    return _over(fleet, task, must="OK")


def hints_lost(fleet: Fleet, chance: random.Random, *, valkey: OwnValkey) -> Counts:
    """Valkey dies, hangs, and comes back: it carries only hints."""
    _begin(fleet)
    task = fleet.scan("/find/700")
    valkey.kill()
    time.sleep(chance.uniform(0.0, 0.3))
    again = fleet.scan("/find/7")
    valkey.start()
    valkey.freeze()
    third = fleet.scan("/find/8")
    valkey.thaw()
    fleet.faults += 2
    counts = Counts(faults=fleet.faults)
    for one, found in ((task, 700), (again, 7), (third, 8)):
        fleet.finished(one)
        counts = counts.plus(replace(fleet.check(one, range(found), must="OK"), faults=0))
    return counts


def _begin(fleet: Fleet) -> None:
    fleet.faults = 0
    fleet.proxy.done = Counter()
    fleet.proxy.faults = Faults()


def _at_work(fleet: Fleet) -> tuple[TaskId, Path, dict[MachineId, LeaseId | None]]:
    """A scan that all machines are at work on until the file returned is there, and by which leases.

    A machine that the server has given a lease to, and that did not hear of it yet, is given another after a silence,
    as it must be; and on a busy machine one scan may be over before another begins. So each has said a word first, and
    none comes to its end by itself.
    """
    gate = fleet.folder / f"gate {uuid4().hex}"
    task = fleet.scan(f"/wait{gate}", *LONG)
    until(lambda: fleet.task(task).tally.running == fleet.machines)
    return task, gate, _leases(fleet, task)


def _leases(fleet: Fleet, task: TaskId) -> dict[MachineId, LeaseId | None]:
    return {unit.machine: unit.lease for unit in fleet.units(task)}


def _over(fleet: Fleet, task: TaskId, *, must: str = "") -> Counts:
    fleet.finished(task)
    return fleet.check(task, FOUND, must=must)


def _fill(folder: Path) -> None:
    """Take all the room there is."""
    with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(65_536))
    with (folder / "filler").open("ab", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(256))


SHARED: Sequence[tuple[str, Row]] = (
    ("kill -9 of the server", kill_server),
    ("kill -9 of agents", kill_agent),
    ("kill -9 of both", kill_both),
    ("30 % lost, doubled, late, delayed", bad_network),
    ("partition longer than a lease", partition),
    ("clocks of agents off by a day", agent_clocks),
    ("503 storm", busy_server),
    ("cloned agent", cloned_agent),
    ("seven days offline", days_offline),
    ("clock of the server set", server_clock),
)
"""Rows that need nothing but a fleet; those that turn its clock come last."""
