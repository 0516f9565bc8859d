"""Values that tests of the stores are made of, with as little said as a test needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hostward.domain.advisory import Advisory, Affected, FixStatus, Match
from hostward.domain.host_scan import FailType, Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.module import Module
from hostward.domain.note import Code, Note
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, VulOptions
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.domain.task import Task, Trigger, enter
from hostward.usecases.ports import Store, UnitOfWork

T = TypeVar("T")

NOW = datetime(2026, 12, 1, 2, 3, 4, 567_891, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OPTIONS: dict[Module, Options] = {
    Module.VUL: VulOptions(),
    Module.MALWARE: MalwareOptions(),
    Module.BASELINE: BaselineOptions(),
}
Step = Callable[[Unit], Unit]


def facts(host_name: str = "web-1", *addresses: str, **others: str) -> MachineFacts:
    """What an agent says of its machine."""
    said = {"wan_ip": "", "os_name": "Debian GNU/Linux 12 (bookworm)", "agent_version": "0.1.0", **others}
    return MachineFacts(host_name=host_name, addresses=addresses or ("10.0.0.1",), **said)


def account(store: Store, name: str = "first") -> AccountId:
    """A new account."""
    return store.write_now(lambda uow: uow.accounts.add_account(name))


def enrol(uow: UnitOfWork, owner: AccountId, number: int, said: MachineFacts | None = None) -> Machine:
    """The machine with this number in its names."""
    return uow.machines.enrol(
        owner, b"key %d" % number, said or facts(f"host-{number}"), quuid=f"quuid-{number}", uuid=f"uuid-{number}"
    )


def fleet(store: Store, owner: AccountId, size: int, first: int = 0) -> Sequence[Machine]:
    """So many machines that were heard of just now."""

    def work(uow: UnitOfWork) -> list[Machine]:
        machines = [enrol(uow, owner, number) for number in range(first, first + size)]
        for machine in machines:
            uow.machines.seen(machine.id, NOW)
        return [machine.seen(NOW) for machine in machines]

    return store.write_now(work)


def new_task(uow: UnitOfWork, owner: AccountId, machines: Sequence[Machine], module: Module = Module.VUL) -> Task:
    """A task over these machines, begun NOW."""
    task = Task(
        id=uow.tasks.next_id(),
        account=owner,
        module=module,
        trigger=Trigger.ONE_CLICK,
        options=OPTIONS[module],
        content=("1", "2", "4"),
        created_by="somebody",
        begin=NOW,
        run_begin=NOW,
    )
    return uow.tasks.create(task, enter(task, machines, NOW))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A task in a store, and shortcuts to it."""

    store: Store
    account: AccountId
    machines: Sequence[Machine]
    id: TaskId

    @property
    def task(self) -> Task:
        """The task as it is now."""
        task = self.store.read_now(lambda uow: uow.tasks.get(self.id))
        assert task is not None
        return task

    def unit(self, seq: int) -> Unit:
        """One of its units as it is now."""
        unit = self.store.read_now(lambda uow: uow.tasks.unit(self.id, Seq(seq)))
        assert unit is not None
        return unit

    def step(self, seq: int, *steps: Step, now: datetime = NOW) -> Unit:
        """Let a unit take these steps, each stored by itself, in one transaction."""

        def work(uow: UnitOfWork) -> Unit:
            unit = uow.tasks.unit(self.id, Seq(seq), lock=True)
            assert unit is not None
            for each in steps:
                after = each(unit)
                uow.tasks.change(unit, after, now)
                unit = after
            return unit

        return self.store.write_now(work)


def scan(store: Store, size: int = 3, module: Module = Module.VUL, owner: AccountId | None = None) -> Scan:
    """A new task over new machines of a new account."""
    owner = owner or account(store)
    machines = fleet(store, owner, size)
    task = store.write_now(lambda uow: new_task(uow, owner, machines, module))
    return Scan(store=store, account=owner, machines=machines, id=task.id)


def leased(number: int = 7, now: datetime = NOW) -> Step:
    """Given to its agent."""
    return lambda unit: unit.leased(LeaseId(number), now, timedelta(seconds=60))


def running(progress: int = 2500) -> Step:
    """The agent reports."""
    return lambda unit: unit.progressed(progress, Note(code=Code.DOING, values={"what": "checking", "percent": "25"}))


def judged(now: datetime = NOW) -> Step:
    """Ended well."""
    return lambda unit: unit.judged(now, Note())


def failed(why: FailType = FailType.FAILED, now: datetime = NOW) -> Step:
    """Ended without a result."""
    return lambda unit: unit.failed(why, now, Note(code=Code.FAILED, values={"what": "broken"}))


def stopped(now: datetime = NOW) -> Step:
    """A stop was asked for."""
    return lambda unit: unit.asked_to_stop(now, "somebody", "02:03")


def found(risks: int) -> Step:
    """So many risks are known."""
    return lambda unit: unit.found(risks)


def package(name: str = "openssl", version: str = "3.0.1-1", **others: Any) -> Package:
    """An installed Debian package, its own source."""
    said: dict[str, Any] = {
        "ecosystem": "Debian:12",
        "source": name,
        "source_version": version,
        "arch": "amd64",
        **others,
    }
    return Package(name=name, version=version, **said)


def advisory(key: str, *affected: Affected, feed: str = "debian", **others: Any) -> Advisory:
    """An advisory that is known by its CVE."""
    return Advisory(feed=feed, id=key, key=key, affected=affected, **others)


def affects(name: str = "openssl", fixed: str = "3.0.2-1", **others: Any) -> Affected:
    """All versions before the fixed one."""
    said: dict[str, Any] = {"ecosystem": "Debian:12", **others}
    return Affected(name=name, fixed=fixed, **said)


def match(key: str, level: Level | None = Level.HIGH, **others: Any) -> Match:
    """A match of a vulnerability."""
    said: dict[str, Any] = {
        "name": "openssl",
        "source": "openssl",
        "version": "3.0.1-1",
        "ecosystem": "Debian:12",
        "fixed": "3.0.2-1",
        "status": FixStatus.FIXED,
        "level_source": "debian urgency" if level else "",
        "evidence": f"debian {key}",
        **others,
    }
    return Match(key=key, level=level, **said)


def machine_ids(machines: Sequence[Machine]) -> list[MachineId]:
    """Their numbers."""
    return [machine.id for machine in machines]
