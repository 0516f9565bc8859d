"""Carries out what the loop decides: one thread drives it, two wait for the server, one reads each worker."""

import os
import random
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import msgspec

from hostward.agent import effects as do
from hostward.agent import events as on
from hostward.agent.events import Trouble
from hostward.agent.facts import boot_id, read_facts
from hostward.agent.groups import open_groups
from hostward.agent.identity import Identity, drop_token, load
from hostward.agent.link import Link, RequestFailed, Speaker
from hostward.agent.loop import Loop
from hostward.agent.opening import open_session
from hostward.agent.pace import NORMAL, Pace
from hostward.agent.spool import SEGMENT_BYTES, Spool
from hostward.agent.work import Place, Workers
from hostward.domain.caps import MIB, MOST_MEMORY_MIB
from hostward.domain.module import Module
from hostward.protocol.report import Batch

SPOOL_ROOM = 4 * SEGMENT_BYTES
"""Bytes the spool may take on the disk beyond Pace.spool: segments are removed whole, workers are a little ahead."""

JOIN_SECONDS = 15.0
"""Patience with a thread that is to end: a connection being made can't be broken off before it times out."""

Request = do.Enroll | do.OpenSession | do.Ask | do.Send
Body = bytes | None
Notice = Callable[[str], None]
Watch = Callable[[on.Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How an agent is set up. data: its own folder. token: to enrol with, "" for none. ca_file: see Link.

    root, own_paths, memory, cpu, io: see work.Place. has_groups: scans get control groups where the kernel lets them.
    command: how a worker is started, () for the usual way. environ: see Link.
    """

    url: str
    data: Path
    token: str = field(default="", repr=False)
    modules: Sequence[Module] = tuple(Module)
    pace: Pace = NORMAL
    root: Path = Path("/")
    own_paths: tuple[Path, ...] = ()
    memory: int = MOST_MEMORY_MIB * MIB
    cpu: float = 0.0
    io: int = 0
    has_groups: bool = False
    ca_file: Path | None = None
    command: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)


class Agent:
    """An agent: start() it once, stop() it once. notice is told what the operator of this host should read.

    watch: is told every event, in the driving thread.
    """

    def __init__(self, setup: Setup, *, notice: Notice, watch: Watch | None = None) -> None:
        self._setup = setup
        self._notice = notice
        self._watch = watch
        self._inbox: SimpleQueue[on.Event | None] = SimpleQueue()
        self._soon: deque[on.Event] = deque()
        self._lines: dict[str, SimpleQueue[tuple[Request, Body] | None]]
        self._lines = {"poll": SimpleQueue(), "post": SimpleQueue()}
        self._threads: list[Thread] = []
        self._identity: Identity
        self._link: Link
        self._spool: Spool
        self._workers: Workers
        self._loop: Loop
        self._instance = uuid.uuid4().hex
        self._boot = ""

    @property
    def is_alive(self) -> bool:
        """True from start() to stop(), unless the agent has failed."""
        return bool(self._threads) and self._threads[0].is_alive()

    @property
    def uuid(self) -> str:
        """The server's name for this agent, "" before it is enrolled."""
        return "" if self._identity.names is None else self._identity.names.uuid

    def start(self) -> None:
        """Read what is on the disk and begin to work. Raises OSError or InvalidValue when that can't be."""
        setup = self._setup
        self._boot = boot_id()
        self._link = Link(setup.url, ca_file=setup.ca_file, environ=setup.environ)
        self._identity = load(setup.data, read_facts().machine_id)
        self._spool = Spool(setup.data / "spool", limit=setup.pace.spool + SPOOL_ROOM)
        place = Place(
            folder=setup.data / "work", root=setup.root, own_paths=setup.own_paths, memory=setup.memory, cpu=setup.cpu,
            io=setup.io,
        )  # fmt: skip
        groups = open_groups() if setup.has_groups else None
        self._workers = Workers(place, self._inbox.put, command=setup.command, groups=groups)
        self._workers.prepare()
        left = self._spool.open()
        if self._identity.is_new:
            # Another machine's results, or those of an identity that is lost: nobody would take them.
            for one in left:
                self._spool.discard(one.lease)
            left = []
        self._loop = Loop(
            enrolled=self._identity.names is not None,
            may_enroll=bool(setup.token),
            modules=setup.modules,
            pace=setup.pace,
            random=random.random,
            spool=left,
        )
        self._threads = [Thread(target=self._drive, name="agent", daemon=True)]
        for line in self._lines:
            self._threads.append(Thread(target=self._serve, args=(line,), name=f"agent {line}", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Break off all requests, kill all workers and wait for them. What is spooled stays for the next start."""
        if not self._threads:
            return
        self._inbox.put(None)
        self._threads[0].join(JOIN_SECONDS)
        self._link.close()
        self._workers.stop()
        for line in self._lines.values():
            line.put(None)
        for thread in self._threads[1:]:
            thread.join(JOIN_SECONDS)
        self._spool.close()
        self._threads = []

    def _drive(self) -> None:
        event: on.Event | None = on.Tick()
        while event is not None:
            if self._watch is not None:
                self._watch(event)
            for effect in self._loop.step(event, time.monotonic()):
                self._carry_out(effect)
            if isinstance(event, on.RowsFound | on.Stepped | on.Doubted | on.WorkEnded):
                self._workers.dealt_with(event)
            event = self._soon.popleft() if self._soon else self._next()

    def _next(self) -> on.Event | None:
        due = self._loop.due()
        try:
            return self._inbox.get(timeout=None if due is None else max(0.0, due - time.monotonic()))
        except Empty:
            return on.Tick()

    def _carry_out(self, effect: do.Effect) -> None:
        match effect:
            case do.Ask():
                self._lines["poll"].put((effect, None))
            case do.Enroll() | do.OpenSession():
                self._lines["post"].put((effect, None))
            case do.Send():
                self._report(effect)
            case do.Spool():
                self._put_by(effect)
            case do.Start():
                self._workers.start(effect.job)
            case do.Kill():
                self._workers.kill(effect.lease)
            case do.Hold():
                self._workers.hold(effect.lease, held=effect.held)
            case do.Forget():
                self._spool.forget(effect.lease, effect.acked)
            case do.Discard():
                self._spool.discard(effect.lease)
            case do.Notice():
                self._notice(effect.text)

    def _put_by(self, effect: do.Spool) -> None:
        try:
            size = self._spool.add(effect.lease, effect.item)
        except OSError as error:
            self._soon.append(on.SpoolFailed(lease=effect.lease, why=str(error)))
            return
        seq = effect.item.seq if isinstance(effect.item, Batch) else None
        self._soon.append(on.Spooled(lease=effect.lease, seq=seq, size=size))

    def _report(self, send: do.Send) -> None:
        """Read the report's parts here, where nobody else touches the spool, and hand it to the waiting thread."""
        try:
            body = report_body(send, self._spool)
        except (OSError, KeyError) as error:
            message = f"spooled results can't be read: {error}"
            self._soon.append(on.Failed(request=send.request, trouble=Trouble.REFUSED, message=message))
            return
        self._lines["post"].put((send, body))

    def _serve(self, line: str) -> None:
        """A thread that waits for the server so that nobody else has to."""
        while (item := self._lines[line].get()) is not None:
            request, body = item
            try:
                self._inbox.put(self._requested(request, body))
            except RequestFailed as failure:
                self._inbox.put(_failed(request.request, failure))
            except OSError as error:
                self._inbox.put(on.Failed(request=request.request, trouble=Trouble.NETWORK, message=str(error)))

    def _requested(self, request: Request, body: Body) -> on.Event:
        match request:
            case do.Enroll():
                names = self._link.enroll(self._setup.token, self._identity.public_key, read_facts())
                self._identity = self._identity.enrolled(names)
                if not names.keep_token:
                    drop_token(self._setup.data)
                return on.Enrolled(request=request.request)
            case do.OpenSession():
                opened = open_session(self._link, self._identity, self._speaker(), self._notice)
                self._identity, session = opened.identity, opened.session
                return on.SessionOpened(
                    request=request.request,
                    expires_in=session.expires_in,
                    hold=session.hold,
                    heartbeat=session.heartbeat,
                )
            case do.Ask():
                return on.WorkCame(request=request.request, work=self._link.poll(request.poll))
            case do.Send():
                return on.Answered(request=request.request, answer=self._link.report(body or b""))

    def _speaker(self) -> Speaker:
        names = self._identity.names
        assert names is not None, "the loop opens sessions only once the agent is enrolled"
        return Speaker(uuid=names.uuid, key=self._identity.key, boot=self._boot, instance=self._instance)


def report_body(send: do.Send, spool: Spool) -> bytes:
    """A protocol.report.Report as JSON, its batches and End as they lie in the spool. Raises OSError or KeyError."""
    report = {
        "lease": send.lease,
        "batches": [msgspec.Raw(batch) for batch in spool.batches(send.lease, send.first, send.last)],
        "progress": send.done,
        "doing": send.doing,
        "end": msgspec.Raw(spool.end(send.lease)) if send.with_end else None,
    }
    return msgspec.json.encode(report)


def _failed(request: int, failure: RequestFailed) -> on.Failed:
    return on.Failed(request=request, trouble=failure.trouble, message=str(failure), retry_after=failure.retry_after)
