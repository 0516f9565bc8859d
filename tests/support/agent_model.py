"""A model of everything around an agent's loop: a server, a network that misbehaves, a disk, and workers.

The server keeps the rules of the link (leases, sequence, stale ones refused) in a few lines of its own, so that the
loop is tested against the rules and not against the product's server.
"""

from dataclasses import dataclass, field

from hostward.agent import effects as do
from hostward.agent import events as on
from hostward.agent.events import Trouble
from hostward.agent.lease import Recovered
from hostward.agent.loop import Loop
from hostward.agent.pace import Pace
from hostward.domain.module import Module
from hostward.protocol.job import BaselineJob, Job, MalwareJob, Poll, VulJob, Work
from hostward.protocol.report import Answer, Batch, End, NotScannedRow

OPTIONS = {
    Module.VUL: VulJob(levels=[1, 2, 3, 4], categories=[1, 2, 4]),
    Module.MALWARE: MalwareJob(pattern=1, engine=3),
    Module.BASELINE: BaselineJob(),
}
PACE = Pace(spool=40_000)


class Stale(Exception):
    """The server's 409."""


def row(number: int) -> NotScannedRow:
    """A row that can be told from all others."""
    return NotScannedRow(path=str(number).encode(), reason="limit")


def number_of(found: NotScannedRow) -> int:
    """The number a row was made of."""
    return int(found.path)


@dataclass
class ModelUnit:
    """One unit of work. state: pending, leased, running, stopping, or final: ok, failed, stopped."""

    module: Module
    state: str = "pending"
    lease: int = 0
    rows: list[int] = field(default_factory=list)
    acked: int = 0


@dataclass
class ModelServer:
    """Units, and the rules by which an agent works on them."""

    units: list[ModelUnit] = field(default_factory=list)
    leases: int = 0
    newest_poll: int = 0
    instance: int = 0
    ended: set[int] = field(default_factory=set)

    @property
    def open(self) -> list[ModelUnit]:
        """Units that are not final."""
        return [unit for unit in self.units if unit.state in ("pending", "leased", "running", "stopping")]

    def session(self, instance: int) -> None:
        """A new process of the agent ends the leases of the one before it."""
        if instance <= self.instance:
            return
        self.instance = instance
        for unit in self.open:
            if unit.state == "stopping":
                unit.state = "stopped"
            elif unit.state != "pending":
                unit.state = "pending"

    def poll(self, poll: Poll, number: int) -> Work:
        """Take back what the agent lost, hand out what waits."""
        if number < self.newest_poll:
            return Work(generation=1)
        self.newest_poll = number
        for unit in self.open:
            if unit.lease not in poll.holding and unit.state in ("running", "stopping"):
                unit.state = "stopped" if unit.state == "stopping" else "pending"
        jobs = [self._job(unit) for unit in self.open if unit.state == "leased" and unit.lease not in poll.holding]
        busy = {unit.module for unit in self.open if unit.state != "pending"}
        for unit in self.open:
            if unit.state == "pending" and unit.module in poll.modules and unit.module not in busy:
                busy.add(unit.module)
                self.leases += 1
                unit.state, unit.lease, unit.rows, unit.acked = "leased", self.leases, [], 0
                jobs.append(self._job(unit))
        mine = {unit.lease for unit in self.units}
        return Work(
            generation=1,
            jobs=jobs,
            stop=[unit.lease for unit in self.open if unit.state == "stopping" and unit.lease in poll.holding],
            lost=[lease for lease in poll.holding if lease not in mine or lease in self.ended],
        )

    def report(self, lease: int, batches: list[Batch], end: End | None) -> Answer:
        """Take batches in order, once each."""
        unit = next((unit for unit in self.units if unit.lease == lease), None)
        if unit is None:
            raise Stale
        if lease in self.ended:
            return Answer(acked=unit.acked, ended=True, stop=False)
        if unit.state in ("pending", "leased"):
            unit.state = "running"
        for batch in batches:
            if batch.seq == unit.acked:
                unit.rows += [number_of(one) for one in batch.rows]
                unit.acked += 1
        if end is not None and end.batches == unit.acked:
            self.ended.add(lease)
            unit.state = "stopped" if unit.state == "stopping" else end.outcome
            return Answer(acked=unit.acked, ended=True, stop=False)
        return Answer(acked=unit.acked, ended=False, stop=unit.state == "stopping")

    def _job(self, unit: ModelUnit) -> Job:
        return Job(lease=unit.lease, options=OPTIONS[unit.module], seconds=1000.0)


