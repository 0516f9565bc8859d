"""A real agent, with real worker processes, and the real server's side of the link over loopback."""

from pathlib import Path

import pytest

from hostward.agent.pace import Pace
from hostward.domain.host_scan import FailType, UnitState
from link_lab import QUICK, Lab, open_lab, process_ids, until


@pytest.fixture
def lab():
    """A server's agent plane."""
    with open_lab() as opened:
        yield opened


@pytest.fixture
def agents(lab: Lab, tmp_path: Path):
    """Starts agents in folders of their own, and stops them."""
    running = []

    def start(name: str = "one", **options):
        running.append(lab.agent(tmp_path / name, **options))
        return running[-1]

    yield start
    for agent in running:
        agent.stop()


def test_an_agent_enrols_opens_a_session_and_says_what_its_machine_is(lab: Lab, agents) -> None:
    """The machine is known by name and version as soon as the session is open."""
    agents()
    machine = lab.machine()
    assert machine.facts.host_name != ""
    assert machine.facts.agent_version == "0.1.0"
    assert machine.is_online(lab.clock.now())


def test_a_scan_that_finds_things_ends_well_with_all_of_them(lab: Lab, agents) -> None:
    """1,234 findings in several batches are stored once each, in order."""
    agents()
    task = lab.scan("/find/1234", "/doubt/one file was encrypted")
    unit = lab.final(task)
    assert unit.state is UnitState.OK
    assert unit.note.values == {"what": "one file was encrypted"}
    assert lab.found(task) == [f"/found/{number}".encode() for number in range(1234)]


def test_findings_and_progress_arrive_while_the_scan_goes_on(lab: Lab, agents) -> None:
    """A running unit shows its share and its first findings."""
    agents()
    task = lab.scan("/slowly/400")
    until(lambda: 0 < lab.fleet.unit(task).progress < 10_000 and lab.fleet.unit(task).risk_num > 0)
    assert lab.fleet.unit(task).state is UnitState.RUNNING
    lab.stop(task)
    lab.final(task)


def test_a_scan_without_findings_ends_well(lab: Lab, agents) -> None:
    """An End with no batches is enough."""
    agents()
    task = lab.scan()
    assert lab.final(task).state is UnitState.OK
    assert lab.found(task) == []


def test_scans_follow_one_another(lab: Lab, agents) -> None:
    """The second task of a module is started when the first has ended."""
    agents()
    first, second = lab.scan("/find/1"), lab.scan("/find/2")
    assert lab.final(first).state is UnitState.OK
    assert lab.final(second).state is UnitState.OK
    assert (len(lab.found(first)), len(lab.found(second))) == (1, 2)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("/fail/no rules", "no rules"),
        ("/error/a defect", "RuntimeError: a defect"),
        ("/crash", "signal 11"),
        ("/leave", "without a word"),
        ("/complain/100000", "the last words"),
        ("/eat/9000000000", "more memory"),
    ],
)
def test_a_scan_that_fails_says_why(lab: Lab, agents, behaviour: str, words: str) -> None:
    """What was found before is kept, and the reason is shown."""
    agents()
    task = lab.scan("/find/3", behaviour)
    unit = lab.final(task)
    assert (unit.state, unit.fail) == (UnitState.FAIL, FailType.FAILED)
    assert words in unit.note.values["what"]
    assert len(lab.found(task)) == 3


@pytest.mark.parametrize("behaviour", ["/hang", "/deaf", "/spawn", "/daemon"])
def test_a_stop_ends_the_scan_and_leaves_no_process(lab: Lab, agents, tmp_path: Path, behaviour: str) -> None:
    """Whatever the scan has started is gone when the stop is confirmed."""
    agents()
    task = lab.scan("/find/2", behaviour, "/hang")
    until(lambda: len(process_ids(str(tmp_path))) >= 2)
    until(lambda: lab.fleet.unit(task).risk_num == 2)
    lab.stop(task)
    assert lab.final(task).state is UnitState.STOPPED
    assert process_ids(str(tmp_path)) == []
    assert list((tmp_path / "one" / "work").iterdir()) == []


def test_a_scan_that_takes_too_long_is_ended_by_the_agent(lab: Lab, agents, tmp_path: Path) -> None:
    """The limit holds though the server says nothing."""
    agents()
    task = lab.scan("/hang", timeout=1)
    unit = lab.final(task)
    assert unit.state is UnitState.FAIL
    assert unit.note.values == {"what": "timed out"}
    assert process_ids(str(tmp_path)) == []


def test_stopping_the_agent_kills_its_scans(lab: Lab, agents, tmp_path: Path) -> None:
    """stop() returns when no process is left."""
    agent = agents()
    lab.scan("/spawn", "/hang")
    until(lambda: len(process_ids(str(tmp_path))) >= 3)
    agent.stop()
    assert process_ids(str(tmp_path)) == []
    assert not agent.is_alive


def test_an_agent_that_starts_again_does_what_it_had_not_finished(lab: Lab, agents, tmp_path: Path) -> None:
    """The new process ends the old one's lease at once, and the scan begins anew."""
    first = agents()
    task = lab.scan("/slowly/30")
    until(lambda: lab.fleet.unit(task).risk_num > 0)
    first.stop()
    lease = lab.fleet.unit(task).lease
    agents("one", token="")
    unit = lab.final(task)
    assert unit.state is UnitState.OK
    assert unit.lease != lease
    assert lab.found(task) == [f"/found/{number}".encode() for number in range(30)]
    assert len(lab.machines()) == 1


def test_results_outlive_a_server_that_is_away(lab: Lab, agents) -> None:
    """The scan goes on without the server, and all of it arrives when it is back."""
    agents()
    task = lab.scan("/slowly/40")
    until(lambda: lab.fleet.unit(task).risk_num > 0)
    lab.restart()
    unit = lab.final(task)
    assert unit.state is UnitState.OK
    assert unit.attempt == 1
    assert lab.found(task) == [f"/found/{number}".encode() for number in range(40)]


def test_a_full_spool_makes_the_scan_wait_and_loses_nothing(lab: Lab, agents) -> None:
    """With room for few results at a time all of them arrive in the end."""
    agents(pace=Pace(**{**_as_dict(QUICK), "spool": 100_000}))
    task = lab.scan("/find/3000")
    assert lab.final(task).state is UnitState.OK
    assert len(lab.found(task)) == 3000


def test_an_agent_whose_clock_is_wrong_takes_the_servers_time(lab: Lab, agents) -> None:
    """24 hours of skew cost one refused message."""
    lab.clock.off = 24 * 3600
    agents()
    task = lab.scan("/find/1")
    assert lab.final(task).state is UnitState.OK


def test_a_wrong_token_is_told_to_the_operator(lab: Lab, agents) -> None:
    """The agent waits for people to help."""
    told: list[str] = []
    agents(token="invented", notice=told.append)
    until(lambda: told)
    assert "enrolment token" in told[0]


def test_idle_agents_stop_quickly(lab: Lab, agents) -> None:
    """A poll under way is broken off."""
    agent = agents()
    lab.machine()
    until(lambda: len(lab.hub) == 1)
    agent.stop()
    assert not agent.is_alive


def test_a_server_that_stops_lets_its_agents_go(lab: Lab, agents) -> None:
    """Held polls end before uvicorn's patience does."""
    agents()
    lab.machine()
    until(lambda: len(lab.hub) == 1)
    lab.hub.close()
    assert lab.server.stop() < 2.0
    lab.server = type(lab.server)(lab.app, lab.server.port)


def _as_dict(pace: Pace) -> dict[str, float]:
    return {name: getattr(pace, name) for name in Pace.__slots__}
