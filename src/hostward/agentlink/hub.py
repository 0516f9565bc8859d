"""Agents that wait for work, and how they are woken.

A wake-up carries nothing but a number that rises: whoever looked for work before the number rose looks again. A
waiter is entered under the same lock under which numbers rise, so that no wake-up is lost between look and wait.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from threading import Lock

from hostward.domain.ids import MachineId


class Woken(Enum):
    """Why a wait is over."""

    NEWS = auto()
    NOTHING = auto()
    """The time is over, or the same machine asked anew."""
    CLOSED = auto()


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Woken]


class Hub:
    """Waits of this process's agents, at most one a machine. wake and close may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generations: dict[MachineId, int] = {}
        self._waiters: dict[MachineId, _Waiter] = {}
        self._closed = False

    def __len__(self) -> int:
        """How many agents wait."""
        return len(self._waiters)

    def generation(self, machine: MachineId) -> int:
        """How often the machine was woken: to be read before looking for work."""
        with self._lock:
            return self._generations.get(machine, 0)

    def wake(self, machines: Iterable[MachineId]) -> None:
        """Tell these machines' agents to ask again; never blocks, never fails."""
        released = []
        with self._lock:
            for machine in machines:
                self._generations[machine] = self._generations.get(machine, 0) + 1
                waiter = self._waiters.pop(machine, None)
                if waiter is not None:
                    released.append(waiter)
        _release(released, Woken.NEWS)

    async def wait(self, machine: MachineId, generation: int, seconds: float) -> Woken:
        """Wait until the machine's generation is another than this one; an earlier wait of the machine's ends."""
        loop = asyncio.get_running_loop()
        waiter = _Waiter(loop, loop.create_future())
        with self._lock:
            if self._closed:
                return Woken.CLOSED
            if self._generations.get(machine, 0) != generation:
                return Woken.NEWS
            earlier = self._waiters.get(machine)
            self._waiters[machine] = waiter
        if earlier is not None:
            _release([earlier], Woken.NOTHING)
        timer = loop.call_later(seconds, _settle, [waiter.future], Woken.NOTHING)
        try:
            return await waiter.future
        finally:
            timer.cancel()
            with self._lock:
                if self._waiters.get(machine) is waiter:
                    del self._waiters[machine]

    def close(self) -> None:
        """End every wait, now and from now on: the server is about to stop."""
        with self._lock:
            self._closed = True
            released = list(self._waiters.values())
            self._waiters.clear()
        _release(released, Woken.CLOSED)


def _release(waiters: Iterable[_Waiter], why: Woken) -> None:
    """Settle these waits, each on its own event loop; one call a loop, however many they are."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[Woken]]] = {}
    for waiter in waiters:
        by_loop.setdefault(waiter.loop, []).append(waiter.future)
    for loop, futures in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_settle, futures, why)


def _settle(futures: Iterable[asyncio.Future[Woken]], why: Woken) -> None:
    for future in futures:
        if not future.done():
            future.set_result(why)
