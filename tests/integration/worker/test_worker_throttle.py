"""A scan with a cap on its processor time, on this machine's own kernel."""

import os
import time
from pathlib import Path

import msgspec
import pytest

from fake_scanners import fake_command
from hostward.agent.events import WorkEnded
from hostward.agent.work import Place, Workers
from hostward.protocol.job import Job, MalwareJob
from hostward.scanners import throttle
from hostward.scanners.lines import Order
from link_lab import process_ids, until

SHARE = 0.05
WHOLE_PROCESSOR = 1.0
"""Seconds of processor time a second that a scan which never rests would use."""


def workers_for(folder: Path, told: list[object], cpu: float) -> Workers:
    """Workers with the fake scanner."""
    workers = Workers(Place(folder=folder, cpu=cpu), told.append, command=fake_command())
    workers.prepare()
    return workers


def start(workers: Workers, behaviour: str) -> None:
    """Start a scan that does this."""
    workers.start(Job(lease=1, options=MalwareJob(pattern=2, engine=3, paths=[behaviour]), seconds=60))


def test_a_scan_that_never_rests_is_held_to_its_share(tmp_path: Path) -> None:
    """Also where it never lets go of the interpreter lock; one that is stopped is killed as fast as any other."""
    told: list[object] = []
    workers = workers_for(tmp_path / "work", told, SHARE)
    start(workers, "/hog")
    until(lambda: len(process_ids(f"TMPDIR={tmp_path}")) == 2 and throttle._used(_scan(tmp_path)) > 0.2)
    before, began = throttle._used(_scan(tmp_path)), time.monotonic()
    time.sleep(2.0)
    used, passed = throttle._used(_scan(tmp_path)) - before, time.monotonic() - began
    rate = SHARE * (throttle.os.cpu_count() or 1)
    assert rate < WHOLE_PROCESSOR / 2, "this machine has so many processors that the share is no cap for one process"
    assert used < rate * passed + throttle.SAVED + throttle.PERIOD
    workers.kill(1)
    until(lambda: any(isinstance(one, WorkEnded) for one in told), seconds=5)
    assert process_ids(f"TMPDIR={tmp_path}") == []


def test_a_scan_with_a_cap_comes_to_its_end(tmp_path: Path) -> None:
    """Stopping and continuing it loses nothing it says."""
    told: list[object] = []
    workers = workers_for(tmp_path / "work", told, SHARE)
    start(workers, "/find/2000")
    until(lambda: any(isinstance(one, WorkEnded) for one in told))
    assert told[-1] == WorkEnded(lease=1, failure="")
    assert sum(len(one.rows) for one in told if hasattr(one, "rows")) == 2000


def test_what_a_scan_writes_is_held_to_its_rate(tmp_path: Path) -> None:
    """What would take a third of a second takes two: less what may be saved up and what one look may miss."""
    if not _disk_is_counted(tmp_path):
        pytest.skip(f"what is written below {tmp_path} reaches no disk that this kernel counts")
    told: list[object] = []
    workers = Workers(Place(folder=tmp_path / "work", io=32 << 20), told.append, command=fake_command())
    workers.prepare()
    began = time.monotonic()
    start(workers, "/churn/64")
    until(lambda: any(isinstance(one, WorkEnded) for one in told), seconds=60)
    assert told[-1] == WorkEnded(lease=1, failure="")
    assert time.monotonic() - began > 1.3


@pytest.mark.parametrize(
    ("own", "servers", "share"),
    [(1.0, 25, 0.25), (0.1, 25, 0.1), (0.5, 100, 0.5), (0.0, 25, 0.25), (1.0, 0, 0.01), (1.0, -5, 0.01)],
)
def test_the_stricter_of_two_caps_counts(tmp_path: Path, own: float, servers: int, share: float) -> None:
    """The server's comes with the job, the agent's is in its configuration; none is so small that nothing moves."""
    job = Job(lease=1, options=MalwareJob(pattern=2, engine=3, paths=["/"]), seconds=60, cpu_percent=servers)
    _, order = workers_for(tmp_path / "work", [], own)._order(job, tmp_path)
    assert msgspec.json.decode(order, type=Order).cpu == share


@pytest.mark.parametrize(("own", "servers", "bound"), [(0, 0, 0), (0, 3, 3), (2, 0, 2), (2, 3, 2), (3, 2, 2)])
def test_the_stricter_memory_and_rate_count(tmp_path: Path, own: int, servers: int, bound: int) -> None:
    """0 is no cap, on either side."""
    place = Place(folder=tmp_path, memory=own << 20, io=own << 20)
    options = MalwareJob(pattern=2, engine=3, paths=["/"])
    job = Job(lease=1, options=options, seconds=60, memory_mib=servers, io_mib=servers)
    _, line = Workers(place, print, command=fake_command())._order(job, tmp_path)
    order = msgspec.json.decode(line, type=Order)
    assert (order.memory, order.io) == (bound << 20, bound << 20)


def _disk_is_counted(folder: Path) -> bool:
    """Whether a mebibyte written there is a mebibyte to this kernel."""
    before = throttle._moved_by(os.getpid())
    (folder / "probe").write_bytes(bytes(1 << 20))
    after = throttle._moved_by(os.getpid())
    return before is not None and after is not None and after - before >= 1 << 20


def _scan(tmp_path: Path) -> list[int]:
    """The scanning process: the one that the guard is not."""
    return process_ids(f"TMPDIR={tmp_path}")[-1:]
