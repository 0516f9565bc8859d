"""The clock tick."""

import asyncio

import pytest

from hostward.domain.host_scan import FailType
from hostward.domain.ids import MachineId
from hostward.usecases.scans import expire as expiring
from hostward.wiring import reaper
from hostward.wiring.reaper import reap, tick
from small_fleet import Fleet, new_fleet


class Wakes:
    """A hub that remembers whom it woke."""

    def __init__(self) -> None:
        self.woken: list[MachineId] = []

    def wake(self, machines) -> None:
        """Remember."""
        self.woken.extend(machines)


class Turned:
    """The fleet's clock."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    def now(self):
        """The fleet's time."""
        return self.fleet.now

    def monotonic(self) -> float:
        """Not asked for here."""
        return 0.0


@pytest.fixture
def fleet() -> Fleet:
    """An account without machines."""
    return new_fleet()


def test_a_tick_ends_what_is_due(fleet: Fleet):
    """Offline at the end of the queue."""
    fleet.add("a", online=False)
    task = fleet.start(queue=10)
    fleet.later(11)
    asyncio.run(tick(fleet.store, Wakes(), Turned(fleet)))
    assert fleet.unit(task).fail is FailType.OFFLINE


def test_an_agent_whose_lease_was_taken_back_is_woken(fleet: Fleet):
    """It should ask again at once."""
    machine = fleet.add("a")
    fleet.start()
    fleet.lease(machine)
    fleet.later(200)
    wakes = Wakes()
    asyncio.run(tick(fleet.store, wakes, Turned(fleet)))
    assert wakes.woken == [machine.id]


def test_more_than_one_round_is_looked_at_in_one_tick(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """A herd that times out together ends together."""
    monkeypatch.setattr(reaper, "AT_ONCE", 3)
    monkeypatch.setattr(expiring.expire, "__kwdefaults__", {"limit": 3})
    for number in range(8):
        fleet.add(f"m{number}", online=False)
    task = fleet.start(queue=10)
    fleet.later(11)
    asyncio.run(tick(fleet.store, Wakes(), Turned(fleet)))
    assert fleet.task(task).tally.offline == 8


def test_a_store_that_fails_once_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    """The next tick must come."""
    monkeypatch.setattr(reaper, "TICK_SECONDS", 0.0)
    calls = []

    async def broken(*_parts) -> None:
        calls.append(1)
        if len(calls) > 2:
            raise asyncio.CancelledError
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(reaper, "tick", broken)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(reap(None, None, Turned(new_fleet())))
    assert len(calls) == 3


def test_time_in_which_nobody_could_be_heard_is_no_silence(monkeypatch: pytest.MonkeyPatch, fleet: Fleet):
    """Neither that before the server's start, nor a standstill, nor one with a store that fails; a short pause is."""
    monkeypatch.setattr(reaper, "TICK_SECONDS", 0.0)
    begin, heard_since = fleet.now, []
    pauses = iter([1.0, 1.0, 100.0, 1.0, 1.0])

    async def look(_store, _hub, _clock, since) -> None:
        heard_since.append((since - begin).total_seconds())
        fleet.later(next(pauses, 0.0))
        if len(heard_since) == 5:
            raise RuntimeError("the disk is full")
        if len(heard_since) == 6:
            raise asyncio.CancelledError

    monkeypatch.setattr(reaper, "tick", look)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(reap(None, None, Turned(fleet)))
    assert heard_since == [0.0, 0.0, 0.0, 102.0, 102.0, 104.0]
