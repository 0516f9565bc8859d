"""What a machine has fixed is no finding: fixes of its own release, rebuilds, and thousands of pairs."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostward.domain.advisory import Advisory, Match
from hostward.domain.matching import match
from hostward.domain.options import VulOptions
from hostward.domain.package import Package
from hostward.feeds.table import feed_of
from hostward.scanners.contract import Found, Host, Job
from hostward.scanners.vul.scanner import SCANNER
from language_trees import write

SOURCES, FLAWS = 400, 10
"""4,000 pairs of a package and a flaw that it has fixed."""

HOST = (
    # name, version, source, state: the fix of bookworm sorts below the version that sid has
    ("less", "590-2.1~deb12u2", "less", "install ok installed"),
    ("librsvg2-2", "2.54.7+dfsg-1~deb12u1+b1", "librsvg (2.54.7+dfsg-1~deb12u1)", "install ok installed"),
    ("libxml2", "2.9.14+dfsg-1.3~deb12u1", "libxml2", "install ok installed"),
    ("libxml2-utils", "2.9.14+dfsg-1.2", "libxml2", "install ok installed"),
    ("vim-tiny", "2:9.0.1378-2", "vim", "install ok installed"),
    ("bash", "5.2.15-2+b7", "bash", "install ok installed"),
    ("old-tool", "1.0-1", "old-tool", "deinstall ok config-files"),
    ("zlib1g", "1:1.2.13.dfsg-1", "zlib", "install ok installed"),
)
TRACKER = {
    "less": {"CVE-2026-1001": {"bookworm": "590-2.1~deb12u2", "sid": "643-1"}},
    "librsvg": {"CVE-2026-1002": {"bookworm": "2.54.7+dfsg-1~deb12u1", "trixie": "2.58.0-1", "sid": "2.60.0-1"}},
    "libxml2": {"CVE-2026-1003": {"bookworm": "2.9.14+dfsg-1.3~deb12u1", "sid": "2.12.7+dfsg-1"}},
    "vim": {
        "CVE-2026-1004": {"bookworm": "2:9.0.1378-2+deb12u1"},
        "CVE-2026-1005": {"bookworm": "9.1.0-1"},  # without the epoch it looks newer
        "CVE-2026-1006": {"sid": "2:9.1.0-1", "bookworm": "0"},
    },
    "bash": {"CVE-2026-1007": {"bookworm": "5.2.15-2"}, "CVE-2026-1008": {"bookworm": "5.2.15-2+deb12u1"}},
    "old-tool": {"CVE-2026-1009": {"bookworm": "2.0-1"}},
    "zlib": {"CVE-2026-1010": {"trixie": "1:1.3-1", "bullseye": "1:1.2.11-2"}, "CVE-2026-1011": {"bookworm": ""}},
}
EXPECTED = {
    ("libxml2-utils", "CVE-2026-1003", "2.9.14+dfsg-1.3~deb12u1"),
    ("vim-tiny", "CVE-2026-1004", "2:9.0.1378-2+deb12u1"),
    ("bash", "CVE-2026-1008", "5.2.15-2+deb12u1"),
    ("zlib1g", "CVE-2026-1011", ""),
}


def stanza(name: str, version: str, source: str, state: str = "install ok installed") -> str:
    """An entry of dpkg's database."""
    return f"Package: {name}\nStatus: {state}\nArchitecture: amd64\nSource: {source}\nVersion: {version}\n"


def tracker(path: Path, said: dict[str, dict[str, dict[str, str]]]) -> list[Advisory]:
    """Debian's tracker with these fixes; "" for none, "0" for a release that was never affected."""

    def release(fixed: str) -> dict[str, str]:
        return {"status": "resolved", "fixed_version": fixed, "urgency": "medium"} if fixed else {"status": "open"}

    packages = {
        source: {
            cve: {"releases": {suite: release(fixed) for suite, fixed in suites.items()}}
            for cve, suites in flaws.items()
        }
        for source, flaws in said.items()
    }
    path.write_text(json.dumps(packages))
    return list(feed_of(path).read(path))


def installed(root: Path, work: Path, *stanzas: str) -> list[Package]:
    """The packages of a bookworm machine with this database."""
    write(root / "etc/os-release", 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')
    write(root / "var/lib/dpkg/status", "\n".join(stanzas) + "\n")
    work.mkdir()
    job = Job(options=VulOptions(), covered=frozenset({"Debian:12"}))
    events = SCANNER.scan(job, Host(root=root, work=work))
    items = [item for event in events if isinstance(event, Found) for item in event.items]
    return [item for item in items if isinstance(item, Package)]


def found(packages: list[Package], advisories: list[Advisory]) -> Iterator[Match]:
    """Every finding, as the advisories of a package's own source are matched."""
    by_source: dict[str, list[Advisory]] = {}
    for advisory in advisories:
        for name in {each.name for each in advisory.affected}:
            by_source.setdefault(name, []).append(advisory)
    for package in packages:
        yield from match(package, by_source.get(package.source, []))


def test_a_machine_has_exactly_its_findings(tmp_path: Path) -> None:
    """Fixes count by release, source and epoch; rebuilds keep them, and what is only left over has none."""
    packages = installed(tmp_path / "root", tmp_path / "work", *(stanza(*entry) for entry in HOST))
    advisories = tracker(tmp_path / "tracker.json", TRACKER)
    assert {(each.name, each.key, each.fixed) for each in found(packages, advisories)} == EXPECTED


def fixed_versions(chance: random.Random) -> tuple[str, str, str]:
    """A version with the fix, the same or one after it as it may be installed, and one before it."""
    epoch = chance.choice(("", "", "1:", "2:"))
    upstream = f"{chance.randrange(1, 9)}.{chance.randrange(30)}.{chance.randrange(1, 90)}"
    revision, update = chance.randrange(1, 9), chance.randrange(1, 9)
    fixed = f"{epoch}{upstream}-{revision}{chance.choice(('', '+', '~'))}"
    fixed += f"deb12u{update}" if fixed[-1] in "+~" else ""
    after = chance.choice(("", "+b1", "+b12", "+deb12u9+b3")) if "deb12u" not in fixed else chance.choice(("", "+b2"))
    before = f"{epoch}{upstream}~rc1-{revision}"
    return fixed, fixed + after, before


@pytest.mark.parametrize("is_fixed", [True, False])
def test_thousands_of_fixed_pairs_give_nothing(tmp_path: Path, *, is_fixed: bool) -> None:
    """And all of them are found on a machine whose packages are one step older: the first count is none by chance."""
    chance = random.Random(3755)
    stanzas, said = [], {}
    for number in range(SOURCES):
        fixed, after, before = fixed_versions(chance)
        source = f"source{number}"
        stanzas.append(stanza(f"lib{source}", after if is_fixed else before, source))
        said[source] = {f"CVE-2026-{number * FLAWS + flaw + 10_000}": {"bookworm": fixed} for flaw in range(FLAWS)}
    packages = installed(tmp_path / "root", tmp_path / "work", *stanzas)
    count = sum(1 for _ in found(packages, tracker(tmp_path / "tracker.json", said)))
    assert (len(packages), count) == (SOURCES, 0 if is_fixed else SOURCES * FLAWS)
