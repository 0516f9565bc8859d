"""A crowd of simulated agents: started one after another, with bad habits, and everything they do noted."""

import asyncio
import random
import secrets
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hostward import __version__
from hostward.agent.pace import NORMAL, Pace
from hostward.agent.spool import Spool
from hostward.agent.wire import Target
from hostward.agent.words import Letter, Response, Words
from hostward.domain.module import Module
from hostward.perf.agent import Agent, Say, Surroundings, Who
from hostward.perf.identities import Identities
from hostward.perf.memory_disk import MemoryDisk
from hostward.perf.wire import Wire
from hostward.protocol.hello import Enrolled, Facts
from hostward.protocol.job import BaselineJob, Job, VulJob
from hostward.protocol.report import MalwareRow, PackageRow, Row, VerdictRow

SPOOL = Path("/spool")
ROOM = NORMAL.spool * 2
OLD_VERSION = "0.0.1"
SLOW = 10.0
"""How many times as long a slow machine takes."""

CRASH_DOWN = (0.2, 3.0)
OFFLINE_FOR = (2.0, 30.0)
"""Seconds a killed agent is down, and a machine is cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What simulated machines are like.

    offline, crash: the share of scans during which a machine is cut off for a while, or its agent is killed. slow,
    too_old: the share of machines that are. findings: of each scan, told in rows of `batch`. seconds: of a scan.
    """

    modules: Sequence[Module] = tuple(Module)
    findings: int = 20
    batch: int = 100
    seconds: float = 5.0
    offline: float = 0.0
    slow: float = 0.0
    crash: float = 0.0
    too_old: float = 0.0
    pace: Pace = NORMAL


@dataclass(slots=True)
class Notes:
    """What was seen, times in seconds of the event loop: when each machine (by quuid) began and ended its last scan.

    first_step: when the first of all said how far it is. statuses: answers by status, 0 for none.
    """

    began: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    first_step: float = 0.0
    scans: int = 0
    crashes: int = 0
    cuts: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)

    def forget_scans(self) -> None:
        """Before the next scan is begun."""
        self.began.clear()
        self.ended.clear()
        self.first_step = 0.0


