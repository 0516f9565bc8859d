"""Bundles of feeds for machines without internet: one zip, whose list of files is signed with Ed25519.

The list names each file's feed, size, SHA-256 and the time at which it was fetched. Nothing of a bundle is looked at
before its list was found to be signed by a key that the operator trusts, and no file of it is imported that is not the
one that was listed.
"""

import base64
import hashlib
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hostward.domain.errors import FeedError, InvalidValue
from hostward.feeds.table import Source, source_of
from hostward.runtime import private_file
from hostward.usecases.records import FeedStatus
from hostward.wiring.feed_renewal import FOLDER

KEY_FILE: Final = "feeds.key"
"""In the data directory: what bundles are signed with, made when the first one is."""
LIST: Final = "feeds.json"
SIGNATURE: Final = "feeds.sig"
FORMAT: Final = "hostward feeds 1"
MAX_LIST_BYTES: Final = 4 << 20
MAX_FILE_BYTES: Final = 4 << 30
"""Largest file of a bundle: what fetching takes."""

_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_CHUNK: Final = 1 << 20
_PURPOSE: Final = b"hostward feed bundle\0"
"""Before what is signed, so that no signature made for something else can stand here."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a bundle. fetched: when it was the newest at its publisher, RFC 3339."""

    feed: str
    size: int
    sha256: str
    fetched: datetime


class List(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a bundle, and when it was made."""

    format: str
    made: datetime
    files: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """One file of a bundle, found to be what its list says."""

    source: Source
    path: Path
    fetched: datetime


_decode: Final = msgspec.json.Decoder(List).decode
_encode: Final = msgspec.json.Encoder().encode


def is_bundle(path: Path) -> bool:
    """Whether it is a zip with a list of feeds."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {LIST, SIGNATURE} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def export(data_dir: Path, to: Path, statuses: Sequence[FeedStatus], now: datetime) -> tuple[List, str]:
    """Write the feeds that were fetched into a new bundle: its list, and the public key it is signed with.

    Raises FeedError when nothing was fetched, or the file exists or can't be written.
    """
    fetched = {status.feed: status.imported for status in statuses}
    found = [(source, data_dir / FOLDER / source.file) for name in fetched if (source := source_of(name)) is not None]
    kept = [(source, path) for source, path in found if path.is_file()]
    if not kept:
        raise FeedError(f"no feed was fetched into {data_dir / FOLDER} yet: run hostward feed update first")
    key = _own_key(data_dir)
    listed = List(
        format=FORMAT, made=now, files=tuple(_entry(source, path, fetched[source.name]) for source, path in kept)
    )  # fmt: skip
    content = _encode(listed)
    try:
        with zipfile.ZipFile(to, "x", zipfile.ZIP_STORED) as archive:
            archive.writestr(LIST, content)
            archive.writestr(SIGNATURE, key.sign(_PURPOSE + content))
            for source, path in kept:
                archive.write(path, source.name)
    except FileExistsError:
        raise FeedError(f"{to} exists: a bundle takes no other file's place, choose a new name") from None
    except OSError as problem:
        to.unlink(missing_ok=True)
        raise FeedError(f"{to} can't be written: {problem.strerror}") from None
    return listed, public_text(key.public_key())


@contextmanager
def opened(path: Path, trusted: Collection[str], scratch: Path) -> Iterator[Iterator[Unpacked]]:
    """The files of a bundle, one at a time, each unpacked into a folder of its own below scratch and then deleted.

    Raises FeedError when no trusted key signed it, or a file is not the one listed.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix=".bundle-", dir=scratch) as folder:
            yield _files(path, archive, _signed(path, archive, trusted), Path(folder))
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as problem:
        raise FeedError(f"{path}: not a whole bundle: {problem}; copy it again") from None


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as people pass it on."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def trusted_keys(text: str) -> tuple[str, ...]:
    """Public keys parted by commas. Raises InvalidValue for one that is none."""
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    for key in keys:
        _public(key)
    return keys


def _public(text: str) -> Ed25519PublicKey:
    try:
        raw = base64.b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise InvalidValue(f"{text[:80]!r} is no public key: hostward feed export prints one (44 characters)") from None


def _own_key(data_dir: Path) -> Ed25519PrivateKey:
    path = data_dir / KEY_FILE
    try:
        raw = base64.b64decode(path.read_bytes().strip(), validate=True)
    except FileNotFoundError:
        key = Ed25519PrivateKey.generate()
        private_file.replace(path, base64.b64encode(key.private_bytes_raw()) + b"\n")
        return key
    except (OSError, ValueError) as problem:
        raise FeedError(f"{path} can't be read as a key: {problem}") from None
    if len(raw) != _KEY_BYTES:
        raise FeedError(f"{path} holds no key of {_KEY_BYTES} bytes: put the right one back, or remove it")
    return Ed25519PrivateKey.from_private_bytes(raw)


def _entry(source: Source, path: Path, fetched: datetime) -> Entry:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Entry(feed=source.name, size=size, sha256=digest.hexdigest(), fetched=fetched)


def _signed(path: Path, archive: zipfile.ZipFile, trusted: Collection[str]) -> List:
    """The list, once one of the keys is found to have signed it. Raises FeedError."""
    if not trusted:
        raise FeedError(
            f"{path}: no key is trusted to sign bundles: give the one that hostward feed export printed with --key, "
            "or set feeds.trusted_keys"
        )
    content, signature = _small(archive, LIST), _small(archive, SIGNATURE)
    if len(signature) != _SIGNATURE_BYTES or not any(_verifies(key, signature, content) for key in trusted):
        raise FeedError(f"{path}: is not signed by a trusted key, or was changed; nothing of it was imported")
    try:
        listed = _decode(content)
    except msgspec.DecodeError as problem:
        raise FeedError(f"{path}: its list can't be read: {problem}; was it made by a newer version?") from None
    if listed.format != FORMAT:
        raise FeedError(f"{path}: is of the format {listed.format[:40]!r}, this program reads {FORMAT!r}")
    return listed


def _verifies(key: str, signature: bytes, content: bytes) -> bool:
    try:
        _public(key).verify(signature, _PURPOSE + content)
    except InvalidSignature:
        return False
    return True


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            content = file.read(MAX_LIST_BYTES + 1)
    except KeyError:
        raise FeedError(f"{archive.filename}: has no {name}: it is no bundle of feeds") from None
    if len(content) > MAX_LIST_BYTES:
        raise FeedError(f"{archive.filename}: its {name} is larger than {MAX_LIST_BYTES >> 20} MiB")
    return content


def _files(path: Path, archive: zipfile.ZipFile, listed: List, folder: Path) -> Iterator[Unpacked]:
    for number, entry in enumerate(listed.files):
        source = source_of(entry.feed)
        if source is None:
            raise FeedError(f"{path}: holds the feed {entry.feed[:80]!r}, which this version does not know")
        out = folder / str(number)
        with archive.open(source.name) as packed, out.open("xb") as file:
            digest = _copy(packed, file, entry.size)
        if digest != entry.sha256:
            raise FeedError(f"{path}: {source.name} in it is not what was signed; copy the bundle again")
        yield Unpacked(source=source, path=out, fetched=entry.fetched)
        out.unlink()


def _copy(packed: IO[bytes], file: IO[bytes], size: int) -> str:
    """Copy as many bytes as are listed, and one more if there is one; the SHA-256 of what was copied."""
    digest, left = hashlib.sha256(), min(size, MAX_FILE_BYTES) + 1
    while left and (chunk := packed.read(min(left, _CHUNK))):
        digest.update(chunk)
        file.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()
