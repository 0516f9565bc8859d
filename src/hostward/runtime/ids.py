"""Identifiers and secrets drawn from the system's randomness."""

import secrets
import string
import uuid

TOKEN_BYTES = 32
"""256 bits: what a bearer secret needs to be safe from guessing for ever (RFC 6750 asks for 128 at least)."""
NAME_ALPHABET = string.ascii_letters + string.digits


def request_id() -> str:
    """A fresh id of a request: a random UUID (RFC 9562, version 4) in its usual 36 characters."""
    return str(uuid.uuid4())


def token(size: int = TOKEN_BYTES) -> str:
    """A fresh secret of `size` random bytes, as URL-safe text without padding (32 bytes give 43 characters)."""
    return secrets.token_urlsafe(size)


def name(length: int, prefix: str = "") -> str:
    """`prefix` and `length` random letters and digits: for public names such as a SecretId, not for secrets."""
    return prefix + "".join(secrets.choice(NAME_ALPHABET) for _ in range(length))