class Member:
    """One simulated machine."""

    def __init__(self, crowd: "Crowd", number: int) -> None:
        self._crowd = crowd
        self._number = number
        self._disk = MemoryDisk()
        self._wire = Wire(crowd.target, crowd.tls)
        self._identity = crowd.identities.of(number)
        self.uuid, self.quuid = self._identity.uuid, self._identity.quuid
        self._is_slow = crowd.random.random() < crowd.habits.slow
        self.is_too_old = crowd.random.random() < crowd.habits.too_old
        self.agent: Agent | None = None

    @property
    def is_scanning(self) -> bool:
        """Whether a scanner runs."""
        return self.agent is not None and bool(self.agent.scanning)

    @property
    def holds(self) -> bool:
        """Whether the server lacks something of it."""
        return self.agent is not None and bool(self.agent.loop.holding)

    def start(self) -> None:
        """Start the agent's process, on the spool that the one before left."""
        crowd = self._crowd
        facts = Facts(
            host_name=f"sim-{self._number:05d}", addresses=[f"10.{self._number >> 8 & 255}.{self._number & 255}.1"],
            os_name="Simulated GNU/Linux", agent_version=OLD_VERSION if self.is_too_old else __version__,
        )  # fmt: skip
        who = Who(
            key=self._identity.key, facts=facts, token=crowd.token, uuid=self.uuid, quuid=self.quuid,
            boot=f"boot-{self._number}", instance=secrets.token_hex(16),
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        around = Surroundings(
            now=loop.time, random=crowd.random.random, words=Words("the server"), post=self._post, scan=self._scan,
            spool=Spool(SPOOL, limit=ROOM, disk=self._disk), pace=crowd.habits.pace, modules=crowd.habits.modules,
            enrolled=self._enrolled, notice=lambda text: crowd.notes.notices.update([text]),
        )  # fmt: skip
        self.agent = Agent(who, around)
        self.agent.start()

    def kill(self) -> None:
        """Kill -9 of the agent's process; its spool stays."""
        if self.agent is not None:
            self.agent.kill()
            self.agent = None
        self._wire.close()

    def _enrolled(self, names: Enrolled) -> None:
        self.uuid, self.quuid = names.uuid, names.quuid
        self._crowd.identities.enrolled(self._number, self._identity.key, uuid=self.uuid, quuid=self.quuid)

    async def _post(self, letter: Letter) -> Response:
        notes, loop = self._crowd.notes, asyncio.get_running_loop()
        began = loop.time()
        try:
            response = await self._wire.post(letter)
        except OSError:
            notes.statuses[0] += 1
            raise
        notes.statuses[response.status] += 1
        if not letter.held:
            notes.latencies.append(loop.time() - began)
        return response

    async def _scan(self, job: Job, say: Say) -> str:
        notes, habits, loop = self._crowd.notes, self._crowd.habits, asyncio.get_running_loop()
        notes.scans += 1
        notes.began.setdefault(self.quuid, loop.time())
        notes.ended.pop(self.quuid, None)
        self._misfortune()
        seconds = habits.seconds * (SLOW if self._is_slow else 1.0)
        try:
            steps = max(1, -(-habits.findings // habits.batch))
            for step in range(steps):
                await asyncio.sleep(seconds / steps)
                count = min(habits.batch, habits.findings - step * habits.batch)
                if count > 0:
                    rows = [_row(job, step * habits.batch + number) for number in range(count)]
                    await say.found(rows, 250 * count)
                notes.first_step = notes.first_step or loop.time()
                await say.stepped((step + 1) / (steps + 1), "simulating")
        finally:
            notes.ended[self.quuid] = loop.time()
        return ""

    def _misfortune(self) -> None:
        """What happens to this machine while it scans."""
        crowd, habits, loop = self._crowd, self._crowd.habits, asyncio.get_running_loop()
        when = crowd.random.uniform(0.0, max(0.1, habits.seconds))
        if crowd.random.random() < habits.crash:
            loop.call_later(when, self._crash)
        if crowd.random.random() < habits.offline:
            loop.call_later(when, self._cut)

    def _crash(self) -> None:
        if self.agent is not None and not self._crowd.is_over:
            self._crowd.notes.crashes += 1
            self.kill()
            asyncio.get_running_loop().call_later(self._crowd.random.uniform(*CRASH_DOWN), self._again)

    def _again(self) -> None:
        if self.agent is None and not self._crowd.is_over:
            self.start()

    def _cut(self) -> None:
        self._crowd.notes.cuts += 1
        self._wire.cut(self._crowd.random.uniform(*OFFLINE_FOR))


class Crowd:
    """Simulated machines against one server. first: number of the first one, so that two crowds are two fleets."""

    def __init__(
        self, *, target: Target, tls: ssl.SSLContext | None, token: str, identities: Identities, habits: Habits,
        count: int, first: int = 0, seed: int = 0,
    ) -> None:  # fmt: skip
        self.target = target
        self.tls = tls
        self.token = token
        self.identities = identities
        self.habits = habits
        self.random = random.Random(seed)  # noqa: S311  # habits need no secrecy
        self.notes = Notes()
        self.is_over = False
        self.members = [Member(self, first + number) for number in range(count)]

    async def start(self, *, ramp: float) -> None:
        """Start so many agents a second, and return when each has its names."""
        for number, member in enumerate(self.members):
            member.start()
            if ramp and number % max(1, int(ramp / 20)) == 0:
                await asyncio.sleep(max(1, int(ramp / 20)) / ramp)

    @property
    def enrolled(self) -> int:
        """How many the server has taken in."""
        return sum(bool(member.uuid) for member in self.members)

    @property
    def scanning(self) -> int:
        """How many have a scanner at work."""
        return sum(member.is_scanning for member in self.members)

    @property
    def holding(self) -> int:
        """How many have something that the server lacks."""
        return sum(member.holds for member in self.members)

    def stop(self) -> None:
        """Kill them all."""
        self.is_over = True
        for member in self.members:
            member.kill()


def _row(job: Job, number: int) -> Row:
    """A finding that is a risk, one package, or a verdict that failed."""
    name = f"simulated-{number:06d}"
    if isinstance(job.options, VulJob):
        return PackageRow(eco="Debian:12", name=name, ver="1.0-1", src=name, srcver="1.0-1")
    if isinstance(job.options, BaselineJob):
        return VerdictRow(policy="simulated", item=name, title="A simulated item", level=2, outcome="fail")
    return MalwareRow(
        path=f"/srv/data/{name}.bin".encode(), rule="Simulated.Finding", title="A simulated finding",
        engine="simulator 1", level=3, size=1234, sha256=f"{number:064x}",
    )  # fmt: skip
