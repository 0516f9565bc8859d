"""The product's agent plane, use cases and reaper on a simulated database and clock, killed at any moment."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from hostward.agent.words import Letter, Response
from hostward.agentlink.endpoints import AgentLink
from hostward.agentlink.hub import Hub
from hostward.protocol import hello
from hostward.protocol.refusal import Refusal
from hostward.protocol.report import Answer
from hostward.wiring.reaper import TICK_SECONDS, tick
from simulation.database import Database, Kept

EPOCH = datetime(2026, 12, 1, tzinfo=UTC)


class SimulatedClock:
    """runtime.clock.Clock: true time and an error that can be changed at once. started: monotonic time at boot."""

    def __init__(self, now: Callable[[], float], *, started: float = 0.0) -> None:
        self._now = now
        self._started = started
        self.error = 0.0

    def now(self) -> datetime:
        """See Clock."""
        return EPOCH + timedelta(seconds=self._now() + self.error)

    def monotonic(self) -> float:
        """See Clock."""
        return self._now() - self._started


class Server:
    """Servers after one another on one database. answered: called with each answer to a report that leaves."""

    def __init__(
        self, kept: Kept, random: Random, clock: SimulatedClock, *, slow: float, committed: Callable[[], None],
        answered: Callable[[int, Answer], None],
    ) -> None:  # fmt: skip
        self.kept = kept
        self.clock = clock
        self.slow = slow
        self._random = random
        self._committed = committed
        self._answered = answered
        self._tasks: set[asyncio.Task[Any]] = set()
        self._reaping: asyncio.TimerHandle | None = None
        self._next_look = 0.0
        self.database: Database
        self.hub: Hub
        self.link: AgentLink
        self.is_up = False
        self.is_busy = False
        self.healthy_since = 0.0

    def start(self) -> None:
        """A new process."""
        self.database = Database(self.kept, self._random, slow=self.slow, committed=self._after_commit)
        self.hub = Hub()
        self.link = AgentLink(
            store=self.database, hub=self.hub, clock=self.clock, started=self.clock.now(), random=self._random.randbytes
        )
        self.is_up = True
        self.healthy_since = self._time()
        self.look_soon()

    def kill(self) -> None:
        """Kill -9: nothing is finished, nothing is answered."""
        self.is_up = False
        self.database.kill()
        if self._reaping is not None:
            self._reaping.cancel()
        for task in list(self._tasks):
            task.cancel()
        self._tasks.clear()

    async def stop(self) -> None:
        """Ctrl-C: waiting agents are sent away, what is under way gets two seconds."""
        self.hub.close()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=2.0)
        self.kill()

    async def serve(self, letter: Letter) -> Response:
        """Answer a letter. Raises ConnectionError when the process is not there, or dies meanwhile."""
        if not self.is_up:
            raise ConnectionRefusedError("connection refused")
        if self.is_busy and self._random.random() < 0.7:
            body = msgspec.json.encode(Refusal(message="too many agents", time=self.clock.now().timestamp()))
            return Response(503, body, self._random.choice(("", "2", "30")))
        link = self.link
        task = asyncio.get_running_loop().create_task(_asked(link, letter))
        self._tasks.add(task)
        try:
            await asyncio.wait((task,))
        finally:
            self._tasks.discard(task)
        if link is not self.link or not self.is_up or task.cancelled():
            raise ConnectionResetError("connection reset by peer")
        if task.exception() is not None:
            return Response(500, b"Internal Server Error", "")
        response = task.result()
        if letter.path == hello.REPORT and response.status == 200:
            lease = msgspec.json.decode(letter.body)["lease"]
            self._answered(lease, msgspec.json.decode(response.body, type=Answer))
        return response

    def look_soon(self) -> None:
        """The reaper looks each second; a look that would find nothing due is left out."""
        if self._reaping is not None:
            self._reaping.cancel()
        if not self.is_up:
            return
        dues = [unit.due for unit in self.kept.view().units.values() if unit.due is not None]
        if not dues:
            return
        seconds = (min(dues) - self.clock.now()).total_seconds()
        at = max(self._time() + seconds, self._next_look)
        self._reaping = asyncio.get_running_loop().call_at(at, self._look)

    def _look(self) -> None:
        self._next_look = self._time() + TICK_SECONDS
        task = asyncio.get_running_loop().create_task(self._reap())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reap(self) -> None:
        try:
            await tick(self.database, self.hub, self.clock)
        except Exception:  # as wiring.reaper.reap has it: whatever it was, the next tick must come
            self._next_look = self._time() + TICK_SECONDS
        self.look_soon()

    def _after_commit(self) -> None:
        self._committed()
        self.look_soon()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()


async def _asked(link: AgentLink, letter: Letter) -> Response:
    """The answer of the ASGI application."""
    sent: list[Any] = []
    headers = [(name.encode(), value.encode()) for name, value in letter.headers.items()]
    scope = {"type": "http", "method": "POST", "path": letter.path, "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": letter.body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await link(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Response(sent[0]["status"], sent[1]["body"], told.get("retry-after", ""))
