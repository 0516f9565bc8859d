"""POST /agent/v1/{enroll,session,poll,report}: a thin ASGI application, one method a path.

Who speaks is known from the session alone; a body that names another machine's lease is refused. A message is
authenticated before it is decoded. Every answer that is no 200 has a protocol.refusal.Refusal for its body.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar
from uuid import UUID

import msgspec

from hostward.agentlink.asgi import Bodies, ClientGone, Receive, Scope, Send, TooLarge, address_of, answer, headers_of
from hostward.agentlink.attempts import Attempts
from hostward.agentlink.auth import Busy, Challenges, Claim, SessionCache, Speaker, check_signature, expiry, is_signed
from hostward.agentlink.hub import Hub, Woken
from hostward.domain.account import AgentSession
from hostward.domain.caps import UNCAPPED, Caps
from hostward.domain.enrolment import Waiting
from hostward.domain.errors import (
    AgentQuarantined,
    AgentRefused,
    AgentTooOld,
    Conflict,
    HostwardError,
    InvalidValue,
    StaleLease,
)
from hostward.domain.ids import MachineId
from hostward.domain.machine import Machine
from hostward.domain.task import HEARTBEAT
from hostward.protocol import hello
from hostward.protocol.hello import (
    SESSION_SECONDS,
    Challenge,
    Enroll,
    Enrolled,
    KeyTaken,
    NewKey,
    Session,
    SessionAsk,
    SessionProof,
)
from hostward.protocol.job import Poll, Work
from hostward.protocol.refusal import Refusal
from hostward.protocol.report import MAX_BODY, Answer, Report
from hostward.runtime import ids
from hostward.runtime.clock import Clock
from hostward.usecases.machines.enrol import Arrival, enrol, keeps_token
from hostward.usecases.machines.keys import announce, keys_of
from hostward.usecases.machines.refusals import QUARANTINED, UNKNOWN_AGENT
from hostward.usecases.machines.session import check_newest, facts_of, open_session
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.scans.accept_report import accept
from hostward.usecases.scans.dispatch import next_work

SMALL_BODY = 64 * 1024
"""Bytes of every message but a report: facts with 64 addresses, or a thousand leases held, fit many times over."""

HOLD = timedelta(seconds=50)
"""Below the 60 s after which load balancers give an idle connection up."""

APPROVAL_SECONDS = 15
"""After which a machine that waits to be let in asks again."""

OPEN = frozenset({hello.ENROLL, hello.SESSION})
"""Paths of messages that come under no session."""

MAX_NUMBER = 2**53
"""Above every lease number; a larger one would not even be a number to a database."""

MAX_HANDLED = 4_000
"""Messages dealt with at a time, those held not counted: at 2 ms each it is 8 s of work. Above it agents are asked to
come again."""

STATUS: dict[type[HostwardError], int] = {
    AgentRefused: 401,
    AgentQuarantined: 403,
    StaleLease: 409,
    TooLarge: 413,
    AgentTooOld: 426,
    InvalidValue: 400,
    Conflict: 503,
    Busy: 503,
}
"""Errors that are told to the agent; all others are defects of the server's."""

T = TypeVar("T")


