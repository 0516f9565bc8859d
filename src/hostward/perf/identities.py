"""The identities of simulated agents, kept in a file so that a later run is the same fleet again."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.domain.errors import HostwardError

FILE = "agents.jsonl"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file: the agent's number, its key (32 raw bytes) and the names the server gave it."""

    number: int
    key: bytes
    uuid: str
    quuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An agent's key and names, "" before it is enrolled."""

    key: Ed25519PrivateKey
    uuid: str = ""
    quuid: str = ""


class Identities:
    """The file of a folder; without one nothing is kept. Raises HostwardError when it can't be used."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE
        self._known: dict[int, Kept] = {}
        if self._path is not None:
            self._known = _read(self._path)

    def of(self, number: int) -> Identity:
        """The identity of an agent, a new one when it has none."""
        kept = self._known.get(number)
        if kept is None:
            return Identity(key=Ed25519PrivateKey.generate())
        return Identity(key=Ed25519PrivateKey.from_private_bytes(kept.key), uuid=kept.uuid, quuid=kept.quuid)

    def enrolled(self, number: int, key: Ed25519PrivateKey, *, uuid: str, quuid: str) -> None:
        """Keep an identity; the last one of a number counts."""
        if self._path is None:
            return
        line = msgspec.json.encode(Kept(number=number, key=key.private_bytes_raw(), uuid=uuid, quuid=quuid)) + b"\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)


def _read(path: Path) -> dict[int, Kept]:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = path.read_bytes().splitlines() if path.exists() else []
        return {kept.number: kept for kept in (msgspec.json.decode(line, type=Kept) for line in lines)}
    except OSError as error:
        raise HostwardError(f"can't use {path}: {error.strerror}; name another folder with --state") from error
    except msgspec.DecodeError as error:
        raise HostwardError(f"{path} is damaged ({error}): remove it, and the agents enrol anew") from error
