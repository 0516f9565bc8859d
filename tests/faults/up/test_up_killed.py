"""kill -9 of server and agent at random moments: every task ends soon, the tally is the recount, nothing is lost."""

import random
import time
from pathlib import Path

import planted
from hostward.domain.ids import TaskId
from hostward.store.open import open_store
from running import Up, start, workers_of

KILLS = 20
PLANTED = 3
SEED = 20261124


def test_twenty_kills_lose_and_double_nothing(tmp_path: Path):
    """Tasks acknowledged before a kill end after it, each with exactly the findings there are."""
    moments = random.Random(SEED)
    data = tmp_path / "data"
    folder = planted.tree(tmp_path / "tree", files=1_500, planted=PLANTED)
    tasks: list[int] = []
    for _ in range(KILLS):
        server = start(data, "--no-scan")
        tasks.append(_scan(server, folder))
        time.sleep(moments.uniform(0.0, 1.2))
        server.kill()
        _no_worker_stays(data)
    _everything_ends(data, tasks)
    _counters_are_true(data, tasks)


def _scan(server: Up, folder: Path) -> int:
    answer = server.call("CreateScanMalwareSetting", ScanPattern=2, HostType=1, CustomPaths=[str(folder)])
    return answer["TaskId"]


def _no_worker_stays(data: Path) -> None:
    """Orphans notice within seconds that nobody is left to scan for."""
    deadline = time.monotonic() + 10
    while left := workers_of(data):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def _everything_ends(data: Path, tasks: list[int]) -> None:
    """No lease is waited out: all that is left to do is the scanning itself."""
    server = start(data, "--no-scan")
    began = time.monotonic()
    for task in tasks:
        details = server.finished("Malware", task, seconds=80)
        (row,) = details["ScanTaskDetailList"]
        assert (row["Status"], row["RiskNum"]) == ("Ok", PLANTED), row
    assert time.monotonic() - began < 80
    assert server.interrupt() == 0


def _counters_are_true(data: Path, tasks: list[int]) -> None:
    store = open_store(data)
    try:
        for number in tasks:
            kept = store.read_now(lambda uow: uow.tasks.get(TaskId(number)))  # noqa: B023  # runs now
            counted = store.read_now(lambda uow: uow.tasks.recount(TaskId(number)))  # noqa: B023  # runs now
            assert kept is not None
            assert kept.tally == counted
    finally:
        store.close()
