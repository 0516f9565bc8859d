"""Threads that event loops have reads done by."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from hostward.store.reading_threads import ReadingThreads


@pytest.fixture
def threads() -> Iterator[ReadingThreads]:
    """Two of them at most."""
    with closing(ReadingThreads(2)) as made:
        yield made


def test_work_is_done_in_another_thread(threads: ReadingThreads) -> None:
    """What it returns comes back to the loop."""

    async def story() -> tuple[int, bool]:
        return await threads.run(lambda number: (number + 1, threading.current_thread() is here), 1)

    here = threading.current_thread()
    assert asyncio.run(story()) == (2, False)


def test_what_work_raises_is_raised(threads: ReadingThreads) -> None:
    """And the thread lives on."""

    async def story() -> list[object]:
        return [
            *await asyncio.gather(threads.run(int, "no number"), return_exceptions=True),
            await threads.run(int, "7"),
        ]

    failed, number = asyncio.run(story())
    assert (type(failed), number) == (ValueError, 7)


def test_so_many_work_at_a_time_and_no_more(threads: ReadingThreads) -> None:
    """The third read waits for one of two to end; a quiet server needs one thread."""
    both, seen = threading.Barrier(2, timeout=20), []

    def work(number: int) -> int:
        seen.append(threading.current_thread().ident)
        if number < 2:
            both.wait()  # breaks unless two are at work at the same time
        return number

    async def story() -> list[int]:
        return await asyncio.gather(*(threads.run(work, number) for number in range(8)))

    assert asyncio.run(story()) == list(range(8))
    assert len(set(seen)) == 2


def test_one_after_another_needs_few_threads(threads: ReadingThreads) -> None:
    """The one that is idle is taken; whether it was idle already when it was asked again is a matter of luck."""

    async def story() -> set[int]:
        return {await threads.run(lambda _: threading.get_ident(), None) for _ in range(20)}

    assert len(asyncio.run(story())) <= 2


def test_nobody_who_left_is_answered(threads: ReadingThreads) -> None:
    """A cancelled call does not disturb the ones after it."""

    async def story() -> str:
        gate = threading.Event()
        waiting = asyncio.ensure_future(threads.run(lambda _: gate.wait(20), None))
        await asyncio.sleep(0)
        waiting.cancel()
        gate.set()
        assert await asyncio.gather(waiting, return_exceptions=True) != [True]
        return await threads.run(str, 5)

    assert asyncio.run(story()) == "5"


def test_what_was_asked_for_is_done_before_the_end() -> None:
    """Then nothing is taken any more; closing twice is once."""

    async def story() -> str:
        threads = ReadingThreads(1)
        asked = asyncio.ensure_future(threads.run(str, 1))
        await asyncio.sleep(0)
        threads.close()
        threads.close()
        with pytest.raises(RuntimeError, match="closed"):
            await threads.run(str, 2)
        return await asked

    assert asyncio.run(story()) == "1"
