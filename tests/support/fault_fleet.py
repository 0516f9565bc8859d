"""A fleet of real processes that is treated badly: server, agents, a proxy between them, and the oracle of it all."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import psycopg

from fault_proxy import Proxy, proxy_to
from hostward.domain.host_scan import FailType, Unit, UnitState
from hostward.domain.ids import TaskId
from hostward.domain.task import HEARTBEAT, Task
from hostward.store.open import open_postgresql, read_sqlite
from hostward.store.sealing import key_of
from hostward.store.store import SqlStore
from hostward.usecases.ports import UnitOfWork
from link_lab import until
from running import Up, environment
from scaled_clock import ScaledClock

T = TypeVar("T")

SPEED = 10.0
"""A lease of 90 s lasts 9 s."""

START_SECONDS = 180.0
REAPS = timedelta(seconds=1)
"""The reaper looks every second of real time."""


@dataclass(slots=True)
class Counts:
    """What happened in a row of the matrix."""

    faults: int = 0
    units: Counter[str] = field(default_factory=Counter)
    findings: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """The sum."""
        return Counts(self.faults + other.faults, self.units + other.units, self.findings + other.findings)


@dataclass
class Program:
    """One of our processes. Commands go in by standard input."""

    name: str
    order: dict[str, object]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    prefix: tuple[str, ...] = ()
    """What the command line begins with, to run it elsewhere."""

    def start(self) -> None:
        """Start it."""
        paths = ":".join(path for path in sys.path if path)
        command = [*self.prefix, sys.executable, "-c", f"from {self.name} import main; main()", json.dumps(self.order)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, env={**environment(), "PYTHONPATH": paths}
            )

    def kill(self) -> None:
        """Kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self._close()

    def stop(self) -> None:
        """As an operator does."""
        if self.process is not None:
            self._close()
            self.process.wait(30)

    def set_clock(self, off: float) -> None:
        """Set its clock wrong by that many seconds, now and when it is started anew."""
        self.order["off"] = off
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(f"clock {off}\n".encode())
        self.process.stdin.flush()

    def _close(self) -> None:
        assert self.process is not None
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()


OWN_VERSION = "2026-12-01"


