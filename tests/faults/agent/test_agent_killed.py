"""An agent that is killed with kill -9 at moments nobody chose, and a server that goes away meanwhile."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostward.domain.host_scan import UnitState
from link_lab import Lab, open_lab, process_ids, until

AGENT = """
import sys
from pathlib import Path
from fake_scanners import fake_command
from hostward.agent.driver import Agent, Setup
from link_lab import QUICK
setup = Setup(url=sys.argv[1], data=Path(sys.argv[2]), token=sys.argv[3], pace=QUICK, command=fake_command())
agent = Agent(setup, notice=lambda text: None)
agent.start()
sys.stdin.read()
agent.stop()
"""


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A server's agent plane."""
    with open_lab() as opened:
        yield opened


class Host:
    """An agent in a process of its own, again and again."""

    def __init__(self, lab: Lab, data: Path) -> None:
        self.lab, self.data = lab, data
        self.token = lab.token()
        self.start()

    def start(self) -> None:
        """A new process."""
        paths = ":".join(path for path in sys.path if path)
        self.process = subprocess.Popen(
            [sys.executable, "-c", AGENT, self.lab.url, str(self.data), self.token],
            stdin=subprocess.PIPE,
            env={"PYTHONPATH": paths, "PATH": "/usr/bin:/bin"},
        )

    def kill(self) -> None:
        """As kill -9 does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As an operator stops it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_moment_an_agent_is_killed_at_its_scan_ends_with_every_finding_once(
    lab: Lab, tmp_path: Path, seed: int
) -> None:
    """Three kills, then peace: the unit is OK, nothing is lost or doubled, and the tally is what a recount says."""
    die = random.Random(seed)
    host = Host(lab, tmp_path)
    task = lab.scan("/find/700", "/slowly/20", "/find/3")
    for _ in range(3):
        time.sleep(die.uniform(0.0, 1.0))
        host.kill()
        host.start()
    # An agent that dies takes an attempt along; the third is the operator's to start.
    unit = lab.final(task)
    expected = [*range(700), *range(20), *range(3)]
    if unit.state is UnitState.OK:
        assert lab.found(task) == [f"/found/{number}".encode() for number in expected]
    else:
        assert unit.attempt == 2
    assert lab.fleet.recount(task) == lab.fleet.task(task).tally
    host.stop()
    assert process_ids(str(tmp_path)) == []


def test_results_that_were_spooled_survive_the_agent_and_the_server_being_away(lab: Lab, tmp_path: Path) -> None:
    """The scan ended while the server was gone; a new agent brings its results without scanning again."""
    host = Host(lab, tmp_path)
    task = lab.scan("/slowly/20")
    until(lambda: lab.fleet.unit(task).state is UnitState.RUNNING)
    lab.hub.close()
    lab.server.stop()
    until(lambda: process_ids(f"TMPDIR={tmp_path}") == [])
    time.sleep(0.5)
    lease = lab.fleet.unit(task).lease
    host.kill()
    lab.restart()
    host.start()
    unit = lab.final(task)
    assert (unit.state, unit.lease) == (UnitState.OK, lease)
    assert lab.found(task) == [f"/found/{number}".encode() for number in range(20)]
    host.stop()


def test_an_agent_that_is_killed_while_idle_comes_back_as_the_same_machine(lab: Lab, tmp_path: Path) -> None:
    """And works on."""
    host = Host(lab, tmp_path)
    lab.machine()
    host.kill()
    host.start()
    task = lab.scan("/find/5")
    assert lab.final(task).state is UnitState.OK
    assert len(lab.machines()) == 1
    host.stop()


def test_a_stop_reaches_an_agent_that_was_started_anew(lab: Lab, tmp_path: Path) -> None:
    """Whether the unit was worked on or waits again, it ends as stopped and nothing runs."""
    host = Host(lab, tmp_path)
    task = lab.scan("/hang")
    until(lambda: process_ids(f"TMPDIR={tmp_path}"))
    host.kill()
    lab.stop(task)
    host.start()
    assert lab.final(task).state is UnitState.STOPPED
    until(lambda: process_ids(f"TMPDIR={tmp_path}") == [])
    host.stop()
