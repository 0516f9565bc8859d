"""One-time codes by time (RFC 6238 over RFC 4226: SHA-1, six digits, 30 seconds), as authenticator apps make them."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""Steps before and after the current one that are accepted (RFC 6238, 5.2, recommends one for the way here)."""

SECRET_BYTES: Final = 20
"""As long as SHA-1's output (RFC 4226, 4: at least 128 bits, 160 recommended)."""

NEVER: Final = -1
"""The last step used, before the first."""

ISSUER: Final = "Hostward"


def step_of(now: datetime) -> int:
    """The number of the step that a time is in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of a step: six digits (RFC 4226, 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matched_step(secret: bytes, code: str, now: datetime, *, last: int = NEVER) -> int | None:
    """The step after `last` that the code is of, None when it is of none within the drift.

    Takes the same time whichever step it is.
    """
    current = step_of(now)
    given = code.encode("utf-8", "surrogatepass")
    steps = range(current - DRIFT, current + DRIFT + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), given) and step > last]
    return found[0] if found else None


def secret_text(secret: bytes) -> str:
    """A secret as apps take it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def uri(secret: bytes, user: str) -> str:
    """The otpauth address of a secret, which apps read from a picture."""
    label = f"{ISSUER}:{quote(user, safe='')}"
    return (
        f"otpauth://totp/{label}?secret={secret_text(secret)}&issuer={ISSUER}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )
