"""A path in, its advisories stored: which feed reads it, under which name it is kept, what was left out."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.feeds.table import feed_of
from hostward.runtime.clock import Clock
from hostward.usecases.ports import Store
from hostward.usecases.records import FeedStatus
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed

PEEKED = 64
"""Advisories looked at to tell which ecosystem a file is about."""

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A feed that was imported, and how many of its records were left out, by reason in words."""

    status: FeedStatus
    skipped: Mapping[str, int]


def import_path(store: Store, clock: Clock, path: Path) -> Imported:
    """Import a file or folder in place of what the same feed brought before. Raises FeedError; nothing changes then.

    A file that is the same as the last time is not read again.
    """
    feed = feed_of(path)
    reading = feed.read(path)
    peeked = list(islice(reading, PEEKED))
    parsed = Parsed(
        feed=_name(feed.name, peeked),
        digest=_digest(path),
        advisories=chain(peeked, reading),
        ecosystems=reading.ecosystems,
    )
    try:
        status = store.write_now(lambda uow: import_feed(uow, parsed=parsed, now=clock.now()))
    except FeedError as error:
        raise FeedError(f"{path}: {error}{left_out(reading.skipped)}") from error
    return Imported(status=status, skipped=dict(reading.skipped))


def left_out(skipped: Mapping[str, int]) -> str:
    """How many records were left out and why, in brackets; "" for none."""
    reasons = "; ".join(f"{number} {reason}" for reason, number in sorted(skipped.items()))
    return f" (left out: {reasons})" if reasons else ""


def _name(feed: str, peeked: list[Advisory]) -> str:
    """What the data is kept under: OSV serves a file an ecosystem, and each takes the place of its own earlier data.

    Releases of one distribution in one file are one feed ("osv:Debian"), a file of one release is its own.
    """
    ecosystems = {affected.ecosystem for advisory in peeked for affected in advisory.affected}
    if feed != "osv" or not ecosystems:
        return feed
    families = {ecosystem.partition(":")[0] for ecosystem in ecosystems}
    return f"{feed}:{min(ecosystems) if len(ecosystems) == 1 else min(families)}"


def _digest(path: Path) -> str:
    """SHA-256 over the file, or over names and contents of a folder's files. Raises FeedError."""
    digest = hashlib.sha256()
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
