"""One agent on an event loop: the loop, words and spool of a real one; its wire, disk and scanners are handed in.

A real agent costs a process and three threads. Thousands of these share one event loop, which may be one whose time is
simulated: nothing here reads a clock, draws a number or opens a file by itself.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent import effects as do
from hostward.agent import events as on
from hostward.agent.driver import Request, report_body
from hostward.agent.events import Trouble
from hostward.agent.loop import Loop
from hostward.agent.pace import Pace
from hostward.agent.spool import Spool
from hostward.agent.words import Conversation, Letter, RequestFailed, Response, Speaker, Words
from hostward.domain.module import Module
from hostward.protocol.hello import Enrolled, Facts
from hostward.protocol.job import Job
from hostward.protocol.report import Batch, Row

T = TypeVar("T")

SHORTEST_WAIT = 0.001
"""Seconds: what is due sooner is waited for this long, for two clocks never agree to the last digit."""

Post = Callable[[Letter], Awaitable[Response]]
"""Send a letter and wait for its answer. Raises OSError when there is none."""


class Say(Protocol):
    """How a scan tells what it does; it waits while the agent can take no more."""

    async def found(self, rows: Sequence[Row], size: int) -> None:
        """Rows, and their bytes as they travel."""
        ...

    async def stepped(self, done: float, doing: str) -> None:
        """How far it is, 0.0 to 1.0."""
        ...


Scan = Callable[[Job, Say], Awaitable[str]]
"""A scanner: why it failed, "" when it came to its end. It is cancelled when it is to end early."""


@dataclass(slots=True, kw_only=True)
class Who:
    """An agent's identity: its key, its names ("" before it is enrolled), the kernel's boot and this process."""

    key: Ed25519PrivateKey
    facts: Facts
    token: str = ""
    uuid: str = ""
    quuid: str = ""
    boot: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that an agent needs of the outside. now: monotonic seconds. random: 0.0 to 1.0.

    enrolled: called with the agent's names once it has them. notice: what the operator of its host should read.
    """

    now: Callable[[], float]
    random: Callable[[], float]
    words: Words
    post: Post
    scan: Scan
    spool: Spool
    pace: Pace
    modules: Sequence[Module] = tuple(Module)
    enrolled: Callable[[Enrolled], None] = lambda _names: None
    notice: Callable[[str], None] = lambda _text: None


