"""An event loop whose time jumps to the next thing that is to happen: hours pass in milliseconds, always alike."""

import asyncio
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NothingHappens(AssertionError):
    """Everybody waits for somebody else."""


MOST_TURNS = 1_000_000
"""Turns of the loop in one history; the longest real ones take a tenth of it."""


class Spins(AssertionError):
    """Something happens again and again, and time does not pass."""


class VirtualLoop(BaseEventLoop):
    """No sockets, no threads, no real time: callbacks in the order of their times, then in the order they were made."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._turns = 0
        self._selector = self  # what BaseEventLoop asks how long to wait

    def time(self) -> float:
        """Seconds since the history began."""
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        """Instead of waiting, be there."""
        if timeout is None:
            raise NothingHappens("nothing is going to happen any more")
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise Spins(f"{MOST_TURNS} turns of the loop by {self._now:.0f} s")
        self._now += max(0.0, timeout)
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none: nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody waits in another thread."""


def play(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it on a loop of its own; what is still under way at its end is broken off."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _loop, _context: None)  # what was killed half way has nobody to tell
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main())
    finally:
        try:
            left = asyncio.all_tasks(loop)
            for _ in range(3):
                for task in left:
                    task.cancel()
                left = _gather(loop, left)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _gather(loop: VirtualLoop, tasks: set[Any]) -> set[Any]:
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=60.0))
    return {task for task in tasks if not task.done()}
