"""The feeds Hostward reads, where each is published, and under which name its data is kept.

A row is one file of one publisher. The names of OSV's rows are "osv:" and the ecosystem; its address, the public
default, is where `hostward feed update` fetches it, and its file is where it lies in a mirror, in a bundle and in the
data directory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hostward.domain.errors import FeedError, InvalidValue
from hostward.domain.reason import Reason
from hostward.feeds.amazon import AMAZON
from hostward.feeds.contract import Feed
from hostward.feeds.csaf import CSAF
from hostward.feeds.cve5 import CVE5
from hostward.feeds.debian import DEBIAN
from hostward.feeds.epss import EPSS
from hostward.feeds.kev import KEV
from hostward.feeds.nvd import NVD
from hostward.feeds.oracle import ORACLE
from hostward.feeds.osv import OSV
from hostward.feeds.secdb import SECDB
from hostward.feeds.ubuntu_vex import UBUNTU_VEX

FEEDS: tuple[Feed, ...] = (DEBIAN, SECDB, KEV, EPSS, NVD, CVE5, UBUNTU_VEX, CSAF, AMAZON, ORACLE, OSV)
"""Formats, in the order in which they are asked whether a path is theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of one publisher. usual: taken unless the operator names others. enriches: it affects nothing itself.

    address "": its publisher names another one with each release, so that it is taken from a mirror alone.
    """

    name: str
    reader: Feed
    address: str
    file: str
    usual: bool = True
    enriches: bool = False


_OSV_USUAL = (
    *("AlmaLinux", "Azure Linux", "Chainguard", "crates.io", "Go", "Hex", "Mageia", "Maven", "NuGet", "npm"),
    *("openEuler", "openSUSE", "Packagist", "Photon OS", "Pub", "PyPI", "Red Hat", "Rocky Linux", "RubyGems", "SUSE"),
    *("Ubuntu", "Wolfi"),
)
_OSV_OTHERS = (
    *("Alpaquita", "Alpine", "BellSoft Hardened Containers", "Bitnami", "CRAN", "Debian", "Echo", "GitHub Actions"),
    *("Hackage", "Julia", "MinimOS", "SwiftURL"),
)
"""Those that a publisher of its own covers better (Alpine, Debian), and those that few machines have."""

ALPINE_RELEASES = (*(f"v3.{minor}" for minor in range(15, 24)), "edge")
NVD_YEARS = range(2002, 2027)
"""The years that NVD has a file for; the first holds all earlier ones too."""

_OSV_ADDRESS = "https://osv-vulnerabilities.storage.googleapis.com/{}/all.zip"
_DEBIAN_ADDRESS = "https://security-tracker.debian.org/tracker/data/json"
_ALPINE_ADDRESS = "https://secdb.alpinelinux.org/{}/{}.json"
_KEV_ADDRESS = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
_EPSS_ADDRESS = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
_NVD_ADDRESS = "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz"
_CVE_ADDRESS = "https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip"
_ORACLE_ADDRESS = "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2"
_UBUNTU_ADDRESS = "https://security-metadata.canonical.com/{0}/{0}-all.tar.xz"


def _osv(ecosystem: str, *, usual: bool) -> Source:
    return Source(
        name=f"osv:{ecosystem}",
        reader=OSV,
        address=_OSV_ADDRESS.format(quote(ecosystem)),
        file=f"osv/{ecosystem}/all.zip",
        usual=usual,
    )


def _alpine(release: str, repository: str) -> Source:
    return Source(
        name=f"alpine:{release}:{repository}",
        reader=SECDB,
        address=_ALPINE_ADDRESS.format(release, repository),
        file=f"alpine/{release}/{repository}.json",
    )


def _ubuntu(kind: str, reader: Feed) -> Source:
    return Source(
        name=f"ubuntu-{kind}",
        reader=reader,
        address=_UBUNTU_ADDRESS.format(kind),
        file=f"ubuntu/{kind}-all.tar.xz",
        usual=False,
    )


def _amazon(release: str) -> Source:
    return Source(
        name=f"amazon:{release}",
        reader=AMAZON,
        address="",
        file=f"amazon/{release}/updateinfo.xml.gz",
        usual=False,
    )


def _nvd(year: int) -> Source:
    return Source(
        name=f"nvd:{year}",
        reader=NVD,
        address=_NVD_ADDRESS.format(year),
        file=f"nvd/nvdcve-2.0-{year}.json.gz",
        enriches=True,
    )


SOURCES: tuple[Source, ...] = (
    Source(name="debian", reader=DEBIAN, address=_DEBIAN_ADDRESS, file="debian/tracker.json"),
    *(_osv(ecosystem, usual=True) for ecosystem in _OSV_USUAL),
    *(_osv(ecosystem, usual=False) for ecosystem in _OSV_OTHERS),
    *(_ubuntu(name, reader) for name, reader in (("osv", OSV), ("vex", UBUNTU_VEX))),
    Source(name="oracle", reader=ORACLE, address=_ORACLE_ADDRESS, file="oracle/com.oracle.elsa-all.xml.bz2"),
    *map(_amazon, ("2", "2023")),
    *(_alpine(release, repository) for release in ALPINE_RELEASES for repository in ("main", "community")),
    Source(
        name="kev", reader=KEV, address=_KEV_ADDRESS, file="kev/known_exploited_vulnerabilities.json", enriches=True
    ),
    Source(name="epss", reader=EPSS, address=_EPSS_ADDRESS, file="epss/epss_scores-current.csv.gz", enriches=True),
    *map(_nvd, NVD_YEARS),
    Source(name="cve", reader=CVE5, address=_CVE_ADDRESS, file="cve/main.zip", usual=False, enriches=True),
)
"""All that `hostward feed update` can fetch."""

_BY_NAME = {source.name: source for source in SOURCES}


def feed_of(path: Path) -> Feed:
    """The first feed that knows the path as its own. Raises FeedError when there is none."""
    for feed in FEEDS:
        if feed.sniff(path):
            return feed
    names = ", ".join(feed.name for feed in FEEDS)
    raise FeedError(f"{path}: missing, unreadable or none of the formats that are read ({names})")


def chosen(names: Iterable[str]) -> Sequence[Source]:
    """The sources with these names, or whose names begin with one ("osv", "alpine:v3.20"); the usual ones for none.

    Raises InvalidValue for a name that no source has.
    """
    wanted = tuple(names)
    for name in wanted:
        if not any(_is_meant(source, name) for source in SOURCES):
            raise InvalidValue.because(Reason.NO_FEED, name=name[:64])
    return [
        source
        for source in SOURCES
        if (source.usual if not wanted else any(_is_meant(source, name) for name in wanted))
    ]


def source_of(name: str) -> Source | None:
    """The row of a name."""
    return _BY_NAME.get(name)


def _is_meant(source: Source, name: str) -> bool:
    return source.name == name or source.name.startswith(f"{name}:")
