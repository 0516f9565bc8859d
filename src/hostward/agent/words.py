"""What an agent says to its server and how it understands the answers: the link without its wire.

Each request is a conversation: a generator that yields the letters to be posted and is sent what came back. One thread
posts them over a socket (link.Link); a simulator posts those of thousands of agents, or lets a network of its own lose
them. Times and random bytes are handed in, nothing here waits.
"""

import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent.events import Trouble
from hostward.protocol import hello
from hostward.protocol.compat import PROTOCOL
from hostward.protocol.hello import (
    Challenge,
    Enroll,
    Enrolled,
    Facts,
    KeyTaken,
    NewKey,
    Session,
    SessionAsk,
    SessionProof,
)
from hostward.protocol.job import Poll, Work
from hostward.protocol.refusal import Refusal
from hostward.protocol.report import Answer
from hostward.runtime.clock import Clock, SystemClock

NONCE_BYTES = 12
"""96 random bits: no two requests of a session get the same."""

MAX_RETRY_AFTER = 3600.0

TROUBLES = {
    400: Trouble.REFUSED,
    401: Trouble.UNAUTHORIZED,
    403: Trouble.FORBIDDEN,
    409: Trouble.STALE,
    413: Trouble.REFUSED,
    426: Trouble.TOO_OLD,
}

CLOCK = SystemClock()

T = TypeVar("T")


class RequestFailed(Exception):
    """A request that was not answered as hoped; the message is for people."""

    def __init__(self, trouble: Trouble, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.retry_after = retry_after


class Response(NamedTuple):
    """An answer, whatever its status. retry_after: that header as it came, "" without it."""

    status: int
    body: bytes
    retry_after: str


class Letter(NamedTuple):
    """A message to be posted. held: seconds the server was asked to wait before it answers."""

    path: str
    body: bytes
    headers: dict[str, str]
    held: float


Conversation = Generator[Letter, Response, T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who opens a session: the agent's name and key, the kernel's boot and this process."""

    uuid: str
    key: Ed25519PrivateKey
    boot: str
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An open session, and the server's time when this agent's monotonic clock stood at 0."""

    id: str
    secret: bytes
    epoch: float


class Words:
    """The requests to one server, and the session they are signed with. url: what the server is called in messages."""

    def __init__(self, url: str, *, clock: Clock = CLOCK, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._url = url
        self._clock = clock
        self._random = random
        self._session: _Open | None = None
        self._offset = 0.0

    def enroll(self, token: str, public_key: bytes, facts: Facts) -> Conversation[Enrolled]:
        """Make the key known. Raises RequestFailed."""
        return self._plain(hello.ENROLL, Enroll(token=token, public_key=public_key, facts=facts), Enrolled)

    def open_session(self, speaker: Speaker, facts: Facts) -> Conversation[Session]:
        """Prove who speaks; requests use the new session from now on. Raises RequestFailed."""
        asked = yield from self._plain(hello.SESSION, SessionAsk(uuid=speaker.uuid), Challenge)
        proof = SessionProof(
            uuid=speaker.uuid,
            challenge=asked.challenge,
            signature=speaker.key.sign(hello.proof_bytes(speaker.uuid, asked.challenge)),
            protocol=PROTOCOL,
            boot=speaker.boot,
            instance=speaker.instance,
            facts=facts,
        )
        session = yield from self._plain(hello.SESSION, proof, Session)
        # Time of the messages never jumps within a session, whatever happens to the machine's clock.
        epoch = self._wall() + self._offset - self._clock.monotonic()
        self._session = _Open(id=session.session, secret=session.secret, epoch=epoch)
        return session

    def announce(self, uuid: str, key: Ed25519PrivateKey) -> Conversation[KeyTaken]:
        """Let this key follow the agent's present one. Raises RequestFailed."""
        public_key = key.public_key().public_bytes_raw()
        message = NewKey(public_key=public_key, signature=key.sign(hello.key_bytes(uuid, public_key)))
        return self._signed(hello.KEY, msgspec.json.encode(message), KeyTaken, 0.0)

    def poll(self, poll: Poll) -> Conversation[Work]:
        """Ask for work; held by the server for poll.wait seconds. Raises RequestFailed."""
        return self._signed(hello.POLL, msgspec.json.encode(poll), Work, poll.wait)

    def report(self, body: bytes) -> Conversation[Answer]:
        """Report; body: a protocol.report.Report as JSON. Raises RequestFailed."""
        return self._signed(hello.REPORT, body, Answer, 0.0)

    def _plain(self, path: str, message: msgspec.Struct, answer: type[T]) -> Conversation[T]:
        response = yield Letter(path, msgspec.json.encode(message), _headers({}), 0.0)
        return self._understood(response, answer)

    def _signed(self, path: str, body: bytes, answer: type[T], held: float) -> Conversation[T]:
        session = self._session
        if session is None:
            raise RequestFailed(Trouble.UNAUTHORIZED, "no session is open")
        now, nonce = f"{session.epoch + self._clock.monotonic():.3f}", self._random(NONCE_BYTES).hex()
        headers = {
            hello.SESSION_HEADER: session.id,
            hello.TIME_HEADER: now,
            hello.NONCE_HEADER: nonce,
            hello.MAC_HEADER: hello.mac(session.secret, method="POST", path=path, time=now, nonce=nonce, body=body),
        }
        response = yield Letter(path, body, _headers(headers), held)
        return self._understood(response, answer)

    def _understood(self, response: Response, answer: type[T]) -> T:
        if response.status != 200:
            raise self._failure(response)
        try:
            return msgspec.json.decode(response.body, type=answer)
        except msgspec.DecodeError as error:
            raise RequestFailed(Trouble.NETWORK, f"{self._url} gave an answer that is none: {error}") from error

    def _failure(self, response: Response) -> RequestFailed:
        status = response.status
        try:
            refusal = msgspec.json.decode(response.body, type=Refusal)
        except msgspec.DecodeError:
            refusal = None
        if status == 503:
            message = refusal.message if refusal else "the server is busy"
            return RequestFailed(Trouble.BUSY, message, _seconds(response.retry_after))
        if refusal is None or status not in TROUBLES:
            return RequestFailed(Trouble.NETWORK, f"{self._url} answered with status {status}")
        if status == 401:
            self._offset = refusal.time - self._wall()
        return RequestFailed(TROUBLES[status], refusal.message)

    def _wall(self) -> float:
        """This machine's own idea of the time, seconds since 1970 UTC."""
        return self._clock.now().timestamp()


def _headers(more: dict[str, str]) -> dict[str, str]:
    return {"content-type": "application/json", "accept-encoding": "identity", **more}


def _seconds(header: str) -> float | None:
    """Retry-After in seconds; the form with a date is not used by our servers."""
    if not header.isascii() or not header.isdigit():
        return None
    return min(float(header), MAX_RETRY_AFTER)
