"""A call signed with TC3-HMAC-SHA256, every step kept so that it can be shown."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from hostward.api.programs.call import Call
from hostward.api.signature import ALGORITHM, canonical_request, signature
from hostward.cli.api.key import Key

CONTENT_TYPE: Final = "application/json"
SIGNED: Final = ("content-type", "host", "x-tc-action")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request ready to be sent, and what its signature was made of.

    keys: each derived key in hex, by what it is derived with; they sign for a day, so that they are secrets too.
    """

    headers: dict[str, str] = field(repr=False)
    body: bytes
    canonical: str
    to_sign: str
    keys: dict[str, str] = field(repr=False)


def sign(call: Call, key: Key, timestamp: int) -> Signed:
    """The request for a call. timestamp: seconds since 1970 UTC."""
    body = json.dumps(call.parameters, ensure_ascii=False, separators=(",", ":")).encode()
    date = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    scope = f"{date}/{call.service}/tc3_request"
    values = {"content-type": CONTENT_TYPE, "host": call.endpoint.host, "x-tc-action": call.action.lower()}
    lines = "".join(f"{name}:{values[name]}\n" for name in SIGNED)
    canonical = canonical_request("POST", b"", lines, SIGNED, hashlib.sha256(body).hexdigest())
    keys = _derived(key.secret, date, call.service)
    signed = signature(keys[_LAST], str(timestamp), scope, canonical)
    headers = {
        "Authorization": f"{ALGORITHM} Credential={key.secret_id}/{scope}, SignedHeaders={';'.join(SIGNED)}, "
        f"Signature={signed}",
        "Content-Type": CONTENT_TYPE,
        "Host": call.endpoint.host,
        "X-TC-Action": call.action,
        "X-TC-Version": call.version,
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Language": call.language,
    }
    if key.token:
        headers["X-TC-Token"] = key.token
    return Signed(
        headers=headers,
        body=body,
        canonical=canonical.decode(),
        to_sign=f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}",
        keys={step: made.hex() for step, made in keys.items()},
    )


def shown(signed: Signed) -> str:
    """Every step of the signature, for comparing with one's own."""
    keys = "".join(f"{step:<14}{made}\n" for step, made in signed.keys.items())
    return (
        f"Canonical request\n-----------------\n{signed.canonical}\n\n"
        f"String to sign\n--------------\n{signed.to_sign}\n\n"
        f"Derived keys (hex; the last one signs; keep them secret)\n{'-' * 56}\n{keys}\n"
        f"Authorization\n-------------\n{signed.headers['Authorization']}\n\n"
        f"Body\n----\n{signed.body.decode()}\n"
    )


_LAST: Final = "tc3_request"


def _derived(secret: str, date: str, service: str) -> dict[str, bytes]:
    """The keys in the order in which each is made of the one before ("Signature v3", step 3)."""
    made, key = {}, b"TC3" + secret.encode()
    for step in (date, service, _LAST):
        key = hmac.digest(key, step.encode(), "sha256")
        made[step] = key
    return made
