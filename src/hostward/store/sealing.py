"""Secrets at rest: AES-256-GCM under a key that lies in a file of its own, never in the database."""

import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hostward.domain.errors import DataDirectoryError

KEY_BYTES = 32
KEY_FILE = "secret.key"
_NONCE_BYTES = 12
"""Random nonces of 96 bits: safe for 2**32 secrets under one key (NIST SP 800-38D, 8.3)."""
_VERSION = b"\x01"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Sealer:
    """Seals and opens secrets. Each is bound to what it belongs to, so that sealed values can't be swapped."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise DataDirectoryError(f"the secret key has {len(key)} bytes instead of {KEY_BYTES}: restore {KEY_FILE}")
        self._cipher: Final = AESGCM(key)

    def seal(self, secret: bytes, owner: str) -> bytes:
        """The secret, encrypted. owner: what it belongs to ("api_key:AK...")."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """The secret in the clear. Raises DataDirectoryError when the key or the owner is another."""
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _VERSION:
                raise InvalidTag
            return self._cipher.decrypt(nonce, rest, owner.encode())
        except (InvalidTag, ValueError):  # a wrong tag, or too few bytes to have one
            raise DataDirectoryError(
                f"a stored secret can't be opened: {KEY_FILE} is not the key of this database; restore the right one"
            ) from None


def key_of(data_dir: Path) -> bytes:
    """The key in DIR/secret.key; made on first use, for its owner's eyes only.

    Raises DataDirectoryError when others may read the file, or it is no plain file of 32 bytes.
    """
    path = data_dir / KEY_FILE
    try:
        return _read(path)
    except FileNotFoundError:
        _create(path)
        return _read(path)
    except OSError as problem:
        raise DataDirectoryError(f"{path} can't be read: {problem.strerror}") from None


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise DataDirectoryError(f"{path} is not a plain file: restore it")
        if status.st_mode & _OTHERS:
            raise DataDirectoryError(f"{path} is open to other users: run chmod 600 {path}")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise DataDirectoryError(f"{path} has not {KEY_BYTES} bytes: it is damaged, restore it")
    return key


def _create(path: Path) -> None:
    """Written aside and linked into place, so that a half-written key is never seen and a rival's is kept."""
    draft = path.with_name(f"{KEY_FILE}.{os.getpid()}.new")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(handle)
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError as problem:
        raise DataDirectoryError(f"{path} can't be made: {problem.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
