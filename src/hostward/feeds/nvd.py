"""NVD's CVE data, version 2.0: scores, descriptions and dates that enrich what other feeds say. No CPE is looked at.

Format: nvd.nist.gov/vuln/data-feeds, one JSON (gzip) a year, in the shape of the CVE API 2.0.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory
from hostward.domain.cvss import level_of
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import MAX_TEXT, time_of
from hostward.feeds.scoring import scored

MAX_BYTES = 2 << 30
"""Largest file taken, unpacked: several times a whole year."""
LEVEL_SOURCE = "cvss of NVD"

_SIGN = b'"NVD_CVE"'
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}\Z")
_REJECTED = "Rejected"


class _Text(msgspec.Struct):
    lang: str
    value: str


class _CvssData(msgspec.Struct, rename="camel"):
    vector_string: str = ""


class _Metric(msgspec.Struct, rename="camel"):
    cvss_data: _CvssData
    type: str = ""


class _Metrics(msgspec.Struct):
    v31: list[_Metric] = msgspec.field(name="cvssMetricV31", default_factory=list)
    v30: list[_Metric] = msgspec.field(name="cvssMetricV30", default_factory=list)
    v40: list[_Metric] = msgspec.field(name="cvssMetricV40", default_factory=list)
    v2: list[_Metric] = msgspec.field(name="cvssMetricV2", default_factory=list)


class _Cve(msgspec.Struct, rename="camel"):
    id: str
    published: str = ""
    vuln_status: str = ""
    descriptions: list[_Text] = []
    metrics: _Metrics = msgspec.field(default_factory=_Metrics)


class _Item(msgspec.Struct):
    cve: _Cve


class _Feed(msgspec.Struct):
    vulnerabilities: list[msgspec.Raw]


_decode = msgspec.json.Decoder(_Feed).decode
_decode_item = msgspec.json.Decoder(_Item).decode


class _Nvd:
    name = "nvd"

    def sniff(self, path: Path) -> bool:
        """Does it name the format?"""
        return _SIGN in source.head(path)

    def read(self, path: Path) -> Reading:
        """Read a year, plain or gzip. Raises FeedError when it is damaged."""
        try:
            feed = _decode(source.whole(path, MAX_BYTES))
        except msgspec.DecodeError as error:
            raise FeedError(f"{path}: not a whole NVD feed: {error}; fetch it again") from error
        return Reading(lambda reading: _advisories(feed, reading))


NVD = _Nvd()


def _advisories(feed: _Feed, reading: Reading) -> Iterator[Advisory]:
    seen: set[str] = set()
    for raw in feed.vulnerabilities:
        try:
            cve = _decode_item(raw).cve
        except msgspec.DecodeError:
            reading.skipped["records that can't be read"] += 1
            continue
        if cve.vuln_status == _REJECTED:
            reading.skipped["rejected records"] += 1
        elif not _CVE.match(cve.id) or cve.id in seen:
            reading.skipped["records without a CVE id of their own"] += 1
        else:
            seen.add(cve.id)
            yield _advisory(cve, reading)


def _advisory(cve: _Cve, reading: Reading) -> Advisory:
    vector, score = scored(_vectors(cve.metrics), reading.skipped)
    return Advisory(
        feed=NVD.name,
        id=cve.id,
        key=cve.id,
        description=next((text.value for text in cve.descriptions if text.lang == "en"), "")[:MAX_TEXT],
        level=None if score is None else level_of(score, vector),
        level_source="" if score is None else LEVEL_SOURCE,
        cvss=score,
        vector=vector,
        reference=f"https://nvd.nist.gov/vuln/detail/{cve.id}",
        published=time_of(cve.published),
    )


def _vectors(metrics: _Metrics) -> Sequence[str]:
    """NVD's own vectors before those of others, version 3.1 before 3.0."""
    every = sorted((*metrics.v31, *metrics.v30, *metrics.v40, *metrics.v2), key=lambda one: one.type != "Primary")
    return [metric.cvss_data.vector_string for metric in every]
