"""Simulated agents on real sockets, against a server's agent plane."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hostward.agent.wire import target_of
from hostward.domain.errors import HostwardError
from hostward.domain.host_scan import UnitState
from hostward.domain.options import MalwareOptions
from hostward.perf.crowd import Crowd, Habits
from hostward.perf.identities import FILE, Identities
from hostward.perf.trial import spread
from link_lab import QUICK, Lab, open_lab

COUNT = 4
FINDINGS = 30


def crowd_of(lab: Lab, state: Path, token: str) -> Crowd:
    """A few agents whose scans are short."""
    habits = Habits(findings=FINDINGS, batch=10, seconds=0.3, pace=QUICK)
    return Crowd(
        target=target_of(lab.url, {}), tls=None, token=token, identities=Identities(state), habits=habits, count=COUNT
    )  # fmt: skip


async def _until(done: Callable[[], object]) -> None:
    for _ in range(600):
        if done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


async def _with(crowd: Crowd, act: Callable[[], Awaitable[None]]) -> None:
    await crowd.start(ramp=0)
    try:
        await _until(lambda: crowd.enrolled == COUNT)
        await act()
    finally:
        crowd.stop()


def test_every_finding_of_a_crowd_is_there_once(tmp_path: Path) -> None:
    """Though one agent is killed in the middle and starts again on its spool."""
    with open_lab() as lab:
        crowd = crowd_of(lab, tmp_path, lab.token(uses=COUNT))

        async def scan() -> None:
            await _until(lambda: sum(bool(machine.instance) for machine in lab.machines()) == COUNT)
            lab.fleet.now = lab.clock.now()
            started = lab.fleet.started(options=MalwareOptions())
            lab.hub.wake(started.wake)
            await _until(lambda: crowd.scanning == COUNT)
            crowd.members[0].kill()
            crowd.members[0].start()
            await _until(lambda: lab.fleet.task(started.task).tally.is_done)
            units = [lab.fleet.unit(started.task, seq) for seq in range(COUNT)]
            assert [(unit.state, unit.risk_num) for unit in units] == [(UnitState.OK, FINDINGS)] * COUNT
            await _until(lambda: not crowd.holding)

        asyncio.run(_with(crowd, scan))


def test_a_later_run_is_the_same_fleet(tmp_path: Path) -> None:
    """Without a token: its agents are known."""

    async def nothing() -> None:
        return

    with open_lab() as lab:
        asyncio.run(_with(crowd_of(lab, tmp_path, lab.token(uses=COUNT)), nothing))
        asyncio.run(_with(crowd_of(lab, tmp_path, ""), nothing))
        assert len(lab.machines()) == COUNT


def test_a_damaged_file_of_identities_is_told(tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / FILE).write_text("{")
    with pytest.raises(HostwardError, match="damaged"):
        Identities(tmp_path)


def test_percentiles_are_of_what_was_measured() -> None:
    """The median, the 99th and the longest."""
    found = spread([float(number) for number in range(1, 101)])
    assert (found.of, found.p50, found.p99, found.longest) == (100, 51.0, 100.0, 100.0)
