"""A backup as one file: a tar archive that tar itself can read, its manifest first, then the files it names.

Reading trusts nothing: only plain files are taken, only by the names that a backup can have, each once, each of the
size and SHA-256 that the manifest says. Headers are read one by one, so that no extension of the format is interpreted.
"""

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from hostward.domain.errors import DataDirectoryError

FORMAT: Final = "hostward-backup"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
MAX_MANIFEST: Final = 64 * 1024

MAX_SIZES: Final[Mapping[str, int]] = {
    "hostward.db": 1 << 40,
    "secret.key": 1024,
    "hostward.toml": 1 << 20,
    "feeds.key": 1024,
    "tls/ca.pem": 1 << 20,
    "tls/ca-key.pem": 1 << 20,
    "tls/server.pem": 1 << 20,
}
"""Every file a backup can hold, by its path in the data directory, and the most bytes that are read of it."""

NEEDED: Final = ("hostward.db", "secret.key")
"""Without these nothing can be restored."""

_BLOCK: Final = tarfile.BLOCKSIZE
_CHUNK: Final = 1 << 20
_END: Final = bytes(_BLOCK)
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a backup. size: bytes."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup is. schema: the database's revision. version: of the Hostward that made it. created: ISO, UTC."""

    format: str
    format_version: int
    version: str
    created: str
    schema: str
    files: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(entry.size for entry in self.files)


def entry_of(name: str, path: Path) -> Entry:
    """The entry of a file as it is now. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Entry(name=name, size=size, sha256=digest.hexdigest())


def new_file(path: Path) -> BinaryIO:
    """A file that was not there, for its owner alone. Raises OSError."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write(out: BinaryIO, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write the archive. Raises OSError, DataDirectoryError for a file that is no longer what the manifest says."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    _write_head(out, MANIFEST, len(text))
    out.write(text + _padding(len(text)))
    for entry in manifest.files:
        _write_head(out, entry.name, entry.size)
        with sources[entry.name].open("rb") as file:
            if _copied(file, out, entry.size) != entry.sha256 or file.read(1):
                raise DataDirectoryError(f"{sources[entry.name]} was changed while it was backed up: try again")
        out.write(_padding(entry.size))
    out.write(2 * _END)


def read_manifest(archive: BinaryIO) -> Manifest:
    """The manifest at the beginning of an archive. Raises DataDirectoryError for what is no backup of this format."""
    name, size = _head(archive, {MANIFEST: MAX_MANIFEST})
    text = _exactly(archive, size, name)
    _skip_padding(archive, size)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise _bad(f"its manifest can't be read ({problem})") from None
    if (manifest.format, manifest.format_version) != (FORMAT, FORMAT_VERSION):
        raise _bad(f"it is of format {manifest.format!r} {manifest.format_version}, this program reads {FORMAT} 1")
    _check(manifest.files)
    return manifest


def extract(archive: BinaryIO, manifest: Manifest, folder: Path) -> None:
    """Write the files after the manifest into an empty folder of ours. Raises DataDirectoryError, OSError."""
    left = {entry.name: entry for entry in manifest.files}
    while left:
        name, size = _head(archive, {name: entry.size for name, entry in left.items()})
        entry = left.pop(name)
        if size != entry.size:
            raise _bad(f"{name} has {size} bytes where the manifest says {entry.size}")
        path = folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with new_file(path) as out:
            digest = _copied(archive, out, size)
        if digest != entry.sha256:
            raise _bad(f"{name} is damaged: its SHA-256 is not that of the manifest")
        _skip_padding(archive, size)
    if archive.read(2 * _BLOCK) != 2 * _END or archive.read(1).strip(b"\0"):
        raise _bad("there is more in it than its manifest says")


def _check(files: Sequence[Entry]) -> None:
    names = [entry.name for entry in files]
    if odd := [name for name in names if name not in MAX_SIZES]:
        raise _bad(f"it names {odd[0][:80]!r}, which is no file of a backup")
    if len(set(names)) != len(names):
        raise _bad("it names a file twice")
    if missing := [name for name in NEEDED if name not in names]:
        raise _bad(f"it has no {missing[0]}")
    for entry in files:
        if not 0 <= entry.size <= MAX_SIZES[entry.name] or not _HASH.fullmatch(entry.sha256):
            raise _bad(f"its {entry.name} can't be {entry.size} bytes with SHA-256 {entry.sha256[:64]!r}")


def _head(archive: BinaryIO, accepted: Mapping[str, int]) -> tuple[str, int]:
    """Name and size of the next file, which must be one of those accepted and not larger."""
    block = archive.read(_BLOCK)
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        raise _bad("it is no tar archive, or ends too early") from None
    if info.type != tarfile.REGTYPE or info.linkname:
        raise _bad(f"{info.name[:80]!r} is no plain file")
    if info.name not in accepted or not 0 <= info.size <= accepted[info.name]:
        raise _bad(f"{info.name[:80]!r} of {info.size} bytes is not what comes here")
    return info.name, info.size


def _write_head(out: BinaryIO, name: str, size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    out.write(info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict"))


def _copied(source: BinaryIO, out: BinaryIO, size: int) -> str:
    """Copy so many bytes; their SHA-256. Raises DataDirectoryError when there are fewer."""
    digest = hashlib.sha256()
    for chunk in _chunks(source, size):
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()


def _chunks(source: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        chunk = source.read(min(size, _CHUNK))
        if not chunk:
            raise _bad("it ends too early")
        size -= len(chunk)
        yield chunk


def _exactly(archive: BinaryIO, size: int, name: str) -> bytes:
    data = archive.read(size)
    if len(data) != size:
        raise _bad(f"it ends within {name}")
    return data


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _skip_padding(archive: BinaryIO, size: int) -> None:
    _exactly(archive, -size % _BLOCK, "padding")


def _bad(problem: str) -> DataDirectoryError:
    return DataDirectoryError(f"the backup can't be used: {problem}; nothing was changed")
