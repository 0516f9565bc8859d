"""A path in, its advisories stored: which feed reads it, under which name it is kept, what was left out."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from hostward.domain.advisory import Advisory
from hostward.domain.errors import Fault, FeedError
from hostward.domain.versions.table import family_of
from hostward.feeds.contract import Feed
from hostward.feeds.table import feed_of
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import FeedHealth, FeedStatus
from hostward.usecases.vulnerabilities.feed_health import tell
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed

PEEKED = 64
"""Advisories looked at to tell which ecosystem a file is about."""

_OSV_FILE = "all.zip"
CHUNK_BYTES = 1 << 20

READERS = b"readers 3"
"""Rises when a reader makes more or other advisories of the same file, so that it is read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A feed that was imported, and how many of its records were left out, by reason in words."""

    status: FeedStatus
    skipped: Mapping[str, int]


def import_path(
    store: Store,
    path: Path,
    now: datetime,
    *,
    name: str = "",
    reader: Feed | None = None,
    as_of: datetime | None = None,
) -> Imported:
    """Import a file or folder in place of what the same feed brought before. Raises FeedError; nothing changes then.

    name and reader: of the feed it must be; without them its content tells. as_of: when the file was the newest
    there was, None for now. A file that is the same as the last time is not read again.
    """
    if reader is None:
        reader = feed_of(path)
    elif not reader.sniff(path):
        raise FeedError(f"{path}: is not what feed {name} looks like (an error page in its place?)")
    digest = _digest(path)
    if (same := _same(store, name, digest)) is not None:
        parsed = Parsed(feed=same.feed, digest=digest, advisories=(), ecosystems=())
        return Imported(status=import_feed(store, parsed=parsed, now=now, as_of=as_of), skipped={})
    reading = reader.read(path)
    try:
        peeked = list(islice(reading, PEEKED))
        parsed = Parsed(
            feed=name or _name(reader.name, path, peeked),
            digest=digest,
            advisories=chain(peeked, reading),
            ecosystems=reading.ecosystems,
        )
        status = import_feed(store, parsed=parsed, now=now, as_of=as_of)
    except FeedError as error:
        raise type(error)(f"{path}: {error}{left_out(reading.skipped)}") from error
    return Imported(status=status, skipped=dict(reading.skipped))


def succeeded(store: Store, feed: str, now: datetime, *, source: str, validator: str, said: str | None) -> None:
    """Remember that a feed was found whole. said: what was left out of it, None for the same as before."""
    before = health_of(store, feed)
    health = FeedHealth(
        feed=feed, source=source, validator=validator, checked=now, left_out=before.left_out if said is None else said,
        told=before.told,
    )  # fmt: skip
    store.write_now(lambda uow: _note(uow, health, now))


def failed(store: Store, feed: str, now: datetime, *, source: str, problem: str, fault: Fault = Fault.DAMAGED) -> None:
    """Remember that a feed could not be renewed: its old data goes on to count. source "": the one before."""
    before = health_of(store, feed)
    health = replace(
        before, source=source or before.source, failed=now, failures=before.failures + 1, problem=problem, fault=fault
    )  # fmt: skip
    store.write_now(lambda uow: _note(uow, health, now))


def health_of(store: Store, feed: str) -> FeedHealth:
    """What is known of the tries to renew a feed; nothing for one that was never tried."""
    known = store.read_now(lambda uow: uow.advisories.health())
    return next((one for one in known if one.feed == feed), FeedHealth(feed=feed))


def _note(uow: UnitOfWork, health: FeedHealth, now: datetime) -> None:
    uow.advisories.put_health(health)
    tell(uow, now)


def left_out(skipped: Mapping[str, int]) -> str:
    """How many records were left out and why, in brackets; "" for none."""
    reasons = "; ".join(f"{number} {reason}" for reason, number in sorted(skipped.items()))
    return f" (left out: {reasons})" if reasons else ""


def _same(store: Store, name: str, digest: str) -> FeedStatus | None:
    """The feed as it is when its file is the same as the last time; name "": any feed that was read of this file."""
    known = store.read_now(lambda uow: uow.advisories.feeds())
    return next((one for one in known if one.digest == digest and name in ("", one.feed)), None)


def _name(feed: str, path: Path, peeked: list[Advisory]) -> str:
    """What the data is kept under: each file of a publisher takes the place of its own earlier data.

    OSV serves a file an ecosystem, in a folder of its name. Without such a folder releases of one distribution in one
    file are one feed ("osv:Debian"), and a file of one release is its own. Alpine's files have the repository for a
    name, NVD's end with the year; of Amazon's one is kept for each release.
    """
    ecosystems = {affected.ecosystem for advisory in peeked for affected in advisory.affected}
    if feed == "nvd":
        return f"nvd:{path.name.split('.')[-3 if path.suffix == '.gz' else -2].rpartition('-')[2]}"
    if feed == "amazon" and len(ecosystems) == 1:
        return f"amazon:{min(ecosystems).removeprefix('Amazon:')}"
    if feed == "alpine" and ecosystems:
        release = min(ecosystems).removeprefix("Alpine:")
        return f"alpine:{release}:{path.name.partition('.')[0]}"
    if feed != "osv" or not ecosystems:
        return feed
    if path.name == _OSV_FILE and family_of(path.parent.name) is not None:
        return f"{feed}:{path.parent.name}"
    families = {ecosystem.partition(":")[0] for ecosystem in ecosystems}
    return f"{feed}:{min(ecosystems) if len(ecosystems) == 1 else min(families)}"


def _digest(path: Path) -> str:
    """SHA-256 over the file, or over names and contents of a folder's files. Raises FeedError."""
    digest = hashlib.sha256(READERS)
    try:
        for file in _files(path):
            if file != path:
                digest.update(str(file.relative_to(path)).encode("utf-8", "surrogateescape") + b"\0")
            with file.open("rb") as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    digest.update(chunk)
    except OSError as error:
        raise FeedError(f"{path}: can't be read: {error.strerror}") from error
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """Regular files, in an order that is the same every time."""
    if path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file() and not file.is_symlink())
    else:
        yield path
