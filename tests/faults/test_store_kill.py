"""What the embedded store has answered survives the end of its process at any moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hostward.domain.ids import Seq, TaskId
from hostward.store.open import open_sqlite

WRITER = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hostward.domain.ids import Seq
from hostward.store.open import open_sqlite
from store_samples import NOW, account, fleet, leased, new_task, running

store = open_sqlite(Path(sys.argv[1]))
owner = account(store)
machines = fleet(store, owner, 8)
task = store.write_now(lambda uow: new_task(uow, owner, machines)).id
said = threading.Lock()


def step(uow, seq, number):
    unit = uow.tasks.unit(task, Seq(seq))
    after = leased(1)(unit) if number == 0 else running(number)(unit).found(number)
    uow.tasks.change(unit, after, NOW)
    return after.rev


def work(seq):
    for number in range(100_000):
        rev = store.write_now(lambda uow: step(uow, seq, number))
        with said:
            sys.stdout.write(f"{seq} {rev}\\n")
            sys.stdout.flush()


print(f"task {task}", flush=True)
with ThreadPoolExecutor(8) as threads:
    list(threads.map(work, range(8)))
"""


def acked_until_killed(folder: Path, lines: int) -> tuple[TaskId, dict[int, int]]:
    """Let a process write and kill it after so many answers: the task, and the last revision acked for each seq."""
    here = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": f"{here.parent / 'src'}:{here / 'support'}"}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        task = TaskId(int(process.stdout.readline().split()[1]))
        acked: dict[int, int] = {}
        for number, line in enumerate(process.stdout):
            if number == lines:
                process.send_signal(signal.SIGKILL)
            if not line.endswith("\n"):
                break
            seq, rev = map(int, line.split())
            acked[seq] = rev
        process.wait()
    return task, acked


@pytest.mark.parametrize("lines", [1, 50, 300, 1111])
def test_every_answered_write_is_there_after_a_kill(tmp_path: Path, lines: int) -> None:
    """Each seq has at least its last acked revision, and the kept tally is the counted one."""
    task, acked = acked_until_killed(tmp_path, lines)
    store = open_sqlite(tmp_path)
    try:
        revs = store.read_now(lambda uow: {unit.seq: unit.rev for unit in uow.tasks.units(task)})
        lost = {seq: (rev, revs[Seq(seq)]) for seq, rev in acked.items() if revs[Seq(seq)] < rev}
        kept = store.read_now(lambda uow: uow.tasks.get(task))
        counted = store.read_now(lambda uow: uow.tasks.recount(task))
    finally:
        store.close()
    assert kept is not None
    assert (lost, kept.tally) == ({}, counted)


def test_a_store_goes_on_after_a_kill(tmp_path: Path) -> None:
    """The next process writes at once, and gives no id anew."""
    task, _ = acked_until_killed(tmp_path, 20)
    store = open_sqlite(tmp_path)
    try:
        assert store.write_now(lambda uow: uow.tasks.next_id()) == task + 1
    finally:
        store.close()