@dataclass
class ModelDisk:
    """What is synced survives a crash of the agent; nothing else does."""

    batches: dict[int, dict[int, Batch]] = field(default_factory=dict)
    ends: dict[int, End] = field(default_factory=dict)

    def put(self, lease: int, item: Batch | End) -> None:
        """Sync one item."""
        if isinstance(item, End):
            self.ends[lease] = item
        else:
            self.batches.setdefault(lease, {})[item.seq] = item

    def forget(self, lease: int, acked: int) -> None:
        """Acknowledged batches go."""
        kept = {seq: batch for seq, batch in self.batches.get(lease, {}).items() if seq >= acked}
        self.batches[lease] = kept

    def discard(self, lease: int) -> None:
        """Nothing of a lease is left."""
        self.batches.pop(lease, None)
        self.ends.pop(lease, None)

    def recovered(self) -> list[Recovered]:
        """What a new process finds."""
        found = []
        for lease in sorted({*self.batches, *self.ends}):
            seqs = sorted(self.batches.get(lease, {}))
            end = self.ends.get(lease)
            first = seqs[0] if seqs else (end.batches if end else 0)
            found.append(Recovered(lease=lease, first=first, sizes=[100] * len(seqs), ended=end is not None))
        return found


Request = do.Enroll | do.OpenSession | do.Ask | do.Send


