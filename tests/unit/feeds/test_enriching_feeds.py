"""Feeds that say something in general of vulnerabilities that others speak of: KEV, EPSS, NVD, CVE records."""

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hostward.domain.errors import FeedError
from hostward.domain.severity import Level
from hostward.feeds.contract import Feed
from hostward.feeds.cve5 import CVE5
from hostward.feeds.epss import EPSS
from hostward.feeds.kev import KEV
from hostward.feeds.nvd import NVD
from hostward.feeds.table import feed_of

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOW_VECTOR = "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"


def kev(*entries: object) -> bytes:
    """A catalogue."""
    return json.dumps({"catalogVersion": "1", "vulnerabilities": list(entries)}).encode()


def nvd(*cves: object) -> bytes:
    """A year of NVD's."""
    return json.dumps({"format": "NVD_CVE", "vulnerabilities": [{"cve": cve} for cve in cves]}).encode()


def nvd_cve(identity: str = "CVE-2026-1111", /, **more: object) -> dict[str, object]:
    """One record of NVD's."""
    text = [{"lang": "es", "value": "Un fallo."}, {"lang": "en", "value": "A flaw."}]
    return {"id": identity, "published": "2026-01-02T03:04:05.678", "descriptions": text, **more}


def metric(vector: str, kind: str = "Primary") -> dict[str, object]:
    """A score as NVD has it."""
    return {"type": kind, "cvssData": {"vectorString": vector}}


def cve(identity: str = "CVE-2026-1111", /, state: str = "PUBLISHED", **cna: object) -> bytes:
    """A CVE record of version 5."""
    record = {
        "dataType": "CVE_RECORD",
        "cveMetadata": {"cveId": identity, "state": state, "datePublished": "2026-01-02T03:04:05Z"},
        "containers": {"cna": {"title": "A title", "descriptions": [{"lang": "en-US", "value": "A flaw."}], **cna}},
    }
    return json.dumps(record).encode()


def test_what_is_exploited_is_marked(tmp_path: Path) -> None:
    """With the catalogue's title; it affects nothing by itself."""
    path = tmp_path / "kev.json"
    entry = {"cveID": "CVE-2026-1111", "vulnerabilityName": "Bad", "shortDescription": "Very."}
    path.write_bytes(kev(entry, entry, {"cveID": "none"}, 7))
    reading = KEV.read(path)
    found = list(reading)
    assert [(each.key, each.kev, each.title, each.affected) for each in found] == [("CVE-2026-1111", True, "Bad", ())]
    assert sum(reading.skipped.values()) == 3


def test_scores_of_exploitation_are_read(tmp_path: Path) -> None:
    """Plain or gzip; lines that are none are counted."""
    path = tmp_path / "epss.csv.gz"
    lines = (
        "#model_version:v1\ncve,epss,percentile\nCVE-2026-1111,0.25,0.9\nCVE-2026-1111,0.3,0.9\nCVE-2026-2222,2,1\nx\n"
    )
    path.write_bytes(gzip.compress(lines.encode()))
    reading = EPSS.read(path)
    assert [(each.key, each.epss) for each in reading] == [("CVE-2026-1111", 0.25)]
    assert reading.skipped == {"lines that can't be read": 3}


def test_nvd_gives_score_text_and_date(tmp_path: Path) -> None:
    """Its own score before that of others; rejected records say nothing."""
    path = tmp_path / "nvdcve-2.0-2026.json"
    metrics = {"cvssMetricV31": [metric(LOW_VECTOR, "Secondary"), metric(VECTOR)]}
    rejected = nvd_cve("CVE-2026-2222", vulnStatus="Rejected")
    path.write_bytes(nvd(nvd_cve(metrics=metrics), rejected, nvd_cve("CVE-2026-3333")))
    reading = NVD.read(path)
    first, second = reading
    assert (first.level, first.level_source, first.cvss, first.vector) == (Level.CRITICAL, "cvss of NVD", 9.8, VECTOR)
    assert (first.description, first.published) == ("A flaw.", datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC))
    assert (second.key, second.level, second.level_source) == ("CVE-2026-3333", None, "")
    assert reading.skipped == {"rejected records": 1}


