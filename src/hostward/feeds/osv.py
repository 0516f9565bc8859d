"""OSV: the native format. An all.zip as osv.dev serves it, a tar as Canonical does, a folder of those, or a record."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import FEED, advisory_of, decode
from hostward.feeds.records import files, members, start
from hostward.feeds.zipped import ZIP_MAGIC

_RECORD = re.compile(rb'\s*\{(?=.*"id"\s*:)(?=.*"(?:modified|schema_version)"\s*:)', re.DOTALL)


class _Osv:
    name = FEED

    def sniff(self, path: Path) -> bool:
        """A zip, a folder with anything to read, or JSON (also in a tar) with the two fields every OSV record has?"""
        if path.is_dir():
            return next(files(path), None) is not None
        first = start(path)
        return first.startswith(ZIP_MAGIC) or _RECORD.match(first) is not None

    def read(self, path: Path) -> Reading:
        """Read it. Raises FeedError when it is damaged as a whole or nothing in it is an OSV record."""
        return Reading(lambda reading: _whole(path, _advisories(path, reading), reading))


OSV = _Osv()


def _whole(path: Path, advisories: Iterator[Advisory], reading: Reading) -> Iterator[Advisory]:
    """Pass on what is read, once per id, and refuse a feed in which nothing could be."""
    seen: set[str] = set()
    for advisory in advisories:
        if advisory.id in seen:
            reading.skipped["records with an id that was there before"] += 1
            continue
        seen.add(advisory.id)
        yield advisory
    if not seen and not reading.skipped["withdrawn records"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in reading.skipped.items() if count) or "it is empty"
        raise FeedError(f"{path}: holds no OSV record that can be read: {reasons}")


def _advisories(path: Path, reading: Reading) -> Iterator[Advisory]:
    for data in members(path, reading):
        advisory = _record(data, reading)
        if advisory is not None:
            yield advisory


def _record(data: bytes, reading: Reading) -> Advisory | None:
    try:
        return advisory_of(decode(data), reading.skipped)
    except (msgspec.DecodeError, UnicodeDecodeError):
        reading.skipped["records that can't be read"] += 1
        return None
