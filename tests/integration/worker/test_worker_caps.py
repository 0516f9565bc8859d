"""What keeps scans to their caps: the kernel of this machine, and a tree of plain files for what it does not offer."""

import os
import signal
from pathlib import Path
from queue import SimpleQueue

import pytest

from fake_scanners import fake_command
from hostward.agent.events import Doubted, RowsFound, WorkEnded
from hostward.agent.groups import Group, Groups, Kernel
from hostward.agent.work import Place, WorkerEvent, Workers
from hostward.protocol.job import Job, MalwareJob
from hostward.scanners import restraint
from hostward.scanners.lines import Order
from link_lab import process_ids, until


class Capped:
    """Workers in a fake tree of groups."""

    def __init__(self, tmp_path: Path, *, controllers: frozenset[str] = frozenset({"memory"})) -> None:
        self.told: SimpleQueue[WorkerEvent] = SimpleQueue()
        self.tree = tmp_path / "cgroup"
        self.tree.mkdir()
        groups = Groups(Kernel(groups=self.tree), base=self.tree, controllers=controllers)
        place = Place(folder=tmp_path / "work")
        self.workers = Workers(place, self.told.put, command=fake_command(), groups=groups)
        self.workers.prepare()

    def start(self, *behaviours: str) -> None:
        """A scan with 300 MiB at most."""
        options = MalwareJob(pattern=2, engine=3, paths=list(behaviours))
        self.workers.start(Job(lease=1, options=options, seconds=60, memory_mib=300))

    def rest(self) -> list[WorkerEvent]:
        """What is told until the end."""
        told = [self.told.get(timeout=30)]
        while not isinstance(told[-1], WorkEnded):
            told.append(self.told.get(timeout=30))
        return told


def test_a_scan_enters_its_group(tmp_path: Path) -> None:
    """The scanning process, not its guard: that must live to tell the end."""
    capped = Capped(tmp_path)
    capped.start("/find/1", "/hang")
    entered = capped.tree / "scan-1" / "cgroup.procs"
    until(lambda: entered.exists() and entered.read_text() != "")
    assert [int(entered.read_text())] == process_ids(f"TMPDIR={tmp_path}")[-1:]
    capped.workers.kill(1)
    capped.rest()


def test_a_scan_that_the_kernel_kills_for_its_memory_fails_and_says_so(tmp_path: Path) -> None:
    """What it had found before is told, and that it did not come to its end."""
    capped = Capped(tmp_path)
    capped.start("/find/2", "/hang")
    assert isinstance(capped.told.get(timeout=30), object)
    until(lambda: len(process_ids(f"TMPDIR={tmp_path}")) == 2)
    (capped.tree / "scan-1" / "memory.events").write_text("low 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 1\n")
    until((capped.tree / "scan-1" / "cgroup.procs").exists)
    os.kill(int((capped.tree / "scan-1" / "cgroup.procs").read_text()), signal.SIGKILL)
    assert capped.rest()[-1] == WorkEnded(
        lease=1, failure=f"the scan needed more memory than it may use ({300 << 20} bytes)"
    )


def test_a_scan_that_dies_otherwise_is_not_said_to_have_needed_memory(tmp_path: Path) -> None:
    """The kernel's count of kills decides."""
    capped = Capped(tmp_path)
    capped.start("/crash")
    assert capped.rest()[-1] == WorkEnded(lease=1, failure="the scanner died (signal 11)")


def test_the_servers_memory_cap_binds_without_any_group(tmp_path: Path) -> None:
    """This kernel's limit on data; children of the scan inherit it."""
    told: SimpleQueue[WorkerEvent] = SimpleQueue()
    workers = Workers(Place(folder=tmp_path / "work", memory=1 << 30), told.put, command=fake_command())
    workers.prepare()
    options = MalwareJob(pattern=2, engine=3, paths=["/find/1", "/eat/500000000"])
    workers.start(Job(lease=1, options=options, seconds=60, memory_mib=300))
    events = [told.get(timeout=30)]
    while not isinstance(events[-1], WorkEnded):
        events.append(told.get(timeout=30))
    assert events[-1].failure == f"the scan needed more memory than it may use ({300 << 20} bytes)"
    assert any(isinstance(event, RowsFound) for event in events)


def test_a_group_that_is_gone_is_told(tmp_path: Path) -> None:
    """The scan goes on, and its result says what did not bind it."""
    capped = Capped(tmp_path)
    made = capped.workers._groups
    assert made is not None
    group = made.make("9", cpu=0, memory=300 << 20, io=0)
    assert group is not None
    order = Order(
        options=MalwareJob(pattern=2, engine=3), work=b"/", group=os.fsencode(group.path / "gone"), held=["memory"]
    )
    assert restraint.enter(order) == ["not capped: memory (cgroup: No such file or directory)"]


def test_disks_that_the_kernel_does_not_count_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a group nor a count: then nothing keeps the rate."""
    monkeypatch.setattr(restraint, "counts_disks", lambda pid: False)
    order = Order(options=MalwareJob(pattern=2, engine=3), work=b"/", io=5)
    assert restraint.enter(order) == [
        "not capped: disk traffic (no cgroup v2 delegation, and this kernel does not count it)"
    ]


class Vanishing(Groups):
    """Groups that somebody takes away before a scan can enter."""

    def make(self, name: str, *, cpu: float, memory: int, io: int) -> Group | None:
        """A group that is not there."""
        return Group(path=self.kernel.groups / "gone", holds=frozenset({"cpu", "memory"}))


def test_what_is_not_capped_is_told_with_the_results(tmp_path: Path) -> None:
    """By the worker itself; the scan still judges the machine."""
    capped = Capped(tmp_path)
    capped.workers._groups = Vanishing(Kernel(groups=capped.tree))
    capped.start("/find/1")
    told = capped.rest()
    assert [event.reason for event in told if isinstance(event, Doubted)] == [
        "not capped: cpu, memory (cgroup: No such file or directory)"
    ]
    assert told[-1] == WorkEnded(lease=1, failure="")


def test_a_machine_of_an_unknown_kind_says_that_its_disk_has_no_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its call has another number, which nobody guesses."""
    monkeypatch.setattr(restraint, "SYS_IOPRIO_SET", {})
    monkeypatch.setattr(restraint.os, "nice", lambda by: by)
    (missed,) = restraint.give_way()
    assert missed.startswith("not capped: disk priority (ioprio_set is not known for ")
