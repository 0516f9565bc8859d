"""A small fleet on the in-memory store, driven through the use cases as the server does it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hostward.domain.account import AgentSession
from hostward.domain.finding import MalwareFinding
from hostward.domain.host_scan import Unit
from hostward.domain.ids import AccountId, MachineId, Seq, TaskId
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, VulOptions
from hostward.domain.severity import Level
from hostward.domain.task import Task, Trigger
from hostward.protocol.compat import PROTOCOL
from hostward.protocol.hello import Facts, SessionProof
from hostward.protocol.job import Poll, Work
from hostward.protocol.report import Answer, Batch, End, Report, rows_of
from hostward.store.memory import MemoryStore
from hostward.usecases.machines.enrol import allow, enrol
from hostward.usecases.machines.session import facts_of, open_session
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans import describe
from hostward.usecases.scans.accept_report import accept
from hostward.usecases.scans.dispatch import next_work
from hostward.usecases.scans.expire import expire
from hostward.usecases.scans.rerun import Rerun, rerun
from hostward.usecases.scans.start import Started, start
from hostward.usecases.scans.stop import stop

BEGIN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OPTIONS: dict[Module, Options] = {
    Module.VUL: VulOptions(),
    Module.MALWARE: MalwareOptions(),
    Module.BASELINE: BaselineOptions(),
}


def finding(name: str, level: Level = Level.HIGH) -> MalwareFinding:
    """A file that a rule hit."""
    return MalwareFinding(path=name.encode(), rule="r", title="t", engine="e", level=level, size=1, sha256="00" * 32)


@dataclass
class Fleet:
    """Machines of one account, and a clock that a test turns."""

    store: MemoryStore
    account: AccountId
    now: datetime = BEGIN
    server_started: datetime = BEGIN - timedelta(hours=1)
    machines: list[Machine] = field(default_factory=list)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def add(self, name: str, *, version: str = "0.1.0", online: bool = True) -> Machine:
        """Enrol a machine and open its session."""
        token = f"token-{name}"
        facts = Facts(host_name=name, addresses=["10.0.0.1"], os_name="Debian GNU/Linux 12", agent_version=version)

        def work(uow):
            allow(uow, token=token, account=self.account, uses=1, life=timedelta(minutes=5), now=self.now)
            return enrol(
                uow, token=token, public_key=name.encode().ljust(32, b"."), facts=facts_of(facts),
                quuid=f"q-{name}", uuid=f"u-{name}", now=self.now,
            )  # fmt: skip

        machine = self.store.write_now(work)
        self.machines.append(machine)
        if online:
            self.session(machine, "first", version=version)
        return machine

    def session(self, machine: Machine, instance: str, *, version: str = "0.1.0", protocol: int = PROTOCOL) -> None:
        """A process of the machine's agent opens a session."""
        facts = Facts(
            host_name=machine.facts.host_name, addresses=["10.0.0.1"], os_name="Debian GNU/Linux 12",
            agent_version=version,
        )  # fmt: skip
        challenge = f"{machine.uuid}-{instance}-{self.now.timestamp()}".encode()
        proof = SessionProof(
            uuid=machine.uuid, challenge=challenge, signature=b"", protocol=protocol, boot="boot",
            instance=instance, facts=facts,
        )  # fmt: skip
        session = AgentSession(
            id=f"s-{challenge.decode()}", machine=machine.id, instance=instance, secret=b"s" * 32,
            expires=self.now + timedelta(hours=1),
        )  # fmt: skip

        def work(uow):
            current = uow.machines.get(machine.id)
            open_session(
                uow, machine=current, proof=proof, session=session, now=self.now, server_started=self.server_started
            )

        self.store.write_now(work)

    def start(
        self, module: Module = Module.MALWARE, *, quuids: tuple[str, ...] = (), timeout: float = 3600,
        queue: float | None = None, options: Options | None = None,
    ) -> TaskId:  # fmt: skip
        """Start a scan of all machines, or of those named."""
        return self.started(module, quuids=quuids, timeout=timeout, queue=queue, options=options).task

    def started(
        self, module: Module = Module.MALWARE, *, quuids: tuple[str, ...] = (), timeout: float = 3600,
        queue: float | None = None, options: Options | None = None,
    ) -> Started:  # fmt: skip
        """Start a scan; the whole answer."""
        request = ScanRequest(
            options=options or OPTIONS[module], content=("1",), scope=Scope(everything=not quuids, quuids=quuids),
            timeout=timedelta(seconds=timeout), queue=None if queue is None else timedelta(seconds=queue),
        )  # fmt: skip
        return self.store.write_now(
            lambda uow: start(
                uow, request=request, account=self.account, by="admin", trigger=Trigger.ONE_CLICK, now=self.now
            )
        )

    def poll(
        self, machine: Machine, *holding: int, modules: tuple[str, ...] = tuple(Module), fresh: bool = True
    ) -> Work:
        """The agent asks for work."""
        ask = Poll(holding=list(holding), modules=[str(module) for module in modules])
        return self.store.write_now(
            lambda uow: next_work(
                uow, machine=machine.id, poll=ask, now=self.now, server_started=self.server_started, fresh=fresh
            )
        )

    def lease(self, machine: Machine) -> int:
        """Poll and take the one job there is."""
        (job,) = self.poll(machine).jobs
        return job.lease

    def report(
        self, machine: Machine, lease: int, *batches: tuple[int, list], progress: float = 0.5, end: End | None = None
    ) -> Answer:
        """The agent reports batches of items, and perhaps its end."""
        report = Report(
            lease=lease, batches=[Batch(seq=seq, rows=rows_of(items)) for seq, items in batches],
            progress=progress, doing="working", end=end,
        )  # fmt: skip
        return self.store.write_now(lambda uow: accept(uow, machine=machine.id, report=report, now=self.now))

    def finish(self, machine: Machine, lease: int, *items: object, outcome: str = "ok", reasons: tuple[str, ...] = ()):
        """The agent reports everything at once."""
        batches = [(0, list(items))] if items else []
        end = End(outcome=outcome, batches=len(batches), reasons=list(reasons), seconds=1.0)
        return self.report(machine, lease, *batches, progress=1.0, end=end)

    def stop(self, task: TaskId, module: Module = Module.MALWARE, *quuids: str) -> tuple[MachineId, ...]:
        """Somebody stops the task."""
        return self.store.write_now(
            lambda uow: stop(
                uow, account=self.account, module=module, task=task, quuids=quuids, by="admin", now=self.now
            )
        )

    def rerun(self, task: TaskId, *quuids: str, timeout: float | None = None) -> Rerun:
        """Somebody runs the task again."""
        span = None if timeout is None else timedelta(seconds=timeout)
        return self.store.write_now(
            lambda uow: rerun(
                uow, account=self.account, module=Module.MALWARE, task=task, quuids=quuids, timeout=span, now=self.now
            )
        )

    def expire(self) -> tuple[int, tuple[MachineId, ...]]:
        """The reaper looks."""
        return self.store.write_now(lambda uow: expire(uow, now=self.now))

    def unit(self, task: TaskId, seq: int = 0) -> Unit:
        """One unit."""
        unit = self.store.read_now(lambda uow: uow.tasks.unit(task, Seq(seq)))
        assert unit is not None
        return unit

    def task(self, task: TaskId) -> Task:
        """A task."""
        found = self.store.read_now(lambda uow: uow.tasks.get(task))
        assert found is not None
        return found

    def details(self, task: TaskId, module: Module = Module.MALWARE, conditions: tuple = ()) -> describe.Details:
        """What DescribeScanTaskDetails is made of."""
        return self.store.read_now(
            lambda uow: describe.details(
                uow,
                account=self.account,
                module=module,
                task=task,
                conditions=conditions,
                limit=100,
                offset=0,
                now=self.now,
            )
        )

    def recount(self, task: TaskId):
        """The tally counted anew."""
        return self.store.read_now(lambda uow: uow.tasks.recount(task))


def new_fleet() -> Fleet:
    """An account without machines."""
    store = MemoryStore()
    account = store.write_now(lambda uow: uow.accounts.add_account("default"))
    return Fleet(store=store, account=account)