class Agent:
    """An agent: start() it once on a running event loop, kill() it once."""

    def __init__(self, who: Who, around: Surroundings) -> None:
        self.who = who
        self.around = around
        self.loop: Loop
        self.is_alive = False
        self._soon: deque[on.Event] = deque()
        self._is_telling = False
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._scans: dict[int, tuple[asyncio.Task[None], _Valve]] = {}

    @property
    def scanning(self) -> list[int]:
        """Leases whose scanners run."""
        return list(self._scans)

    def start(self) -> None:
        """Read what is on the disk and begin. Raises OSError when that can't be."""
        left = self.around.spool.open()
        self.loop = Loop(
            enrolled=bool(self.who.uuid),
            may_enroll=bool(self.who.token),
            modules=self.around.modules,
            pace=self.around.pace,
            random=self.around.random,
            spool=left,
        )
        self.is_alive = True
        self.tell(on.Tick())

    def kill(self) -> None:
        """The process is gone, from one step to the next: nothing more is sent, written or scanned."""
        self.is_alive = False
        if self._timer is not None:
            self._timer.cancel()
        for task in (*self._tasks, *(task for task, _ in self._scans.values())):
            task.cancel()
        self._scans.clear()

    def tell(self, event: on.Event) -> None:
        """Step the loop, and carry out what comes of it."""
        if not self.is_alive:
            return
        self._soon.append(event)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._soon and self.is_alive:
                for effect in self.loop.step(self._soon.popleft(), self.around.now()):
                    self._carry_out(effect)
        finally:
            self._is_telling = False
        self._wind()

    def _wind(self) -> None:
        """Be called when the loop wants to be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.loop.due()
        if due is not None and self.is_alive:
            wait = max(SHORTEST_WAIT, due - self.around.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self.tell, on.Tick())

    def _carry_out(self, effect: do.Effect) -> None:
        match effect:
            case do.Ask() | do.Enroll() | do.OpenSession():
                self._begin(self._request(effect, b""))
            case do.Send():
                self._report(effect)
            case do.Spool():
                self._put_by(effect)
            case do.Start():
                self._start(effect.job)
            case do.Kill():
                if (scan := self._scans.get(effect.lease)) is not None:
                    scan[0].cancel()
            case do.Hold():
                if (scan := self._scans.get(effect.lease)) is not None:
                    scan[1].hold(held=effect.held)
            case do.Forget():
                self.around.spool.forget(effect.lease, effect.acked)
            case do.Discard():
                self.around.spool.discard(effect.lease)
            case do.Notice():
                self.around.notice(effect.text)

    def _put_by(self, effect: do.Spool) -> None:
        try:
            size = self.around.spool.add(effect.lease, effect.item)
        except OSError as error:
            self._soon.append(on.SpoolFailed(lease=effect.lease, why=str(error)))
            return
        seq = effect.item.seq if isinstance(effect.item, Batch) else None
        self._soon.append(on.Spooled(lease=effect.lease, seq=seq, size=size))

    def _report(self, send: do.Send) -> None:
        try:
            body = report_body(send, self.around.spool)
        except (OSError, KeyError) as error:
            message = f"spooled results can't be read: {error}"
            self._soon.append(on.Failed(request=send.request, trouble=Trouble.REFUSED, message=message))
            return
        self._begin(self._request(send, body))

    def _start(self, job: Job) -> None:
        valve = _Valve(self, job.lease)
        self._scans[job.lease] = (asyncio.get_running_loop().create_task(self._work(job, valve)), valve)

    async def _work(self, job: Job, valve: "_Valve") -> None:
        try:
            failure = await self.around.scan(job, valve)
        except asyncio.CancelledError:
            failure = "it was ended"
        self._scans.pop(job.lease, None)
        self.tell(on.WorkEnded(lease=job.lease, failure=failure))

    def _begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _request(self, request: Request, body: bytes) -> None:
        number = request.request
        event: on.Event
        try:
            event = await self._requested(request, body)
        except RequestFailed as failure:
            event = on.Failed(
                request=number, trouble=failure.trouble, message=str(failure), retry_after=failure.retry_after
            )
        except OSError as error:
            event = on.Failed(request=number, trouble=Trouble.NETWORK, message=str(error))
        self.tell(event)

    async def _requested(self, request: Request, body: bytes) -> on.Event:
        words, who = self.around.words, self.who
        match request:
            case do.Enroll():
                public_key = who.key.public_key().public_bytes_raw()
                names = await self._held(words.enroll(who.token, public_key, who.facts))
                who.uuid, who.quuid = names.uuid, names.quuid
                self.around.enrolled(names)
                return on.Enrolled(request=request.request)
            case do.OpenSession():
                speaker = Speaker(uuid=who.uuid, key=who.key, boot=who.boot, instance=who.instance)
                session = await self._held(words.open_session(speaker, who.facts))
                return on.SessionOpened(
                    request=request.request, expires_in=session.expires_in, hold=session.hold,
                    heartbeat=session.heartbeat,
                )  # fmt: skip
            case do.Ask():
                return on.WorkCame(request=request.request, work=await self._held(words.poll(request.poll)))
            case do.Send():
                return on.Answered(request=request.request, answer=await self._held(words.report(body)))

    async def _held(self, conversation: Conversation[T]) -> T:
        """Post its letters until it has come to its end."""
        try:
            letter = next(conversation)
            while True:
                letter = conversation.send(await self.around.post(letter))
        except StopIteration as ended:
            result: T = ended.value
            return result


class _Valve:
    """What one scan says, held back while the agent can take no more."""

    def __init__(self, agent: Agent, lease: int) -> None:
        self._agent = agent
        self._lease = lease
        self._open = asyncio.Event()
        self._open.set()

    def hold(self, *, held: bool) -> None:
        if held:
            self._open.clear()
        else:
            self._open.set()

    async def found(self, rows: Sequence[Row], size: int) -> None:
        await self._open.wait()
        self._agent.tell(on.RowsFound(lease=self._lease, rows=rows, size=size))

    async def stepped(self, done: float, doing: str) -> None:
        await self._open.wait()
        self._agent.tell(on.Stepped(lease=self._lease, done=done, doing=doing))
