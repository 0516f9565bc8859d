"""A server's agent plane on loopback, with a store in memory and a clock that can be set wrong."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from fake_scanners import fake_command
from hostward.agent.driver import Agent, Setup
from hostward.agent.pace import Pace
from hostward.agentlink.endpoints import AgentLink
from hostward.agentlink.hub import Hub
from hostward.domain.caps import UNCAPPED, Caps
from hostward.domain.host_scan import Unit
from hostward.domain.ids import MachineId, TaskId
from hostward.domain.machine import Machine
from hostward.domain.options import MalwareOptions, Pattern
from hostward.usecases.machines.enrol import allow
from small_fleet import Fleet, new_fleet

QUICK = Pace(first_wait=0.05, longest_wait=0.5, keep_away=0.5, step=0.2, flush=0.2, spool_retry=0.2)


class WrongClock:
    """The system's clock, some seconds off."""

    def __init__(self) -> None:
        self.off = 0.0

    def now(self) -> datetime:
        """See Clock.now."""
        return datetime.now(UTC) + timedelta(seconds=self.off)

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return time.monotonic()


class Server:
    """uvicorn in a thread, on a port that stays the same when it is started again."""

    def __init__(self, app: object, port: int = 0) -> None:
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self._thread.start()
        until(lambda: self._server.started)

    def stop(self) -> float:
        """End it; returns how long that took."""
        began = time.monotonic()
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.listener.close()
        return time.monotonic() - began


@dataclass
class Lab:
    """The agent plane and what it works on."""

    fleet: Fleet = field(default_factory=new_fleet)
    hub: Hub = field(default_factory=Hub)
    clock: WrongClock = field(default_factory=WrongClock)
    hold: float = 50.0
    caps: Caps = UNCAPPED
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.app = self._app()
        self.server = Server(self.app)

    def _app(self) -> AgentLink:
        return AgentLink(
            store=self.fleet.store, hub=self.hub, clock=self.clock, started=self.started,
            hold=timedelta(seconds=self.hold), caps=self.caps,
        )  # fmt: skip

    @property
    def url(self) -> str:
        """Where agents find it."""
        return f"http://127.0.0.1:{self.server.port}"

    def restart(self) -> None:
        """Another server process on the same store and port."""
        self.hub.close()
        self.server.stop()
        self.hub, self.started = Hub(), datetime.now(UTC)
        self.app = self._app()
        self.server = Server(self.app, self.server.port)

    def close(self) -> None:
        """The end."""
        self.hub.close()
        self.server.stop()

    def token(self, *, uses: int = 1) -> str:
        """A new enrolment token."""
        token = f"token-{time.monotonic_ns()}"
        now, account = self.clock.now(), self.fleet.account
        life = timedelta(hours=1)
        self.fleet.store.write_now(lambda uow: allow(uow, token=token, account=account, uses=uses, life=life, now=now))
        return token

    def agent(self, data: Path, *, token: str | None = None, pace: Pace = QUICK, notice: object = None) -> Agent:
        """A started agent with fake scanners."""
        given = self.token() if token is None else token
        setup = Setup(url=self.url, data=data, token=given, pace=pace, command=fake_command())
        agent = Agent(setup, notice=notice or (lambda text: None))  # type: ignore[arg-type]  # a test's own function
        agent.start()
        return agent

    def machines(self) -> list[Machine]:
        """All machines."""
        return list(self.fleet.store.read_now(lambda uow: uow.machines.of_account(self.fleet.account)))

    def machine(self) -> Machine:
        """The one machine, once its agent has opened a session."""
        until(lambda: any(machine.instance for machine in self.machines()))
        return next(machine for machine in self.machines() if machine.instance)

    def scan(self, *behaviours: str, timeout: float = 600) -> TaskId:
        """Start a malware scan of all machines that does this."""
        self.machine()
        self.fleet.now = self.clock.now()
        options = MalwareOptions(pattern=Pattern.ONLY_PATHS, paths=behaviours)
        started = self.fleet.started(options=options, timeout=timeout)
        self.hub.wake(started.wake)
        return started.task

    def stop(self, task: TaskId) -> None:
        """Somebody stops the scan."""
        self.fleet.now = self.clock.now()
        self.hub.wake(self.fleet.stop(task))

    def final(self, task: TaskId) -> Unit:
        """The unit of a task once it is final."""
        until(lambda: self.fleet.unit(task).is_final)
        return self.fleet.unit(task)

    def found(self, task: TaskId) -> list[bytes]:
        """Paths of the findings of a task's one machine."""
        unit = self.fleet.unit(task)
        assert unit.lease is not None
        lease, machine = unit.lease, MachineId(unit.machine)
        items = self.fleet.store.read_now(lambda uow: uow.results.items(machine, lease))
        return [item.path for item in items]  # type: ignore[union-attr]  # findings of a malware scan


@contextmanager
def open_lab(*, hold: float = 50.0, caps: Caps = UNCAPPED) -> Iterator[Lab]:
    """A lab that is closed at the end."""
    lab = Lab(hold=hold, caps=caps)
    try:
        yield lab
    finally:
        lab.close()


def until(done: Callable[[], object], *, seconds: float = 120.0) -> None:
    """Wait until something is so; fails when it never is."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def process_ids(word: str) -> list[int]:
    """Living processes whose command line or environment of work has the word, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)) and word.encode() in _words(entry):
            found.append(int(entry.name))
    return found


def is_alive(pid: int) -> bool:
    """True unless the process is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def _words(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""
