"""What agents are installed from: this program's own wheel, and wheels of what it needs, in a folder of the server."""

import hashlib
import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Final

from hostward import __version__
from hostward.agent.setup.wheels import project
from hostward.wiring import own_wheel

FOLDER: Final = "wheels"
REQUIREMENTS: Final = "agent_requirements.txt"
"""What an agent needs, exactly and with hashes; written by scripts/lock.sh."""

_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One file to hand out. path None: it is in memory."""

    file: str
    sha256: str
    size: int
    path: Path | None = None


class Wheelhouse:
    """The wheels in a folder that fit this release. Reads files: not to be called from the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._known: dict[tuple[str, int, int], str] = {}
        self._own: bytes = b""

    def packages(self) -> dict[str, str]:
        """What an agent is made of: versions by name."""
        return {"hostward": __version__, **required()}

    def wheels(self) -> list[Wheel]:
        """All that can be handed out, by file name. A file whose hash this release does not know is left out."""
        with self._lock:
            own = self._own_wheel()
            return [Wheel(file=own_wheel.file_name(), sha256=_sha256(own), size=len(own)), *self._others()]

    def data(self, sha256: str, file: str) -> bytes | None:
        """A wheel's bytes; None when there is none of this hash and name, or it is another by now."""
        wheel = next((each for each in self.wheels() if (each.sha256, each.file) == (sha256, file)), None)
        if wheel is None:
            return None
        data = self._own if wheel.path is None else wheel.path.read_bytes()
        return data if _sha256(data) == sha256 else None

    def _own_wheel(self) -> bytes:
        if not self._own:
            self._own = own_wheel.packed()
        return self._own

    def _others(self) -> list[Wheel]:
        allowed, versions = hashes(), required()
        try:
            names = sorted(os.listdir(self._folder))  # noqa: PTH208  # names only
        except FileNotFoundError:
            return []
        found = []
        for name in names:
            parts = name.split("-")
            if name.endswith(".whl") and versions.get(project(parts[0])) == parts[1]:
                wheel = self._wheel(self._folder / name)
                if wheel.sha256 in allowed:
                    found.append(wheel)
        return found

    def _wheel(self, path: Path) -> Wheel:
        """Hashed once, and again when the file changed."""
        status = path.stat()
        key = (path.name, status.st_size, status.st_mtime_ns)
        if key not in self._known:
            self._known[key] = _sha256(path.read_bytes())
        return Wheel(file=path.name, sha256=self._known[key], size=status.st_size, path=path)


def requirements() -> str:
    """What an agent needs, as pip reads it."""
    return files("hostward.wiring").joinpath(REQUIREMENTS).read_text(encoding="utf-8")


def required() -> dict[str, str]:
    """What an agent needs beside this program: versions by name."""
    return {project(name): version for name, version in _PIN.findall(requirements())}


def hashes() -> frozenset[str]:
    """SHA-256 of every file that may be one of them."""
    return frozenset(_HASH.findall(requirements()))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
