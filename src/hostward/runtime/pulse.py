"""A hint that something was committed: it says no more, may be lost, and costs nothing while nobody listens."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Lock


class Pulse:
    """beat() may be called from any thread; listeners are called on their own event loop, once for many beats."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: set[_Listener] = set()

    def beat(self) -> None:
        """Something was committed; never blocks, never fails."""
        if not self._listeners:
            return
        with self._lock:
            resting = [one for one in self._listeners if not one.called]
            for one in resting:
                one.called = True
        for one in resting:
            with suppress(RuntimeError):  # its loop is closed: nobody listens there any more
                one.loop.call_soon_threadsafe(one.hear)

    def listen(self, hear: Callable[[], None]) -> Callable[[], None]:
        """Call hear on this event loop after each beat, from now on; returns what ends it."""
        listener = _Listener(asyncio.get_running_loop(), hear)
        with self._lock:
            self._listeners.add(listener)
        return lambda: self._leave(listener)

    def _leave(self, listener: "_Listener") -> None:
        with self._lock:
            self._listeners.discard(listener)


class _Listener:
    """called: it is about to hear of a beat; another one before that says nothing new."""

    def __init__(self, loop: asyncio.AbstractEventLoop, told: Callable[[], None]) -> None:
        self.loop = loop
        self.called = False
        self._told = told

    def hear(self) -> None:
        """On its event loop. What is committed from here on is another beat."""
        self.called = False
        self._told()