class AgentLink:
    """The agent plane as an ASGI application.

    started: when this server did. hold: how long a poll may wait. heartbeat: how often agents at work speak.
    caps: of jobs, where accounts set no limits; zone: of the hours that they set. key: seals challenges; replicas share
    one, b"" draws one for this process. random: so many bytes that nobody can guess.
    """

    def __init__(
        self,
        *,
        store: Store,
        hub: Hub,
        clock: Clock,
        started: datetime,
        hold: timedelta = HOLD,
        heartbeat: timedelta = HEARTBEAT,
        caps: Caps = UNCAPPED,
        zone: tzinfo = UTC,
        key: bytes = b"",
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._started = started
        self._hold = hold.total_seconds()
        self._heartbeat = heartbeat.total_seconds()
        self._caps = caps
        self._zone = zone
        self._challenges = Challenges(key or random(32))
        self._random = random
        self._sessions = SessionCache(store)
        self._bodies = Bodies()
        self._attempts = Attempts()
        self._handled = 0
        self._closed: dict[str, Callable[[Speaker, Claim, bytes], Awaitable[msgspec.Struct]]] = {
            hello.POLL: self._poll,
            hello.REPORT: self._report,
            hello.KEY: self._key,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            status, body, headers = await self._answered(scope, receive)
        except ClientGone:
            return
        await answer(send, status, body, headers)

    async def _answered(self, scope: Scope, receive: Receive) -> tuple[int, bytes, dict[str, str]]:
        path, headers = scope["path"], headers_of(scope)
        refusal = self._misdirected(scope["method"], path, headers)
        if refusal is not None:
            return refusal
        try:
            if self._handled >= MAX_HANDLED:
                raise Busy("too many agents at a time", retry_after=2)
            self._handled += 1
            try:
                given = await self._dispatch(path, headers, receive, address_of(scope))
            finally:
                self._handled -= 1
        except HostwardError as error:
            status = STATUS.get(type(error))
            if status is None:
                raise
            return self._refused(status, str(error), _retry(error))
        return 200, msgspec.json.encode(given), {}

    def _misdirected(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]] | None:
        if path not in OPEN and path not in self._closed:
            return self._refused(404, f"{path} is not served here")
        if method != "POST":
            return self._refused(405, "agents POST", {"allow": "POST"})
        if headers.get("content-encoding", "identity") != "identity":
            return self._refused(415, "messages are taken as they are, without content-encoding")
        return None

    def _refused(
        self, status: int, message: str, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        body = msgspec.json.encode(Refusal(message=message, time=self._clock.now().timestamp()))
        return status, body, headers or {}

    async def _dispatch(self, path: str, headers: dict[str, str], receive: Receive, address: str) -> msgspec.Struct:
        if path == hello.ENROLL:
            with self._attempts.of(address, self._clock.monotonic()):
                body = await self._bodies.read(receive, headers, SMALL_BODY)
                return await self._enroll(body, Arrival(source=address, request_id=ids.request_id()))
        if path == hello.SESSION:
            return await self._session(await self._bodies.read(receive, headers, SMALL_BODY))
        claim = Claim(headers)
        now = self._clock.now()
        claim.check_time(now)
        speaker = await self._sessions.find(claim.session, now)
        body = await self._bodies.read(receive, headers, MAX_BODY if path == hello.REPORT else SMALL_BODY)
        speaker.check(path=path, headers=claim, body=body, now=now)
        return await self._closed[path](speaker, claim, body)

    async def _enroll(self, body: bytes, arrival: Arrival) -> Enrolled:
        ask = _decoded(body, Enroll)
        if len(ask.public_key) != 32:
            raise InvalidValue(f"public_key has {len(ask.public_key)} bytes: an Ed25519 key has 32")
        quuid, uuid, now = self._name(), self._name(), self._clock.now()

        def enrolled(uow: UnitOfWork) -> tuple[Machine | Waiting, bool]:
            given = enrol(
                uow, token=ask.token, public_key=ask.public_key, facts=facts_of(ask.facts), quuid=quuid, uuid=uuid,
                now=now, arrival=arrival,
            )  # fmt: skip
            return given, keeps_token(uow, ask.token)

        given, keep = await self._store.write(enrolled)
        if isinstance(given, Waiting):
            raise Busy(
                f"this machine waits to be let in: approve it on the server (hostward machine approve {given.id})",
                retry_after=APPROVAL_SECONDS,
            )
        return Enrolled(quuid=given.quuid, uuid=given.uuid, keep_token=keep)

    async def _session(self, body: bytes) -> Challenge | Session:
        """The first or the second step: a proof says more than the question for a challenge."""
        try:
            proof = msgspec.json.decode(body, type=SessionProof)
        except msgspec.DecodeError:
            ask = _decoded(body, SessionAsk)
            # Agents that are not known get one too: who is known is nobody's business.
            salt = self._random(8)
            return Challenge(challenge=self._challenges.make(ask.uuid, self._clock.now(), salt))
        return await self._opened(proof)

    async def _opened(self, proof: SessionProof) -> Session:
        now = self._clock.now()
        self._challenges.check(proof.uuid, proof.challenge, now)
        known = await self._store.read(lambda uow: _known(uow, proof.uuid))
        if known is None:
            raise AgentRefused(UNKNOWN_AGENT)
        machine, public_keys = known
        key = check_signature(proof, *public_keys)
        session = AgentSession(
            id=urlsafe_b64encode(self._random(24)).decode(),
            machine=machine.id,
            instance=proof.instance,
            secret=self._random(32),
            expires=expiry(now, SESSION_SECONDS),
        )
        if not await self._store.write(lambda uow: self._store_session(uow, proof, session, key, now)):
            self._hub.wake([machine.id])
            raise AgentQuarantined(QUARANTINED)
        self._sessions.opened(session)
        return Session(
            session=session.id,
            secret=session.secret,
            expires_in=SESSION_SECONDS,
            hold=self._hold,
            heartbeat=self._heartbeat,
        )

    def _store_session(
        self, uow: UnitOfWork, proof: SessionProof, session: AgentSession, key: bytes, now: datetime
    ) -> bool:
        known = _known(uow, proof.uuid)
        if known is None or key not in known[1]:
            raise AgentRefused(UNKNOWN_AGENT)
        machine, public_keys = known
        if key != public_keys[0]:
            uow.agents.turn_key(machine.id)
        return open_session(uow, machine=machine, proof=proof, session=session, now=now, server_started=self._started)

    async def _key(self, speaker: Speaker, _claim: Claim, body: bytes) -> KeyTaken:
        """The agent is to have another key: it must show that it holds it."""
        ask, which = _decoded(body, NewKey), MachineId(speaker.session.machine)
        machine = await self._store.read(lambda uow: uow.machines.get(which))
        signed = machine is not None and hello.key_bytes(machine.uuid, ask.public_key)
        if not signed or not is_signed(ask.public_key, ask.signature, signed):
            raise InvalidValue("the signature does not fit the new key")
        await self._store.write(lambda uow: announce(uow, machine=which, key=ask.public_key))
        return KeyTaken()

    def _name(self) -> str:
        """A random UUID (RFC 9562, version 4)."""
        return str(UUID(bytes=self._random(16), version=4))

    async def _poll(self, speaker: Speaker, claim: Claim, body: bytes) -> Work:
        poll = _decoded(body, Poll)
        _check_numbers(poll.holding)
        machine = MachineId(speaker.session.machine)
        generation = self._hub.generation(machine)
        if not speaker.is_latest_poll(claim.seconds):
            return Work(generation=generation)
        # What was said before this process began may be a repetition whose nonce nobody remembers any more.
        fresh = claim.seconds >= self._started.timestamp()
        work = await self._next_work(speaker, poll, fresh=fresh)
        seconds = min(max(poll.wait, 0.0), self._hold)
        if _is_empty(work) and seconds:
            woken = await self._held(machine, generation, seconds)
            if woken is Woken.CLOSED:
                raise Busy("the server is stopping", retry_after=1)
            if woken is Woken.NEWS:
                generation = self._hub.generation(machine)
                work = await self._next_work(speaker, poll, fresh=False)
        return msgspec.structs.replace(work, generation=generation)

    async def _held(self, machine: MachineId, generation: int, seconds: float) -> Woken:
        self._handled -= 1
        try:
            return await self._hub.wait(machine, generation, seconds)
        finally:
            self._handled += 1

    async def _next_work(self, speaker: Speaker, poll: Poll, *, fresh: bool) -> Work:
        session, now = speaker.session, self._clock.now()

        def work(uow: UnitOfWork) -> Work:
            check_newest(uow, session)
            return next_work(
                uow, machine=MachineId(session.machine), poll=poll, now=now, server_started=self._started, fresh=fresh,
                caps=self._caps, zone=self._zone,
            )  # fmt: skip

        return await self._store.write(work)

    async def _report(self, speaker: Speaker, _claim: Claim, body: bytes) -> msgspec.Struct:
        report = _decoded(body, Report)
        _check_numbers([report.lease])
        session, machine, now = speaker.session, MachineId(speaker.session.machine), self._clock.now()

        def work(uow: UnitOfWork) -> Answer:
            check_newest(uow, session)
            try:
                return accept(uow, machine=machine, report=report, now=now)
            except AgentRefused as error:
                # Who speaks is known well: it is the lease that is another's, and a new session would not change that.
                raise StaleLease(str(error)) from error

        try:
            given = await self._store.write(work)
        except ValueError as error:
            raise InvalidValue(f"the report has a value nobody knows: {error}") from error
        if given.ended:
            # The module is free again: a poll that is being held said otherwise.
            self._hub.wake([machine])
        return given


def _known(uow: UnitOfWork, uuid: str) -> tuple[Machine, Sequence[bytes]] | None:
    """A machine by its agent's uuid, and the keys that may speak for it."""
    known = uow.machines.by_uuid(uuid)
    return None if known is None else (known[0], keys_of(uow, known[0].id, known[1]))


def _decoded(body: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.DecodeError as error:
        raise InvalidValue(f"the message can't be understood: {error}") from error


def _check_numbers(leases: list[int]) -> None:
    if not all(0 <= lease < MAX_NUMBER for lease in leases):
        raise InvalidValue("a lease number is none that was ever given")


def _is_empty(work: Work) -> bool:
    return not (work.jobs or work.stop or work.lost)


def _retry(error: HostwardError) -> dict[str, str]:
    if isinstance(error, Busy):
        return {"retry-after": str(error.retry_after)}
    return {"retry-after": "1"} if isinstance(error, Conflict) else {}
