"""Threads that event loops have reads done by, and nothing but that: half the cost of an executor's way there and back.

An executor makes two futures a call, chains them and looks at each four times. Here the thread answers the caller's
own.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

A = TypeVar("A")
T = TypeVar("T")


class ReadingThreads:
    """Up to `most` threads, each begun when all others are busy: a quiet server has one, which stays warm."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._idle = 0  # threads that wait, less the reads that wait: below 0 while all are busy
        self._closed = False

    async def run(self, work: Callable[[A], T], argument: A) -> T:
        """What work returns or raises. Raises RuntimeError after close()."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._put(_Asked(loop, answer, work, argument))
        return await answer

    def close(self) -> None:
        """Do what was asked for, then end the threads; once is enough."""
        with self._lock:
            closing, self._closed = not self._closed, True
            if closing:
                for _ in self._threads:
                    self._asked.put(None)
        for thread in self._threads:
            thread.join()

    def _put(self, asked: "_Asked") -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._asked.put(asked)
            if self._idle > 0 or len(self._threads) == self._most:
                self._idle -= 1
                return
            thread = threading.Thread(target=self._serve, name="store-reader", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self) -> None:
        while (asked := self._asked.get()) is not None:
            asked.answer_it()
            del asked  # nothing of a request is held while the thread is idle
            with self._lock:
                self._idle += 1


class _Asked:
    """A read to be done, and who waits for it."""

    __slots__ = ("_answer", "_argument", "_loop", "_work")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        answer: "asyncio.Future[T]",
        work: Callable[[A], T],
        argument: A,
    ) -> None:
        self._loop = loop
        self._answer: asyncio.Future[Any] = answer
        self._work: Callable[[Any], Any] = work
        self._argument = argument

    def answer_it(self) -> None:
        """Do it and tell the loop, unless that has ended meanwhile."""
        try:
            result = self._work(self._argument)
        except BaseException as problem:  # noqa: BLE001  # it is the caller's, whatever it is
            self._tell(_fail, problem)
        else:
            self._tell(_succeed, result)

    def _tell(self, how: "Callable[[asyncio.Future[Any], Any], None]", what: object) -> None:
        try:
            self._loop.call_soon_threadsafe(how, self._answer, what)
        except RuntimeError:
            if not self._loop.is_closed():  # else nobody is left to be told
                raise


def _succeed(answer: "asyncio.Future[Any]", result: object) -> None:
    if not answer.done():  # nobody waits for it any more once it is cancelled
        answer.set_result(result)


def _fail(answer: "asyncio.Future[Any]", problem: BaseException) -> None:
    if not answer.done():
        answer.set_exception(problem)
