"""The built console: its files in memory, sent as they were packed when it was built."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BUILT: Final = Path(__file__).parent / "static"
"""Where the build puts the console (hatch_build.py); absent where it was left out."""

INDEX: Final = "index.html"
ASSETS: Final = "assets/"
_KINDS: Final[Mapping[str, bytes]] = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".png": b"image/png",
    ".json": b"application/json",
}
_PACKINGS: Final = ((b"br", ".br"), (b"gzip", ".gz"))
"""Encodings from the smallest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file.

    packed: the same by content encoding, the smallest first. lasting: its name changes with its content.
    """

    kind: bytes
    data: bytes
    packed: tuple[tuple[bytes, bytes], ...]
    tag: bytes
    lasting: bool

    def best(self, accepted: bytes) -> tuple[bytes, bytes]:
        """The content encoding (b"" for none) and the bytes for an Accept-Encoding header."""
        parts = [part.replace(b" ", b"").partition(b";q=") for part in accepted.split(b",")]
        names = {name for name, _, weight in parts if not weight or weight.strip(b"0.")}
        return next(((encoding, data) for encoding, data in self.packed if encoding in names), (b"", self.data))


def load(folder: Path = BUILT) -> Mapping[str, StaticFile]:
    """Every file that a browser may ask for, by its path without the first slash; empty when nothing was built.

    Only what is found here is ever served: a path of a request is a key, never a way into the file system.
    """
    if not (folder / INDEX).is_file():
        return {}
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in _KINDS)
    return {path.relative_to(folder).as_posix(): _file(folder, path) for path in paths}


def _file(folder: Path, path: Path) -> StaticFile:
    data = path.read_bytes()
    packed = [(encoding, Path(f"{path}{suffix}")) for encoding, suffix in _PACKINGS]
    return StaticFile(
        kind=_KINDS[path.suffix],
        data=data,
        packed=tuple((encoding, other.read_bytes()) for encoding, other in packed if other.is_file()),
        tag=b'"' + hashlib.sha256(data).hexdigest()[:32].encode() + b'"',
        lasting=path.relative_to(folder).as_posix().startswith(ASSETS),
    )