class Fleet:
    """Server, proxy and agents. Nothing runs before start(). speed: of all clocks."""

    def __init__(
        self, folder: Path, proxy: Proxy, *, seed: int, agents: int, speed: float, database: str,
        settings: dict[str, str], agents_in: Path, most: int = 0, together: bool = False,
    ) -> None:  # fmt: skip
        self.folder, self.proxy, self.seed = folder, proxy, seed
        self.data = folder / "server"
        self.faults = 0
        self._database = database
        self._store: SqlStore | None = None
        self._token = f"token-{seed}"
        self._speed = speed
        clock = {"origin": time.time(), "speed": speed}
        self.clock = ScaledClock(clock["origin"], speed)
        given = {
            "data_dir": str(self.data), "listen": f"127.0.0.1:{proxy.target}", "agent.poll_hold_seconds": "2",
            "agent.heartbeat_seconds": "1", "api.rate_per_second": "1000", "database.url": database, **settings,
        }  # fmt: skip
        self._ready = folder / "ready.json"
        order = {"settings": given, "ready": str(self._ready), "token": self._token, **clock}
        self.server = Program("fault_server", order, folder / "server.log")
        folders = [str(agents_in / f"agent{number}") for number in range(agents)]
        shared = {"url": proxy.url, "token": self._token, "most": most, **clock}
        groups = [folders] if together else [[one] for one in folders]
        self.agents = [
            Program("fault_agent", {"data": group, **shared}, folder / f"agents{number}.log")
            for number, group in enumerate(groups)
        ]
        self.machines = agents
        self.up: Up

    def start(self) -> None:
        """Start everything, and wait until all agents are enrolled."""
        self.start_server()
        for agent in self.agents:
            agent.start()
        until(lambda: self.read(self._enrolled) >= self.machines, seconds=START_SECONDS)

    def start_server(self) -> None:
        """Start the server and wait until it answers."""
        self._ready.unlink(missing_ok=True)
        self.server.start()
        process = self.server.process
        assert process is not None
        deadline = time.monotonic() + START_SECONDS
        while not self._ready.exists() or not self._ready.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{self.server.log.read_text()}")
            time.sleep(0.02)
        ready = json.loads(self._ready.read_text())
        self.server.order["token"] = ""
        self.up = Up(process=process, ready=ready, log=self.server.log, now=lambda: self.clock.now().timestamp())

    def restart_server(self) -> None:
        """Kill -9 and start anew."""
        self.server.kill()
        self.start_server()
        self.faults += 1

    def restart_agent(self, number: int) -> None:
        """Kill -9 and start anew."""
        self.agents[number].kill()
        self.agents[number].start()
        self.faults += 1

    def step_server_clock(self, seconds: float) -> None:
        """Set the server's clock to another time; the rest of the world goes on."""
        self.clock.off += seconds
        self.server.set_clock(self.clock.off)
        self.faults += 1

    def scan(self, *behaviours: str, timeout: int = 3600) -> TaskId:
        """Scan all machines with scanners that do this."""
        answer = self.up.call(
            "CreateScanMalwareSetting", ScanPattern=2, HostType=1, CustomPaths=list(behaviours), TimeoutPeriod=timeout
        )  # fmt: skip
        assert "TaskId" in answer, answer
        return TaskId(answer["TaskId"])

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """One look at what is stored."""
        if not self._database:
            return read_sqlite(self.data, work)
        if self._store is None:
            self._store = open_postgresql(self._database, key_of(self.data), threads=1)
        return self._store.read_now(work)

    def task(self, task: TaskId) -> Task:
        """A task."""
        found = self.read(lambda uow: uow.tasks.get(task))
        assert found is not None
        return found

    def units(self, task: TaskId) -> list[Unit]:
        """Its units."""
        return self.read(lambda uow: list(uow.tasks.units(task)))

    def runs(self, task: TaskId) -> bool:
        """Whether some machine is at work on it."""
        return self.task(task).tally.running > 0

    def finished(self, task: TaskId, *, seconds: float = 180.0) -> None:
        """Wait until the task is done."""
        try:
            until(lambda: self.task(task).tally.is_done, seconds=seconds)
        except AssertionError:
            logs = "\n".join(one.log.read_text()[-1500:] for one in (self.server, *self.agents))
            raise AssertionError(f"task {task} is not done: {self.units(task)}\n{logs}") from None

    def let_in(self) -> None:
        """What an operator does about machines that are kept out because two used their key."""
        for machine in self.read(lambda uow: list(uow.machines.of_account(uow.accounts.all()[0]))):
            if machine.quarantined is not None:
                answer = self.up.call("ReleaseMachine", service="hostward", version=OWN_VERSION, Quuid=machine.quuid)
                assert "Error" not in answer, answer

    def forget_store(self) -> None:
        """Look at the database anew: it was away."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def close(self) -> None:
        """End everything."""
        for agent in self.agents:
            agent.kill()
        self.server.kill()
        self.forget_store()

    def _enrolled(self, uow: UnitOfWork) -> int:
        account = uow.accounts.first()
        return 0 if account is None else sum(1 for one in uow.machines.of_account(account) if one.instance)

    # The oracle.

    def check(self, task: TaskId, expected: Sequence[int], *, must: str = "", moved: float = 0.0) -> Counts:
        """Raise AssertionError unless all that was promised holds.

        must: the state every unit must have, "" for any. moved: by how much the server's clock was set forwards, which
        nobody can be in time for.
        """
        found = self.task(task)
        assert found.tally.is_done, found.tally
        assert self.read(lambda uow: uow.tasks.recount(task)) == found.tally
        counts = Counts(faults=self.faults + sum(self.proxy.done.values()))
        for unit in self.units(task):
            assert not must or unit.state.name == must, unit
            self._check_end(found, unit, timedelta(seconds=moved))
            counts.findings += self._check_unit(unit, expected)
            counts.units[_word(unit)] += 1
        return counts

    def _check_end(self, task: Task, unit: Unit, moved: timedelta) -> None:
        assert unit.end is not None
        late = unit.end - (task.deadline + 2 * HEARTBEAT)
        assert late <= REAPS * self._speed * 2 + moved, (unit, late)

    def _check_unit(self, unit: Unit, expected: Sequence[int]) -> int:
        rows = self._rows(unit, unit.lease)
        # Each batch that was acknowledged is there once, in order; of one that ended well, all of them.
        assert rows == list(expected[: len(rows)]), (unit, len(rows), len(expected))
        if unit.state is UnitState.OK:
            assert len(rows) == len(expected), (unit, len(rows))
        for lost in self._losing(unit):
            assert not self._rows(unit, lost), (unit, lost)
        return len(rows)

    def _rows(self, unit: Unit, lease: int | None) -> list[int]:
        if lease is None:
            return []
        items = self.read(lambda uow: uow.results.items(unit.machine, lease))  # type: ignore[arg-type]  # its number
        return [int(item.path.rpartition(b"/")[2]) for item in items]  # type: ignore[union-attr]  # fake findings

    def _losing(self, unit: Unit) -> list[int]:
        """Leases given on this unit in this run that did not win."""
        query = "SELECT lease_id FROM lease WHERE task_id = {0} AND seq = {0} AND lease_id != {0}"
        values = (unit.task, unit.seq, unit.lease or 0)
        if self._database:
            with psycopg.connect(self._database.replace("postgresql+psycopg", "postgresql")) as connection:
                return [row[0] for row in connection.execute(query.replace("{0}", "%s"), values)]
        import sqlite3  # noqa: PLC0415  # beside the store: what it never tells

        connection = sqlite3.connect(f"file:{self.data / 'hostward.db'}?mode=ro", uri=True)
        try:
            return [row[0] for row in connection.execute(query.replace("{0}", "?"), values)]
        finally:
            connection.close()


def _word(unit: Unit) -> str:
    return unit.state.name.lower() if unit.fail is FailType.NONE else f"fail {unit.fail.value}"


@contextmanager
def fleet(
    folder: Path, *, seed: int, agents: int = 2, speed: float = SPEED, database: str = "",
    settings: dict[str, str] | None = None, agents_in: Path | None = None, most: int = 0, together: bool = False,
) -> Iterator[Fleet]:  # fmt: skip
    """A fleet that runs, for the length of a test.

    agents_in: where agents keep their data. most: bytes that a file of theirs may have. together: in one process.
    """
    with proxy_to(_free_port(), seed) as proxy:
        made = Fleet(
            folder, proxy, seed=seed, agents=agents, speed=speed, database=database, settings=settings or {},
            agents_in=agents_in or folder, most=most, together=together,
        )  # fmt: skip
        try:
            made.start()
            yield made
        finally:
            made.close()


def _free_port() -> int:
    import socket  # noqa: PLC0415  # only here

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def is_root() -> bool:
    """Whether file systems may be made."""
    return os.geteuid() == 0
