"""Waiting for work, and being woken."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from hostward.agentlink.hub import Hub, Woken
from hostward.domain.ids import MachineId

ONE, OTHER = MachineId(1), MachineId(2)


def run(work: Callable[[Hub], Coroutine[Any, Any, Any]]) -> Any:
    """Run a coroutine on a hub of its own."""
    return asyncio.run(work(Hub()))


async def waiting(hub: Hub, machine: MachineId = ONE, seconds: float = 30.0) -> "asyncio.Task[Woken]":
    """A wait that has begun."""
    before = len(hub)
    task = asyncio.create_task(hub.wait(machine, hub.generation(machine), seconds))
    await asyncio.sleep(0)
    assert len(hub) == before + 1
    return task


def test_a_wake_up_ends_the_wait() -> None:
    """With news."""

    async def work(hub: Hub) -> Woken:
        task = await waiting(hub)
        hub.wake([ONE])
        return await task

    assert run(work) is Woken.NEWS


def test_a_wake_up_of_another_machine_does_not() -> None:
    """The wait goes on."""

    async def work(hub: Hub) -> Woken:
        task = await waiting(hub, seconds=0.05)
        hub.wake([OTHER])
        return await task

    assert run(work) is Woken.NOTHING


def test_a_wake_up_between_look_and_wait_is_not_lost() -> None:
    """The generation that was read before looking tells."""

    async def work(hub: Hub) -> Woken:
        generation = hub.generation(ONE)
        hub.wake([ONE])
        return await hub.wait(ONE, generation, 30.0)

    assert run(work) is Woken.NEWS


def test_a_wake_up_that_was_seen_is_not_news() -> None:
    """The wait begins after it."""

    async def work(hub: Hub) -> Woken:
        hub.wake([ONE])
        return await hub.wait(ONE, hub.generation(ONE), 0.05)

    assert run(work) is Woken.NOTHING


def test_a_wait_ends_when_its_time_is_over() -> None:
    """With nothing."""

    async def work(hub: Hub) -> Woken:
        return await hub.wait(ONE, 0, 0.01)

    assert run(work) is Woken.NOTHING


def test_a_machine_that_asks_anew_ends_its_earlier_wait() -> None:
    """Nobody listens there any more."""

    async def work(hub: Hub) -> tuple[Woken, int]:
        earlier = await waiting(hub)
        later = asyncio.create_task(hub.wait(ONE, 0, 30.0))
        woken = await earlier
        left = len(hub)
        hub.wake([ONE])
        await later
        return woken, left

    assert run(work) == (Woken.NOTHING, 1)


def test_closing_ends_every_wait_and_those_to_come() -> None:
    """The server is about to stop."""

    async def work(hub: Hub) -> list[Woken]:
        tasks = [await waiting(hub, ONE), await waiting(hub, OTHER)]
        hub.close()
        return [await tasks[0], await tasks[1], await hub.wait(ONE, 0, 30.0)]

    assert run(work) == [Woken.CLOSED] * 3


def test_waking_many_wakes_each() -> None:
    """As stopping everything does."""

    async def work(hub: Hub) -> set[Woken]:
        tasks = [await waiting(hub, MachineId(number)) for number in range(200)]
        hub.wake(MachineId(number) for number in range(200))
        return set(await asyncio.gather(*tasks))

    assert run(work) == {Woken.NEWS}


def test_nothing_is_remembered_of_a_wait_that_is_over() -> None:
    """However it ended."""

    async def work(hub: Hub) -> int:
        woken, cancelled = await waiting(hub, ONE), await waiting(hub, OTHER)
        hub.wake([ONE])
        await woken
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        await hub.wait(MachineId(3), 0, 0.01)
        return len(hub)

    assert run(work) == 0


def test_another_thread_may_wake() -> None:
    """A commit happens off the event loop."""

    async def work(hub: Hub) -> Woken:
        task = await waiting(hub)
        thread = threading.Thread(target=hub.wake, args=([ONE],))
        thread.start()
        woken = await asyncio.wait_for(task, 10)
        thread.join()
        return woken

    assert run(work) is Woken.NEWS


def test_waking_an_event_loop_that_is_gone_is_no_error() -> None:
    """A wake-up never fails."""
    hub = Hub()

    async def begin() -> None:
        task = await waiting(hub)
        del task
        hub._waiters[OTHER] = hub._waiters[ONE]

    asyncio.run(begin())
    hub.wake([OTHER])
    assert hub.generation(OTHER) == 1


@pytest.mark.parametrize("rounds", [300])
def test_no_wake_up_is_ever_lost_between_threads(rounds: int) -> None:
    """A thread wakes while the loop looks and waits: every generation is seen within the wait."""

    async def work(hub: Hub) -> int:
        seen = 0
        waker = threading.Thread(target=lambda: [hub.wake([ONE]) for _ in range(rounds)])
        waker.start()
        while seen < rounds:
            if await asyncio.wait_for(hub.wait(ONE, seen, 20.0), 25.0) is Woken.NEWS:
                seen = hub.generation(ONE)
        waker.join()
        return seen

    assert run(work) == rounds
