"""Who this agent is: its key, the names the server gave it, and the machine it was enrolled on.

An agent that finds another machine-id than the one it was enrolled on lives in a copy of its machine (a golden image,
a clone): it makes a key of its own and enrols anew, so that no two machines ever speak with one identity.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.protocol.hello import Enrolled

KEY_FILE = "agent.key"
NAMES_FILE = "agent.json"
TOKEN_FILE = "token"
NEXT_KEY_FILE = "agent.key.next"
"""The key that is to follow, from before the server hears of it until it has spoken with it."""

KEY_LIFE = timedelta(days=90)
"""After which an agent changes its key."""

MAX_TOKEN = 256
"""Characters of an enrolment token; ours have 43."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What agent.json holds: the server's names for this agent, and the (hashed) id of the machine they are for."""

    quuid: str
    uuid: str
    machine_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An agent's key and, once it is enrolled, its names. is_new: nothing was known of this agent on this machine."""

    folder: Path
    machine_id: str
    key: Ed25519PrivateKey
    names: Names | None = None
    is_new: bool = False

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes that the server knows this agent by."""
        return self.key.public_key().public_bytes_raw()

    def enrolled(self, names: Enrolled) -> "Identity":
        """The identity with its names, stored. Raises OSError when they can't be."""
        kept = Names(quuid=names.quuid, uuid=names.uuid, machine_id=self.machine_id)
        _write(self.folder / NAMES_FILE, msgspec.json.encode(kept))
        return replace(self, names=kept)


def load(folder: Path, machine_id: str) -> Identity:
    """The identity in this folder; a new key when there is none, or when it was another machine's.

    Raises OSError when the folder can't be used.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = _names(folder / NAMES_FILE)
    key = _key(folder / KEY_FILE)
    if names is not None and machine_id and names.machine_id and names.machine_id != machine_id:
        names, key = None, None
    if key is not None:
        return Identity(folder=folder, machine_id=machine_id, key=key, names=names)
    made = Ed25519PrivateKey.generate()
    # The key first: should the agent die in between, the old names are found with the wrong machine-id once more.
    _write(folder / KEY_FILE, made.private_bytes_raw())
    for name in (NAMES_FILE, NEXT_KEY_FILE):
        with suppress(FileNotFoundError):
            (folder / name).unlink()
    return Identity(folder=folder, machine_id=machine_id, key=made, is_new=True)


def read_token(folder: Path) -> str:
    """The token that was left for this agent, "" for none."""
    with suppress(FileNotFoundError):
        return (folder / TOKEN_FILE).read_text(encoding="ascii", errors="replace")[:MAX_TOKEN].strip()
    return ""


def drop_token(folder: Path) -> None:
    """The token has done its work."""
    with suppress(FileNotFoundError):
        (folder / TOKEN_FILE).unlink()


def is_key_old(folder: Path, now: float) -> bool:
    """Whether it is time for another key, or a change of it was begun. now: seconds since 1970.

    A clock that was set back makes no key old.
    """
    if (folder / NEXT_KEY_FILE).exists():
        return True
    with suppress(FileNotFoundError):
        return now - (folder / KEY_FILE).stat().st_mtime > KEY_LIFE.total_seconds()
    return False


def begun_key(folder: Path) -> Ed25519PrivateKey | None:
    """The key of a change that was begun, None when none was."""
    return _key(folder / NEXT_KEY_FILE)


def next_key(folder: Path) -> Ed25519PrivateKey:
    """The key that is to follow the present one: that of a change which was begun, else a new one, stored."""
    begun = begun_key(folder)
    if begun is not None:
        return begun
    made = Ed25519PrivateKey.generate()
    _write(folder / NEXT_KEY_FILE, made.private_bytes_raw())
    return made


def turn_key(identity: Identity, key: Ed25519PrivateKey) -> Identity:
    """The identity with its next key in place of the present one, stored: the server has taken it in a session."""
    _write(identity.folder / KEY_FILE, key.private_bytes_raw())
    with suppress(FileNotFoundError):
        (identity.folder / NEXT_KEY_FILE).unlink()
    return replace(identity, key=key)


def _names(path: Path) -> Names | None:
    """The stored names; None when there are none that can be read: the agent enrols again with its key."""
    with suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Names)
    return None


def _key(path: Path) -> Ed25519PrivateKey | None:
    """The stored key; None when there is none, or it is damaged (then its machine is a new one to the server)."""
    with suppress(FileNotFoundError, ValueError):
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    return None


def _write(path: Path, data: bytes) -> None:
    """Replace a private file, all or nothing."""
    beside = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        beside.unlink()
    fd = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    os.fsync(folder)
    os.close(folder)