@dataclass
class World:
    """An agent's loop and all that surrounds it, moved by hand."""

    server: ModelServer = field(default_factory=ModelServer)
    disk: ModelDisk = field(default_factory=ModelDisk)
    now: float = 1000.0
    instance: int = 0
    said: dict[int, list[int]] = field(default_factory=dict)
    """All that a lease's worker ever said, in order."""
    flying: list[Request] = field(default_factory=list)
    ghosts: list[tuple[int, Request]] = field(default_factory=list)
    """Requests that the agent gave up but that may still arrive, with the instance that sent them."""
    working: dict[int, Module] = field(default_factory=dict)
    killed: set[int] = field(default_factory=set)
    held: dict[int, bool] = field(default_factory=dict)
    to_spool: list[do.Spool] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    rows: int = 0
    polls: int = 0
    poll_numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    random: float = 0.5

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The agent is killed with kill -9, and a new process: what was not synced is gone, its workers are dead."""
        self.ghosts += [(self.instance, request) for request in self.flying]
        self.flying, self.to_spool = [], []
        self.working, self.killed, self.held = {}, set(), {}
        self.instance += 1
        self.loop = Loop(
            enrolled=True, may_enroll=False, modules=tuple(Module), pace=PACE, random=lambda: self.random,
            spool=self.disk.recovered(),
        )  # fmt: skip
        self.tell(on.Tick())

    def tell(self, event: on.Event) -> None:
        """Step the loop and carry out what needs no decision."""
        for effect in self.loop.step(event, self.now):
            self._carry_out(effect)
        due = self.loop.due()
        assert due is None or due > self.now, "the loop would spin"

    def _carry_out(self, effect: do.Effect) -> None:
        match effect:
            case do.Start():
                module = next(m for m, options in OPTIONS.items() if options == effect.job.options)
                assert module not in self.working.values(), "two workers of one module"
                self.working[effect.job.lease] = module
                self.said[effect.job.lease] = []
            case do.Kill():
                self.killed.add(effect.lease)
            case do.Hold():
                self.held[effect.lease] = effect.held
            case do.Spool():
                self.to_spool.append(effect)
            case do.Forget():
                self.disk.forget(effect.lease, effect.acked)
            case do.Discard():
                self.disk.discard(effect.lease)
                self.to_spool = [one for one in self.to_spool if one.lease != effect.lease]
            case do.Notice():
                self.notices.append(effect.text)
            case do.Send():
                synced = self.disk.batches.get(effect.lease, {})
                assert all(seq in synced for seq in range(effect.first, effect.last)), "sent before it was spooled"
                assert not effect.with_end or effect.lease in self.disk.ends, "ended before it was spooled"
                self.flying.append(effect)
            case _:
                if isinstance(effect, do.Ask):
                    self.polls += 1
                    self.poll_numbers[self.instance, effect.request] = self.polls
                self.flying.append(effect)

    def spool(self, *, works: bool = True) -> None:
        """The disk finishes the oldest write."""
        effect = self.to_spool.pop(0)
        if not works:
            self.tell(on.SpoolFailed(lease=effect.lease, why="no space left on device"))
            return
        self.disk.put(effect.lease, effect.item)
        seq = effect.item.seq if isinstance(effect.item, Batch) else None
        self.tell(on.Spooled(lease=effect.lease, seq=seq, size=100))

    def find(self, lease: int, count: int) -> None:
        """A worker finds something."""
        rows = [row(self.rows + number) for number in range(count)]
        self.rows += count
        self.said[lease] += [number_of(one) for one in rows]
        self.tell(on.RowsFound(lease=lease, rows=rows, size=100 * count))

    def end_work(self, lease: int, failure: str = "") -> None:
        """A worker ends."""
        del self.working[lease]
        self.killed.discard(lease)
        self.tell(on.WorkEnded(lease=lease, failure=failure))

    def arrive(self, request: Request, instance: int) -> on.Event:
        """A request arrives at the server: what it answers."""
        number = request.request
        match request:
            case do.OpenSession():
                self.server.session(instance)
                return on.SessionOpened(request=number, expires_in=3600.0, hold=50.0, heartbeat=20.0)
            case do.Ask():
                return on.WorkCame(
                    request=number, work=self.server.poll(request.poll, self.poll_numbers[instance, number])
                )
            case do.Send():
                return self._reported(request)
            case _:
                return on.Enrolled(request=number)

    def _reported(self, send: do.Send) -> on.Event:
        synced = self.disk.batches.get(send.lease, {})
        batches = [synced[seq] for seq in range(send.first, send.last) if seq in synced]
        end = self.disk.ends.get(send.lease) if send.with_end else None
        try:
            return on.Answered(request=send.request, answer=self.server.report(send.lease, batches, end))
        except Stale:
            return on.Failed(request=send.request, trouble=Trouble.STALE)

    def fate(self, request: Request, fate: str) -> None:
        """What becomes of a request under way."""
        self.flying.remove(request)
        lost = on.Failed(request=request.request, trouble=Trouble.NETWORK)
        match fate:
            case "answered":
                self.tell(self.arrive(request, self.instance))
            case "answered twice":
                first = self.arrive(request, self.instance)
                self.arrive(request, self.instance)
                self.tell(first)
                self.tell(first)
            case "request lost":
                self.tell(lost)
            case "answer lost":
                self.arrive(request, self.instance)
                self.tell(lost)
            case "late":
                self.ghosts.append((self.instance, request))
                self.tell(lost)
            case "unauthorized":
                self.tell(on.Failed(request=request.request, trouble=Trouble.UNAUTHORIZED))
            case "busy":
                self.tell(on.Failed(request=request.request, trouble=Trouble.BUSY, retry_after=3.0))

    def haunt(self, index: int) -> None:
        """A request that the agent gave up arrives after all."""
        instance, request = self.ghosts.pop(index)
        if isinstance(request, do.OpenSession) and instance != self.instance:
            return  # a process that is dead does not sign a challenge
        self.arrive(request, instance)

    def settle(self, steps: int = 3000) -> None:
        """From now on everything works: until no unit is open and nothing is held."""
        self.ghosts.clear()
        for _ in range(steps):
            if not self.server.open and not self.loop.holding:
                return
            if self.to_spool:
                self.spool()
            elif any(lease in self.killed or not self.held.get(lease) for lease in self.working):
                self.end_work(next(lease for lease in self.working if lease in self.killed or not self.held.get(lease)))
            elif self._can_answer():
                self.fate(self._can_answer()[0], "answered")
            else:
                due = self.loop.due()
                assert due is not None or self.flying, "the loop waits for nothing"
                self.now = max(self.now + 0.5, due) if due is not None else self.now + 15.0
                if due is None or not self.flying:
                    self.tell(on.Tick())
                else:
                    self.fate(self.flying[0], "answered")
        raise AssertionError(f"never at rest: {self.server.open}, holding {self.loop.holding}")

    def _can_answer(self) -> list[Request]:
        """Requests that a server would answer at once; a poll that finds nothing is held."""
        return [request for request in self.flying if not isinstance(request, do.Ask)] or [
            request for request in self.flying if self.server.open
        ]
