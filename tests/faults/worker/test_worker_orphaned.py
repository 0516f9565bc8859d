"""Scans whose agent is killed with kill -9."""

import subprocess
import sys
from pathlib import Path

import pytest

from link_lab import process_ids, until

PARENT = """
import sys
from pathlib import Path
from queue import SimpleQueue
from fake_scanners import fake_command
from hostward.agent.work import Place, Workers
from hostward.protocol.job import Job, MalwareJob
queue = SimpleQueue()
workers = Workers(Place(folder=Path(sys.argv[1])), queue.put, command=fake_command())
workers.prepare()
for lease, behaviours in enumerate(sys.argv[2:], 1):
    paths = behaviours.split(",")
    workers.start(Job(lease=lease, options=MalwareJob(pattern=2, engine=3, paths=paths), seconds=600))
while True:
    workers.dealt_with(queue.get())
"""


@pytest.mark.parametrize(
    ("behaviours", "processes"),
    [
        (["/hang"], 2),
        (["/deaf"], 2),
        (["/hog"], 2),
        (["/spawn,/hang"], 3),
        (["/daemon,/hang"], 3),
        (["/daemon,/spawn,/hog"], 4),
        (["/hang", "/spawn,/hang", "/hog"], 7),
    ],
)
def test_no_process_outlives_an_agent_that_is_killed(tmp_path: Path, behaviours: list[str], processes: int) -> None:
    """Neither scans nor their commands, whatever they do and whatever group they are in."""
    folder = tmp_path / "work"
    paths = ":".join(path for path in sys.path if path)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), *behaviours], env={"PYTHONPATH": paths, "PATH": "/usr/bin:/bin"}
    )
    try:
        until(lambda: len(process_ids(f"TMPDIR={folder}")) == processes)
    finally:
        parent.kill()
        parent.wait()
    until(lambda: process_ids(f"TMPDIR={folder}") == [], seconds=10)
    assert process_ids(f"TMPDIR={folder}") == []
