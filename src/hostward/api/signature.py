"""Signature TC3-HMAC-SHA256 of POST and GET requests (Tencent Cloud API 3.0, "Signature v3")."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from hostward.api import texts
from hostward.api.authenticator import Caller
from hostward.api.call import Call
from hostward.api.errors import ApiError, Code
from hostward.api.hosts import host_candidates
from hostward.api.http import Request
from hostward.api.keys import KeyRing
from hostward.api.signature_key import Credentials, signing_key

ALGORITHM: Final = "TC3-HMAC-SHA256"
UNSIGNED: Final = "UNSIGNED-PAYLOAD"
"""Value of X-TC-Content-SHA256 that leaves the body out of the signature."""

MAX_AUTHORIZATION: Final = 2048
DAY: Final = 86_400
_SHAPE: Final = re.compile(
    r"TC3-HMAC-SHA256 +Credential=([\w.-]{1,128})/(\d{4}-\d\d-\d\d)/([\w.-]{1,64})/tc3_request, *"
    r"SignedHeaders=([a-z0-9_;-]{1,1024}), *Signature=([0-9a-f]{64}) *",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """An Authorization header, taken apart."""

    secret_id: str
    date: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


class SignatureV3:
    """Authenticates requests by the TC3-HMAC-SHA256 signature in their Authorization header."""

    def __init__(self, keys: KeyRing, *, host_aliases: Sequence[str] = ()) -> None:
        self._keys = keys
        self._aliases = tuple(host_aliases)

    def recognises(self, request: Request, _call: Call) -> bool:
        """See Authenticator.recognises."""
        return b"authorization" in request.head.headers

    async def authenticate(self, request: Request, call: Call, now: datetime) -> Caller:
        """See Authenticator.authenticate; the order of the checks is that of the specification."""
        said = parse_authorization(request.head.text(b"authorization"))
        credentials = Credentials(secret_id=said.secret_id, token=request.head.text(b"x-tc-token"))
        key = await signing_key(self._keys, credentials, call.timestamp, now)
        if not self._is_signed(request, call, said, key.secret):
            raise ApiError(Code.SIGNATURE_FAILURE, texts.BAD_SIGNATURE)
        return Caller(user=key.user, secret_id=key.secret_id, service=said.service)

    def _is_signed(self, request: Request, call: Call, said: Authorization, secret: str) -> bool:
        """Whether the signature is that of the request, for one of the hosts its client may have signed."""
        if said.date != _date(int(call.timestamp) // DAY):
            return False
        key = derived_key(secret, said.date, said.service)
        scope = f"{said.date}/{said.service}/tc3_request"
        hosts = host_candidates(request.head.text(b"host"), self._aliases)
        return any(
            hmac.compare_digest(signature(key, call.timestamp, scope, canonical), said.signature)
            for canonical in _canonical_requests(request, said.signed_headers, hosts)
        )


def parse_authorization(header: str) -> Authorization:
    """The parts of an Authorization header. Raises ApiError when it is anything else ("SKIP" for one)."""
    found = _SHAPE.fullmatch(header) if len(header) <= MAX_AUTHORIZATION else None
    if found is None:
        raise ApiError(Code.INVALID_AUTHORIZATION, texts.BAD_AUTHORIZATION)
    signed = tuple(found[4].split(";"))
    if "host" not in signed or "content-type" not in signed:
        raise ApiError(Code.INVALID_AUTHORIZATION, texts.UNSIGNED_HEADERS)
    return Authorization(secret_id=found[1], date=found[2], service=found[3], signed_headers=signed, signature=found[5])


def canonical_request(method: str, query: bytes, headers: str, signed_headers: Sequence[str], payload: str) -> bytes:
    """The canonical request: the query exactly as it came, and always the path "/"."""
    lines = (method, "/", query.decode("latin-1"), headers, ";".join(signed_headers), payload)
    return "\n".join(lines).encode("latin-1")


def signature(key: bytes, timestamp: str, scope: str, canonical: bytes) -> str:
    """The signature in lower-case hex."""
    digest = hashlib.sha256(canonical).hexdigest()
    return hmac.digest(key, f"{ALGORITHM}\n{timestamp}\n{scope}\n{digest}".encode(), "sha256").hex()


@lru_cache(maxsize=1024)
def derived_key(secret: str, date: str, service: str) -> bytes:
    """The signing key of a day and service."""
    day = hmac.digest(b"TC3" + secret.encode(), date.encode(), "sha256")
    return hmac.digest(hmac.digest(day, service.encode(), "sha256"), b"tc3_request", "sha256")


@lru_cache(maxsize=8)
def _date(days: int) -> str:
    """A day since 1970 as it stands in a scope."""
    return datetime.fromtimestamp(days * DAY, UTC).strftime("%Y-%m-%d")


def _payload_hash(request: Request) -> str:
    is_unsigned = request.head.text(b"x-tc-content-sha256") == UNSIGNED
    return hashlib.sha256(UNSIGNED.encode() if is_unsigned else request.body).hexdigest()


def _canonical_requests(request: Request, names: Sequence[str], hosts: Sequence[str]) -> Iterator[bytes]:
    """The canonical request for each host, with headers as sent, then in lower case (as the documentation asks for).

    The other headers are looked up once: a wrong signature is compared with each of these, in a flood thousands of
    times a second.
    """
    head, payload = request.head, _payload_hash(request)
    lines = [None if name == "host" else f"{name}:{head.text(name.encode()).strip()}\n" for name in names]
    for host in hosts:
        as_sent = "".join(f"host:{host}\n" if line is None else line for line in lines)
        for headers in dict.fromkeys((as_sent, as_sent.lower())):
            yield canonical_request(head.method, head.query, headers, names, payload)
