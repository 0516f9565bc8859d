"""Enrolment and sessions: how an agent becomes known, and proves each hour that it still holds its key.

POST /agent/v1/enroll: Enroll -> Enrolled. POST /agent/v1/session: SessionAsk -> Challenge, then SessionProof ->
Session. Every later request carries the four headers below; the MAC is HMAC-SHA256 with the session's secret over
METHOD, PATH, TIME, NONCE and the lower-case hex SHA-256 of the body, joined by newlines. POST /agent/v1/key: NewKey ->
KeyTaken.
"""

import hashlib
import hmac

import msgspec

SESSION_HEADER = "x-hostward-session"
TIME_HEADER = "x-hostward-time"
NONCE_HEADER = "x-hostward-nonce"
MAC_HEADER = "x-hostward-mac"

ENROLL = "/agent/v1/enroll"
SESSION = "/agent/v1/session"
POLL = "/agent/v1/poll"
REPORT = "/agent/v1/report"
KEY = "/agent/v1/key"

SESSION_SECONDS = 3600
"""Life of a session."""

MAX_SKEW_SECONDS = 300
"""Largest difference between an agent's time and the server's; nonces are remembered as long."""


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The machine as its agent sees it. addresses: the inner one first. machine_id: /etc/machine-id, hashed."""

    host_name: str
    addresses: list[str] = []
    wan_ip: str = ""
    os_name: str = ""
    agent_version: str
    machine_id: str = ""


class Enroll(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First contact. public_key: 32 raw bytes (Ed25519). Idempotent by key: asked again it gives the same answer."""

    token: str
    public_key: bytes
    facts: Facts


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The names the machine has from now on. keep_token: its token is good for copies of the machine too."""

    quuid: str
    uuid: str
    keep_token: bool = False


class SessionAsk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent asks for a challenge."""

    uuid: str


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """32 bytes: a time, random bytes and a seal over both. Good once and for 60 seconds."""

    challenge: bytes


class SessionProof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    r"""The challenge signed with the enrolled key, and who speaks.

    signature: Ed25519 over b"hostward-session-1\n" + uuid + b"\n" + challenge. boot: the kernel's boot id;
    instance: a random id of this agent process. facts refresh what the server shows.
    """

    uuid: str
    challenge: bytes
    signature: bytes
    protocol: int
    boot: str
    instance: str
    facts: Facts


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session and how to behave in it (seconds)."""

    session: str
    secret: bytes
    expires_in: float
    hold: float
    heartbeat: float


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    r"""An agent's next key, announced in a session of the present one.

    signature: Ed25519 by the new key over b"hostward-key-1\n" + uuid + b"\n" + the 32 bytes of the new key.
    """

    public_key: bytes
    signature: bytes


class KeyTaken(msgspec.Struct, frozen=True, kw_only=True):
    """Both keys are good, until a session is opened with the new one."""


def key_bytes(uuid: str, public_key: bytes) -> bytes:
    """What a new key signs to be taken."""
    return b"hostward-key-1\n" + uuid.encode() + b"\n" + public_key


def proof_bytes(uuid: str, challenge: bytes) -> bytes:
    """What an agent signs to open a session."""
    return b"hostward-session-1\n" + uuid.encode() + b"\n" + challenge


def mac(secret: bytes, *, method: str, path: str, time: str, nonce: str, body: bytes) -> str:
    """The message authentication code of one request, lower-case hex."""
    lines = "\n".join((method, path, time, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
