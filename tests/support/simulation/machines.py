"""A machine: its disk, its clock, its way to the server, and the agent processes that live and die on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent import events as on
from hostward.agent.pace import Pace
from hostward.agent.words import Words
from hostward.perf.agent import Agent, Say, Surroundings, Who
from hostward.protocol.hello import Enrolled, Facts
from hostward.protocol.job import Job
from hostward.protocol.report import Row
from simulation.disk import Crash, SimulatedDisk
from simulation.network import Network
from simulation.oracle import Oracle
from simulation.scanner import Behaviour, scan
from simulation.server import SimulatedClock
from simulation.spooled import Promised, WatchedSpool

FOLDER = Path("/spool")
PACE = Pace(spool=60_000)
"""As agents have it, but for a spool that a long scan can fill."""

ROOM = PACE.spool + 200_000


class FragileAgent(Agent):
    """An agent whose machine may be stopped in the middle of a call to its disk."""

    crashed: Callable[[Crash], None]

    def tell(self, event: on.Event) -> None:
        """See Agent."""
        try:
            super().tell(event)
        except Crash as crash:
            self.crashed(crash)


@dataclass
class Machine:
    """One machine. behaves: how its next scanner does. log: the trace.

    stepped: is told of each word on progress, by its lease and share.
    """

    name: str
    random: Random
    now: Callable[[], float]
    network: Network
    oracle: Oracle
    behaves: Callable[[], Behaviour]
    log: Callable[[str], None]
    key: Ed25519PrivateKey
    token: str
    version: str = "0.1.0"
    uuid: str = ""
    quuid: str = ""
    boots: int = 0
    starts: int = 0
    agent: FragileAgent | None = None
    disturbed: float = 0.0
    unreliable: bool = False
    scans_begun: list[tuple[int, float]] = field(default_factory=list)
    crashed: Callable[["Machine", Crash], None] = lambda machine, crash: None
    stepped: Callable[[int, float], None] = lambda lease, done: None

    def __post_init__(self) -> None:
        self.disk = SimulatedDisk(self.random, self.now)
        self.clock = SimulatedClock(self.now)
        self.promised = Promised()

    def start(self) -> None:
        """Start the agent; the disk may stop the machine while it does."""
        if self.agent is not None:
            return
        self.starts += 1
        who = Who(
            key=self.key, facts=Facts(host_name=self.name, agent_version=self.version), token=self.token,
            uuid=self.uuid, quuid=self.quuid, boot=f"{self.name} boot {self.boots}",
            instance=f"{self.name} process {self.starts}",
        )  # fmt: skip
        around = Surroundings(
            now=self.clock.monotonic, random=self.random.random, post=self.network.post, scan=self._scan,
            words=Words("the server", clock=self.clock, random=self.random.randbytes),
            spool=self._spool(), pace=PACE, enrolled=self._enrolled,
            notice=lambda text: self.log(f"{self.name} notes: {text}"),
        )  # fmt: skip
        agent = self.agent = FragileAgent(who, around)
        agent.crashed = lambda crash: self.crashed(self, crash) if self.agent is agent else None
        self.log(f"{self.name}: process {self.starts} starts")
        try:
            agent.start()
        except Crash as crash:
            self.crashed(self, crash)
        except OSError as problem:
            self.log(f"{self.name}: the agent does not start: {problem}")
            self.kill(is_power=False)

    def kill(self, *, is_power: bool) -> None:
        """Kill -9 of the agent, or a power cut of the machine."""
        self.disturbed = self.now()
        if self.agent is None:
            return
        self.log(f"{self.name}: {'power cut' if is_power else 'agent killed'}")
        self.agent.kill()
        self.agent = None
        self.disk.process_died(is_power=is_power)
        if is_power:
            self.boots += 1
            self.clock._started = self.now()

    @property
    def is_at_rest(self) -> bool:
        """It holds nothing and scans nothing."""
        return self.agent is not None and not self.agent.loop.holding and not self.agent.scanning

    def _spool(self) -> WatchedSpool:
        return WatchedSpool(
            FOLDER, limit=ROOM, disk=self.disk, promised=self.promised, given_up=self._gave_up, lost=self.oracle.lost
        )

    def _gave_up(self, lease: int) -> None:
        # What can't be read can't be sent: the server is told so, and the lease ends as failed.
        if not self.unreliable:
            self.oracle.given_up(lease)

    def _enrolled(self, names: Enrolled) -> None:
        self.uuid, self.quuid = names.uuid, names.quuid
        self.log(f"{self.name}: enrolled")

    async def _scan(self, job: Job, say: Say) -> str:
        start, said = self.oracle.begun(job.lease, f"{self.name}, process {self.starts}")
        does = self.behaves()
        self.scans_begun.append((job.lease, self.now()))
        self.log(f"{self.name}: lease {job.lease} begins, {does}")
        return await scan(job, _Heard(say, lambda done: self.stepped(job.lease, done)), does, said, start)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a scanner says to its agent. stepped: is told of each word on progress that the agent took."""

    say: Say
    told: Callable[[float], None]

    async def found(self, rows: Sequence[Row], size: int) -> None:
        """See Say."""
        await self.say.found(rows, size)

    async def stepped(self, done: float, doing: str) -> None:
        """See Say."""
        await self.say.stepped(done, doing)
        self.told(done)
