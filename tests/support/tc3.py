"""Signature TC3-HMAC-SHA256 from its documentation, written apart from the product's: the client's side."""

import hashlib
import hmac
from datetime import UTC, datetime


def sign(
    *, secret_id: str, secret: str, headers: dict[str, str], body: bytes, timestamp: int, service: str = "cwp",
    signed: tuple[str, ...] = ("content-type", "host"), query: str = "", date: str | None = None,
    method: str = "POST", payload: bytes | None = None,
) -> str:  # fmt: skip
    """The Authorization header. headers: those to be signed, by lower-case name. payload: signed in place of body."""
    day = date or datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    canonical = "\n".join(
        [
            method,
            "/",
            query,
            "".join(f"{name}:{headers[name]}\n" for name in signed),
            ";".join(signed),
            hashlib.sha256(body if payload is None else payload).hexdigest(),
        ]
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode('latin-1')).hexdigest()}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={';'.join(signed)}, Signature={signature}"
