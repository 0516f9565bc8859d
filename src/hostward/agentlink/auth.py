"""Who speaks: challenges, signatures, sessions, and the authentication code of each message.

The rules are pure (times and secrets are handed in); SessionCache alone asks the store, and only for sessions that
this process has not seen. Nonces are remembered in memory: after a restart a message of the last five minutes could be
repeated. That is harmless: a batch counts once, a lease is given once, a challenge is good once, and a poll from before
the restart takes no work away from an agent (endpoints). The simulated fleet repeats messages across restarts.
"""

import hmac
import math
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hostward.domain.account import AgentSession
from hostward.domain.errors import AgentRefused, HostwardError
from hostward.protocol.hello import (
    MAC_HEADER,
    MAX_SKEW_SECONDS,
    NONCE_HEADER,
    SESSION_HEADER,
    TIME_HEADER,
    SessionProof,
    mac,
    proof_bytes,
)
from hostward.usecases.ports import Store

CHALLENGE_SECONDS = 60
"""How long a challenge is good."""

CHALLENGE_BYTES = 32
_STAMP, _SALT, _SEAL = 8, 8, 16
"""A challenge: when it was made (milliseconds), random bytes, and a seal over both and the asking agent's name."""

MAX_NONCES = 20_000
"""Messages of one session that are remembered; an agent sends a few a second at most, for ten minutes."""

MAX_NONCE_CHARS = 64
MAX_SESSIONS = 200_000
"""Sessions kept in memory: twice the largest fleet this is built for (100,000 machines)."""

MAX_LOOKUPS = 64
"""Unknown sessions looked up at a time: a flood of invented ones must not keep the store from real work."""


class Busy(HostwardError):
    """The server can't take this message now; the agent comes again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Challenges:
    """Challenges that need not be remembered: sealed with a key of the server's, or of all its replicas'."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, uuid: str, now: datetime, salt: bytes) -> bytes:
        """A challenge for this agent; salt: 8 random bytes."""
        head = int(now.timestamp() * 1000).to_bytes(_STAMP, "big") + salt[:_SALT]
        return head + self._seal(uuid, head)

    def check(self, uuid: str, challenge: bytes, now: datetime) -> None:
        """Raises AgentRefused unless the challenge was made for this agent less than CHALLENGE_SECONDS ago."""
        head, seal = challenge[: _STAMP + _SALT], challenge[_STAMP + _SALT :]
        if len(challenge) != CHALLENGE_BYTES or not hmac.compare_digest(seal, self._seal(uuid, head)):
            raise AgentRefused("the challenge is none of this server's: ask for another")
        age = now.timestamp() - int.from_bytes(head[:_STAMP], "big") / 1000
        if not -1 <= age <= CHALLENGE_SECONDS:
            raise AgentRefused(f"the challenge is older than {CHALLENGE_SECONDS} s: ask for another")

    def _seal(self, uuid: str, head: bytes) -> bytes:
        return hmac.digest(self._key, head + uuid.encode(errors="replace"), "sha256")[:_SEAL]


def check_signature(proof: SessionProof, *public_keys: bytes) -> bytes:
    """The one of the agent's keys that signed the proof. Raises AgentRefused when none of them did."""
    signed = proof_bytes(proof.uuid, proof.challenge)
    for public_key in public_keys:
        if is_signed(public_key, proof.signature, signed):
            return public_key
    raise AgentRefused("the signature does not fit the agent's key: enrol the agent anew")


def is_signed(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """Whether this Ed25519 key signed it."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


class Nonces:
    """What one session said in the last ten minutes at least: twice the skew, for a message may be from the future."""

    def __init__(self) -> None:
        self._recent: set[str] = set()
        self._older: set[str] = set()
        self._turned = -math.inf

    def take(self, nonce: str, now: float) -> None:
        """Raises AgentRefused for one that was taken before, Busy when there are too many to remember."""
        if now - self._turned >= 2 * MAX_SKEW_SECONDS:
            gone = now - self._turned >= 4 * MAX_SKEW_SECONDS
            self._older, self._recent = (set() if gone else self._recent), set()
            self._turned = now
        if nonce in self._recent or nonce in self._older:
            raise AgentRefused("this message came before: each needs a nonce of its own")
        if len(self._recent) >= MAX_NONCES:
            raise Busy(f"more than {MAX_NONCES} messages in ten minutes in one session", retry_after=60)
        self._recent.add(nonce)


class Speaker:
    """A session and what is remembered of it."""

    __slots__ = ("_last_poll", "_nonces", "session")

    def __init__(self, session: AgentSession) -> None:
        self.session = session
        self._nonces = Nonces()
        self._last_poll = -math.inf

    def check(self, *, path: str, headers: "Claim", body: bytes, now: datetime) -> None:
        """Raises AgentRefused unless the message is this session's own and new, Busy for too many."""
        code = mac(self.session.secret, method="POST", path=path, time=headers.time, nonce=headers.nonce, body=body)
        if not hmac.compare_digest(code.encode(), headers.mac.encode()):
            raise AgentRefused("the authentication code does not fit the message: open a new session")
        self._nonces.take(headers.nonce, now.timestamp())

    def is_latest_poll(self, time: float) -> bool:
        """False for a poll that was overtaken by a later one on its way: what it says is not true any more."""
        if time < self._last_poll:
            return False
        self._last_poll = time
        return True


class Claim:
    """What the headers of a message say. Raises AgentRefused for headers that are missing or make no sense."""

    __slots__ = ("mac", "nonce", "seconds", "session", "time")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.session = headers.get(SESSION_HEADER, "")
        self.time = headers.get(TIME_HEADER, "")
        self.nonce = headers.get(NONCE_HEADER, "")
        self.mac = headers.get(MAC_HEADER, "")
        if not (self.session and self.mac and 0 < len(self.nonce) <= MAX_NONCE_CHARS and len(self.time) <= 32):
            raise AgentRefused("the message carries no session: open one")
        try:
            self.seconds = float(self.time)
        except ValueError:
            self.seconds = math.nan

    def check_time(self, now: datetime) -> None:
        """Raises AgentRefused when the agent's clock and the server's are too far apart."""
        skew = abs(self.seconds - now.timestamp())
        if not skew <= MAX_SKEW_SECONDS:
            raise AgentRefused(
                f"the message's time is not within {MAX_SKEW_SECONDS} s of the server's: take the server's time"
            )


class SessionCache:
    """Sessions this process knows, those unused longest forgotten first; others are looked up in the store."""

    def __init__(self, store: Store, *, most: int = MAX_SESSIONS) -> None:
        self._store = store
        self._most = most
        self._known: OrderedDict[bytes, Speaker] = OrderedDict()
        self._newest: OrderedDict[int, str] = OrderedDict()
        self._lookups = 0

    def add(self, session: AgentSession) -> Speaker:
        """Remember a session; one that is known already stays as it is."""
        name = _name(session.id)
        speaker = self._known.setdefault(name, Speaker(session))
        self._known.move_to_end(name)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return speaker

    def opened(self, session: AgentSession) -> None:
        """Remember a session that was opened just now: those of the agent's earlier processes are over.

        So that two machines with one key take turns within seconds, and are known for what they are.
        """
        self.add(session)
        self._newest[session.machine] = session.instance
        self._newest.move_to_end(session.machine)
        while len(self._newest) > self._most:
            self._newest.popitem(last=False)

    async def find(self, session: str, now: datetime) -> Speaker:
        """The session of this id. Raises AgentRefused when there is none or its time is over, Busy in a flood."""
        speaker = self._known.get(_name(session)) or await self._look_up(session)
        if speaker is None:
            raise AgentRefused("the session is not known: open a new one")
        if now >= speaker.session.expires:
            self._known.pop(_name(session), None)
            raise AgentRefused("the session is over: open a new one")
        mine = speaker.session
        if self._newest.get(mine.machine, mine.instance) != mine.instance:
            self._known.pop(_name(session), None)
            raise AgentRefused("another process of this agent has opened a session since: open a new one")
        self._known.move_to_end(_name(session))
        return speaker

    async def _look_up(self, session: str) -> Speaker | None:
        if self._lookups >= MAX_LOOKUPS:
            raise Busy("too many unknown sessions at a time", retry_after=2)
        self._lookups += 1
        try:
            found = await self._store.read(lambda uow: uow.machines.session(session))
        finally:
            self._lookups -= 1
        return self.add(found) if found is not None else None


def _name(session: str) -> bytes:
    """What a session is remembered by: ids are looked up by their hash, so that time tells nothing of the id."""
    return sha256(session.encode(errors="replace")).digest()[:16]


def expiry(now: datetime, seconds: float) -> datetime:
    """When a session that opens now is over."""
    return now + timedelta(seconds=seconds)
