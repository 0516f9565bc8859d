"""The token that /metrics is read with from elsewhere, in a file that its owner alone may read."""

import os
import re
from stat import S_IMODE, S_ISREG
from typing import Final

from hostward.domain.errors import HostwardError

MAX_BYTES: Final = 4096
TOKEN: Final = re.compile(rb"[A-Za-z0-9._~+/-]{16,512}=*")
"""A bearer token (RFC 6750, section 2.1) that is not guessed in a hurry."""

OTHERS: Final = 0o077


def read_token(path: str) -> bytes:
    """The token in this file, b"" for no path. Raises HostwardError that says what to mend."""
    if not path:
        return b""
    said = f"metrics.token_file {path}"
    try:
        with open(path, "rb", opener=_never_waiting) as file:
            rights = os.fstat(file.fileno())
            text = file.read(MAX_BYTES) if S_ISREG(rights.st_mode) else b""
    except OSError as error:
        raise HostwardError(f"{said} can't be read: {error.strerror}") from error
    if S_IMODE(rights.st_mode) & OTHERS:
        raise HostwardError(f"{said} can be read by others (mode {S_IMODE(rights.st_mode):04o}): run chmod 600 {path}")
    token = text.strip()
    if not TOKEN.fullmatch(token):
        raise HostwardError(f"{said} holds no token: put 16 or more letters and digits there (openssl rand -hex 32)")
    return token


def _never_waiting(path: str, flags: int) -> int:
    """Open without waiting for who writes to a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)
