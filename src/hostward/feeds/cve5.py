"""CVE records of version 5: titles, the vendors' own scores and dates that enrich what other feeds say.

Format: github.com/CVEProject/cve-schema (5.x). A zip as CVEProject/cvelistV5 gives it, a folder, or one record. What
the record says of affected products is not used: no product is guessed from names.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory
from hostward.domain.cvss import level_of
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import MAX_TEXT, time_of
from hostward.feeds.scoring import scored
from hostward.feeds.zipped import MAX_RECORD_BYTES, ZIP_MAGIC, members

MAX_DEPTH = 4
"""Levels of folders gone into: cves/YEAR/THOUSANDS/ID.json needs three below the top."""
LEVEL_SOURCE = "cvss of the vendor"
OTHERS_SOURCE = "cvss of CISA"

_SIGN = b'"CVE_RECORD"'
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")


class _Text(msgspec.Struct):
    lang: str = ""
    value: str = ""


class _Cvss(msgspec.Struct, rename="camel"):
    vector_string: str = ""


class _Metric(msgspec.Struct):
    v31: _Cvss | None = msgspec.field(name="cvssV3_1", default=None)
    v30: _Cvss | None = msgspec.field(name="cvssV3_0", default=None)
    v40: _Cvss | None = msgspec.field(name="cvssV4_0", default=None)
    v2: _Cvss | None = msgspec.field(name="cvssV2_0", default=None)


class _Link(msgspec.Struct):
    url: str = ""


class _Container(msgspec.Struct):
    title: str = ""
    descriptions: list[_Text] = []
    metrics: list[_Metric] = []
    references: list[_Link] = []


class _Containers(msgspec.Struct):
    cna: _Container
    adp: list[_Container] = []


class _Metadata(msgspec.Struct, rename="camel"):
    cve_id: str
    state: str = ""
    date_published: str = ""


class _Record(msgspec.Struct, rename="camel"):
    cve_metadata: _Metadata
    containers: _Containers


_decode = msgspec.json.Decoder(_Record).decode


class _Cve5:
    name = "cve"

    def sniff(self, path: Path) -> bool:
        """A zip or folder whose first record names the format, or such a record."""
        if path.is_dir():
            return any(_SIGN in source.head(file) for file in _first(_files(path)))
        first = source.head(path)
        return _SIGN in first or (first.startswith(ZIP_MAGIC) and b"cves/" in first)

    def read(self, path: Path) -> Reading:
        """Read it. Raises FeedError when it is damaged as a whole or nothing in it is a CVE record."""
        return Reading(lambda reading: _whole(path, reading))


CVE5 = _Cve5()


def _first(files: Iterator[Path]) -> Sequence[Path]:
    found = next(files, None)
    return () if found is None else (found,)


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink():
            continue
        if entry.is_dir() and depth < MAX_DEPTH:
            yield from _files(entry, depth + 1)
        elif entry.name.startswith("CVE-") and entry.suffix == ".json":
            yield entry


def _whole(path: Path, reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for data in _data(path, reading):
        advisory = _advisory(data, reading)
        if advisory is not None and advisory.id not in seen:
            seen.add(advisory.id)
            yield advisory
    if not seen:
        raise FeedError(f"{path}: holds no CVE record that can be read")


def _data(path: Path, reading: Reading) -> Iterator[bytes]:
    if path.is_dir():
        yield from (source.whole(file, MAX_RECORD_BYTES) for file in _files(path))
    elif source.head(path).startswith(ZIP_MAGIC):
        yield from members(path, reading)
    else:
        yield source.whole(path, MAX_RECORD_BYTES)


def _advisory(data: bytes, reading: Reading) -> Advisory | None:
    try:
        record = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        reading.skipped["records that can't be read"] += 1
        return None
    if record.cve_metadata.state != "PUBLISHED" or not _CVE.match(record.cve_metadata.cve_id):
        reading.skipped["records that are not published"] += 1
        return None
    return _published(record, reading)


def _published(record: _Record, reading: Reading) -> Advisory:
    cna, key = record.containers.cna, record.cve_metadata.cve_id
    vector, score = scored(_vectors([cna]), reading.skipped)
    by = LEVEL_SOURCE
    if score is None:
        vector, score = scored(_vectors(record.containers.adp), reading.skipped)
        by = OTHERS_SOURCE
    return Advisory(
        feed=CVE5.name,
        id=key,
        key=key,
        title=cna.title,
        description=next((text.value for text in cna.descriptions if text.lang.startswith("en")), "")[:MAX_TEXT],
        level=None if score is None else level_of(score, vector),
        level_source="" if score is None else by,
        cvss=score,
        vector=vector,
        reference=next((link.url for link in cna.references if link.url.startswith(("https://", "http://"))), ""),
        published=time_of(record.cve_metadata.date_published),
    )


def _vectors(parts: Iterable[_Container]) -> Sequence[str]:
    every = (
        each for part in parts for metric in part.metrics for each in (metric.v31, metric.v30, metric.v40, metric.v2)
    )
    return [each.vector_string for each in every if each is not None]