def test_a_cve_record_gives_the_vendors_score_and_title(tmp_path: Path) -> None:
    """From a zip as it is published; records that are not published are counted."""
    path = tmp_path / "main.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "list-main/cves/2026/1xxx/CVE-2026-1111.json", cve(metrics=[{"cvssV3_1": {"vectorString": VECTOR}}])
        )
        archive.writestr("list-main/cves/2026/2xxx/CVE-2026-2222.json", cve("CVE-2026-2222", "REJECTED"))
        archive.writestr("list-main/cves/delta.json", b"[]")
    reading = CVE5.read(path)
    [found] = reading
    assert (found.title, found.level, found.level_source) == ("A title", Level.CRITICAL, "cvss of the vendor")
    assert sum(reading.skipped.values()) == 2


def test_without_a_vendors_score_that_of_others_counts(tmp_path: Path) -> None:
    """And is named as theirs."""
    record = json.loads(cve())
    record["containers"]["adp"] = [{"metrics": [{"cvssV3_1": {"vectorString": LOW_VECTOR}}]}]
    path = tmp_path / "CVE-2026-1111.json"
    path.write_text(json.dumps(record))
    assert [(each.level, each.level_source) for each in CVE5.read(path)] == [(Level.LOW, "cvss of CISA")]


@pytest.mark.parametrize(
    ("content", "feed"),
    [
        (kev(), "kev"),
        (b"#model_version:v1\ncve,epss,percentile\n", "epss"),
        (b"cve,epss,percentile\n", "epss"),
        (nvd(), "nvd"),
        (cve(), "cve"),
    ],
    ids=["kev", "epss", "epss without model", "nvd", "cve"],
)
def test_each_is_known_by_its_content(tmp_path: Path, content: bytes, feed: str) -> None:
    """Whatever its name, plain or packed."""
    (tmp_path / "plain").write_bytes(content)
    (tmp_path / "packed").write_bytes(gzip.compress(content))
    assert [feed_of(tmp_path / name).name for name in ("plain", "packed")] == [feed, feed]


@pytest.mark.parametrize("feed", [KEV, NVD, EPSS, CVE5], ids=lambda feed: feed.name)
def test_what_is_damaged_as_a_whole_is_one_clear_error(tmp_path: Path, feed: Feed) -> None:
    """Nothing of it is taken."""
    path = tmp_path / "x"
    path.write_bytes(b'{"vulnerabilities": [')
    with pytest.raises(FeedError):
        list(feed.read(path))


V4_VECTOR = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
V2_VECTOR = "AV:N/AC:L/Au:N/C:C/I:C/A:C"


def test_old_and_new_scores_count_where_version_three_is_not_given(tmp_path: Path) -> None:
    """Of NVD and of the vendor; a vector of version 3 from anybody in the record comes first."""
    two = {"cvssMetricV2": [metric(V2_VECTOR)]}
    four = {**two, "cvssMetricV40": [metric(V4_VECTOR, "Secondary")]}
    three = {**four, "cvssMetricV30": [metric(LOW_VECTOR, "Secondary")]}
    items = [nvd_cve(f"CVE-2026-111{place}", metrics=metrics) for place, metrics in enumerate((two, four, three))]
    path = tmp_path / "nvdcve-2.0-2026.json"
    path.write_bytes(nvd(*items))
    assert [(each.cvss, each.level) for each in NVD.read(path)] == [
        (10.0, Level.HIGH), (9.3, Level.CRITICAL), (1.6, Level.LOW),
    ]  # fmt: skip
    record = cve(metrics=[{"cvssV2_0": {"vectorString": V2_VECTOR}}, {"cvssV4_0": {"vectorString": V4_VECTOR}}])
    path = tmp_path / "CVE-2026-1111.json"
    path.write_bytes(record)
    assert [(each.cvss, each.vector) for each in CVE5.read(path)] == [(9.3, V4_VECTOR)]
