"""The clock that starts scheduled scans."""

import asyncio
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from hostward.domain.ids import ScheduleId
from hostward.domain.schedule import Schedule
from hostward.usecases.schedules.keep import keep
from hostward.wiring import scheduler
from hostward.wiring.scheduler import SHORTEST_SECONDS, TICK_SECONDS, Scheduler
from schedule_samples import at, setting
from small_fleet import Fleet, new_fleet


class Wakes:
    """A hub that remembers whom it woke."""

    def __init__(self) -> None:
        self.woken: list[int] = []

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
    """One machine and a scan each day at 02:00, from tomorrow on."""
    fleet = new_fleet()
    fleet.add("a")
    kept(fleet)
    return fleet


def kept(fleet: Fleet, **said) -> Schedule:
    """Keep a setting."""
    wanted = setting(first=date(2026, 11, 25), **said)
    return fleet.store.write_now(
        lambda uow: keep(uow, account=fleet.account, setting=wanted, zone=UTC, now=fleet.now)
    )  # fmt: skip


def looks(fleet: Fleet, *, zone=UTC, hub: Wakes | None = None) -> Scheduler:
    """A scheduler on the fleet's store and clock."""
    return Scheduler(
        store=fleet.store, hub=hub or Wakes(), clock=Turned(fleet), zone=zone, timeout=timedelta(minutes=10)
    )


def count(fleet: Fleet) -> int:
    """How many tasks there are."""
    return fleet.store.read_now(
        lambda uow: uow.tasks.list(fleet.account, module=None, states=frozenset(), limit=1, offset=0)
    )[0]


def test_a_tick_starts_what_is_due_and_wakes_the_agents(fleet: Fleet):
    """Once: the next tick finds nothing."""
    hub = Wakes()
    looking = looks(fleet, hub=hub)
    fleet.now = at("2026-11-25 02:00")
    pauses = [asyncio.run(looking.tick()) for _ in range(2)]
    assert (count(fleet), hub.woken, pauses) == (1, [fleet.machines[0].id], [TICK_SECONDS] * 2)


@pytest.mark.parametrize(
    ("now", "pause"),
    [
        ("2026-11-25 01:00:00", TICK_SECONDS),
        ("2026-11-25 01:59:59", TICK_SECONDS),
        ("2026-11-25 01:59:59.250", 0.75),
        ("2026-11-25 01:59:59.999", SHORTEST_SECONDS),
    ],
)
def test_a_fire_that_is_near_is_waited_for_exactly(fleet: Fleet, now: str, pause: float):
    """Not to the end of the second."""
    fleet.now = at(now)
    assert asyncio.run(looks(fleet).tick()) == pytest.approx(pause)
    assert count(fleet) == 0


def test_an_idle_tick_writes_nothing(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """But for the first, which looks at the zone."""
    looking = looks(fleet)
    asyncio.run(looking.tick())
    monkeypatch.setattr(fleet.store, "write", None)
    assert asyncio.run(looking.tick()) == TICK_SECONDS


def test_the_first_tick_reckons_by_the_servers_zone(fleet: Fleet):
    """A zone that was changed while the server was down."""
    asyncio.run(looks(fleet, zone=ZoneInfo("Asia/Shanghai")).tick())
    schedule = fleet.store.read_now(lambda uow: uow.schedules.get(ScheduleId(1)))
    assert (schedule.next_fire, schedule.zone) == (at("2026-11-24 18:00"), "Asia/Shanghai")


def test_one_schedule_that_fails_keeps_no_other_from_its_start(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """It is logged, and tried again with the next tick."""
    kept(fleet, options=fleet.task(fleet.start()).options, content=("1",))
    before, run_due = count(fleet), scheduler.run_due

    def broken(uow, *, which, **named):
        if which == 1:
            raise RuntimeError("a row that nobody understands")
        return run_due(uow, which=which, **named)

    monkeypatch.setattr(scheduler, "run_due", broken)
    fleet.now = at("2026-11-25 02:00")
    with capture_logs() as events:
        asyncio.run(looks(fleet).tick())
    assert count(fleet) == before + 1
    assert [(event["event"], event["schedule"]) for event in events] == [
        ("schedule failed", 1), ("scheduled scan started", 2),
    ]  # fmt: skip
    monkeypatch.undo()
    asyncio.run(looks(fleet).tick())
    assert count(fleet) == before + 2


def test_starts_and_skips_are_in_the_log(fleet: Fleet):
    """With the schedule and the fire."""
    fleet.now = at("2026-11-25 09:00")
    with capture_logs() as events:
        asyncio.run(looks(fleet).tick())
    assert [(event["event"], event["fire"], event["reason"]) for event in events] == [
        ("scheduled scan skipped", at("2026-11-25 02:00"), "fire_too_late")
    ]


def test_a_store_that_fails_once_is_asked_again(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """The next tick must come."""
    monkeypatch.setattr(scheduler, "TICK_SECONDS", 0.0)
    calls = []

    async def broken(_self) -> float:
        calls.append(1)
        if len(calls) > 2:
            raise asyncio.CancelledError
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Scheduler, "tick", broken)
    with capture_logs() as events, pytest.raises(asyncio.CancelledError):
        asyncio.run(looks(fleet).run())
    assert [event["event"] for event in events] == ["scheduler failed"] * 2
