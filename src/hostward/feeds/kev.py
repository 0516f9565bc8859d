"""CISA's catalogue of vulnerabilities that are known to be exploited.

Format: www.cisa.gov/known-exploited-vulnerabilities-catalog, its JSON.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading

MAX_BYTES = 64 << 20
"""Largest catalogue taken, unpacked: thirty times the real one."""

_SIGNS = (b'"catalogVersion"', b'"vulnerabilities"')
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")


class _Entry(msgspec.Struct):
    cve: str = msgspec.field(name="cveID")
    title: str = msgspec.field(name="vulnerabilityName", default="")
    description: str = msgspec.field(name="shortDescription", default="")


class _Catalogue(msgspec.Struct):
    vulnerabilities: list[msgspec.Raw]


_decode = msgspec.json.Decoder(_Catalogue).decode
_decode_entry = msgspec.json.Decoder(_Entry).decode


class _Kev:
    name = "kev"

    def sniff(self, path: Path) -> bool:
        """Does it have the catalogue's own fields?"""
        first = source.head(path)
        return all(sign in first for sign in _SIGNS)

    def read(self, path: Path) -> Reading:
        """Read a catalogue, plain or gzip. Raises FeedError when it is damaged."""
        try:
            catalogue = _decode(source.whole(path, MAX_BYTES))
        except msgspec.DecodeError as error:
            raise FeedError(f"{path}: not a whole KEV catalogue: {error}; fetch it again") from error
        return Reading(lambda reading: _advisories(catalogue, reading))


KEV = _Kev()


def _advisories(catalogue: _Catalogue, reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for raw in catalogue.vulnerabilities:
        try:
            entry = _decode_entry(raw)
        except msgspec.DecodeError:
            reading.skipped["entries that can't be read"] += 1
            continue
        if not _CVE.match(entry.cve) or entry.cve in seen:
            reading.skipped["entries without a CVE id of their own"] += 1
            continue
        seen.add(entry.cve)
        yield Advisory(
            feed=KEV.name, id=entry.cve, key=entry.cve, title=entry.title, description=entry.description, kev=True
        )
