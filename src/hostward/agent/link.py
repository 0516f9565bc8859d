"""The wire to the server: four POSTs over HTTP/1.1, kept alive, signed with the session's secret.

Blocking; two threads may use one Link. Every failure is raised as RequestFailed and says in what way to act on it.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent.events import Trouble
from hostward.agent.wire import Response, Wire, target_of
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

READ_SECONDS = 30.0
"""Patience with a server that is there but slow, beside the time it was asked to hold a poll."""

NONCE_BYTES = 12
"""96 random bits: no two requests of a session get the same."""

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


class Link:
    """Requests to one server. url: its root; plain http only on loopback. Raises InvalidValue for any other.

    ca_file: certificates trusted in place of the system's. environ: where HTTPS_PROXY and NO_PROXY are looked up.
    """

    def __init__(
        self, url: str, *, ca_file: Path | None = None, environ: Mapping[str, str] = os.environ, clock: Clock = CLOCK
    ) -> None:
        self._url = url
        self._wire = Wire(target_of(url, environ), ca_file=ca_file)
        self._session: _Open | None = None
        self._clock = clock
        self._offset = 0.0

    def enroll(self, token: str, public_key: bytes, facts: Facts) -> Enrolled:
        """Make the key known. Raises RequestFailed."""
        return self._post(hello.ENROLL, Enroll(token=token, public_key=public_key, facts=facts), Enrolled)

    def open_session(self, speaker: Speaker, facts: Facts) -> Session:
        """Prove who speaks; requests of any thread use the new session from now on. Raises RequestFailed."""
        asked = self._post(hello.SESSION, SessionAsk(uuid=speaker.uuid), Challenge)
        proof = SessionProof(
            uuid=speaker.uuid,
            challenge=asked.challenge,
            signature=speaker.key.sign(hello.proof_bytes(speaker.uuid, asked.challenge)),
            protocol=PROTOCOL,
            boot=speaker.boot,
            instance=speaker.instance,
            facts=facts,
        )
        session = self._post(hello.SESSION, proof, Session)
        # Time of the messages never jumps within a session, whatever happens to the machine's clock.
        epoch = self._wall() + self._offset - self._clock.monotonic()
        self._session = _Open(id=session.session, secret=session.secret, epoch=epoch)
        return session

    def announce(self, uuid: str, key: Ed25519PrivateKey) -> None:
        """Let this key follow the agent's present one. Raises RequestFailed."""
        public_key = key.public_key().public_bytes_raw()
        signature = key.sign(hello.key_bytes(uuid, public_key))
        self._post(hello.KEY, NewKey(public_key=public_key, signature=signature), KeyTaken)

    def poll(self, poll: Poll) -> Work:
        """Ask for work; held by the server for poll.wait seconds. Raises RequestFailed."""
        return self._post(hello.POLL, poll, Work, held=poll.wait)

    def report(self, body: bytes) -> Answer:
        """Report; body: a protocol.report.Report as JSON. Raises RequestFailed."""
        return self._signed(hello.REPORT, body, Answer, 0.0)

    def close(self) -> None:
        """Break off every request under way; those after it fail."""
        self._wire.close()

    def _post(self, path: str, message: msgspec.Struct, answer: type[T], *, held: float = 0.0) -> T:
        body = msgspec.json.encode(message)
        if path in (hello.ENROLL, hello.SESSION):
            return self._request(path, body, answer, {}, held)
        return self._signed(path, body, answer, held)

    def _signed(self, path: str, body: bytes, answer: type[T], held: float) -> T:
        session = self._session
        if session is None:
            raise RequestFailed(Trouble.UNAUTHORIZED, "no session is open")
        now, nonce = f"{session.epoch + self._clock.monotonic():.3f}", secrets.token_hex(NONCE_BYTES)
        headers = {
            hello.SESSION_HEADER: session.id,
            hello.TIME_HEADER: now,
            hello.NONCE_HEADER: nonce,
            hello.MAC_HEADER: hello.mac(session.secret, method="POST", path=path, time=now, nonce=nonce, body=body),
        }
        return self._request(path, body, answer, headers, held)

    def _request(self, path: str, body: bytes, answer: type[T], headers: dict[str, str], held: float) -> T:
        headers = {"content-type": "application/json", "accept-encoding": "identity", **headers}
        try:
            response = self._wire.post(path, body, headers, seconds=held + READ_SECONDS)
        except OSError as error:
            raise RequestFailed(Trouble.NETWORK, f"{self._url} can't be reached: {error}") from error
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


def _seconds(header: str) -> float | None:
    """Retry-After in seconds; the form with a date is not used by our servers."""
    if not header.isascii() or not header.isdigit():
        return None
    return min(float(header), 3600.0)
