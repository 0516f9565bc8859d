"""Two agents on one folder, as processes of their own: the second is refused, and nothing is left of one that died."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostward.agent import identity
from hostward.agent.config import write
from hostward.agent.status import is_running
from hostward.domain.host_scan import UnitState
from link_lab import Lab, open_lab, until
from running import environment, up

AGENT = """
import sys
from dataclasses import replace
from fake_scanners import fake_command
from hostward.agent import program
from link_lab import QUICK
made = program._setup
program._setup = lambda config: replace(made(config), command=fake_command(), pace=QUICK)
sys.exit(program.main(sys.argv[1]))
"""
"""The agent's own program, with scanners that do what a job says."""


@contextmanager
def agent(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of the agent that is set up in a folder, killed at the end."""
    paths = ":".join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", AGENT, str(folder)], stderr=subprocess.PIPE, text=True,
        env={**environment(), "PYTHONPATH": paths},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A server's agent plane."""
    with open_lab() as opened:
        yield opened


def test_a_second_agent_on_one_folder_is_refused_and_a_killed_one_leaves_no_lock(lab: Lab, tmp_path: Path) -> None:
    """The first goes on with its scan as if nothing had been; killed while it works, the next start takes over."""
    data = tmp_path / "data"
    write(tmp_path / "etc", server=lab.url, data=data)
    data.mkdir(mode=0o700)
    (data / identity.TOKEN_FILE).write_text(lab.token())
    gate = tmp_path / "gate"
    with agent(tmp_path / "etc") as first:
        task = lab.scan(f"/wait{gate}", "/find/700")
        until(lambda: lab.fleet.unit(task).state is UnitState.RUNNING)
        with agent(tmp_path / "etc") as second:
            _, said = second.communicate(timeout=60)
        assert (second.returncode, f"an agent runs on {data} already: stop it first" in said) == (1, True), said
        gate.touch()
        unit = lab.final(task)
        assert (unit.state, unit.attempt, first.poll()) == (UnitState.OK, 1, None)
        assert lab.found(task) == [f"/found/{number}".encode() for number in range(700)]
        gate.unlink()
        killed = lab.scan(f"/wait{gate}", "/find/7")
        until(lambda: lab.fleet.unit(killed).state is UnitState.RUNNING)
    # Killed with -9, its worker with it or just after it: the file is there, and nobody holds it.
    assert not is_running(data)
    gate.touch()
    with agent(tmp_path / "etc"):
        unit = lab.final(killed)
        assert (unit.state, unit.attempt) == (UnitState.OK, 2)
        assert len(lab.machines()) == 1


def test_an_agent_on_the_folder_of_the_servers_own_agent_is_refused(tmp_path: Path) -> None:
    """`hostward up` has an agent in its own process, with results on the disk like any other's."""
    with up(tmp_path / "data", "--no-scan") as server:
        write(tmp_path / "etc", server=f"http://{server.endpoint}", data=tmp_path / "data" / "agent")
        with agent(tmp_path / "etc") as second:
            _, said = second.communicate(timeout=60)
        assert (second.returncode, "already: stop it first" in said) == (1, True), said
        server.kill()
    assert not is_running(tmp_path / "data" / "agent")
