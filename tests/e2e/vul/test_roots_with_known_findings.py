"""From a root file system and a feed to findings: scanner, feeds and matching together, without a store."""

import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from hostward.domain.advisory import Advisory, Match
from hostward.domain.matching import match
from hostward.domain.options import VulOptions
from hostward.domain.package import Package
from hostward.feeds.table import feed_of
from hostward.scanners.contract import Degraded, Found, Host, Job
from hostward.scanners.vul.scanner import SCANNER
from language_trees import lock, module, wheel, write
from rpm_database import package, write_sqlite

COVERED = Job(options=VulOptions(), covered=frozenset({"Debian:12"}))
PYTHON_DEBIAN = (
    "Package: python3-urllib3\nStatus: install ok installed\nArchitecture: all\nVersion: 1.26.12-1+deb12u1\n"
)


def scanned(root: Path, work: Path) -> tuple[list[Package], list[str]]:
    """The packages of a root, and what was said."""
    work.mkdir(exist_ok=True)
    packages: list[Package] = []
    said: list[str] = []
    for event in SCANNER.scan(COVERED, Host(root=root, work=work)):
        if isinstance(event, Found):
            packages += [item for item in event.items if isinstance(item, Package)]
        elif isinstance(event, Degraded):
            said.append(event.reason)
    return packages, said


def feed(path: Path, *records: dict[str, object]) -> list[Advisory]:
    """These records, through an OSV zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for record in records:
            archive.writestr(f"{record['id']}.json", json.dumps({"modified": "2026-01-01T00:00:00Z", **record}))
    return list(feed_of(path).read(path))


def record(identity: str, ecosystem: str, name: str, *events: dict[str, str], **more: object) -> dict[str, object]:
    """An OSV record with one range."""
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    ranges = [{"type": kind, "events": list(events)}] if events else []
    part = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, "versions": more.pop("versions", [])}
    return {"id": identity, "affected": [part], **more}


def matches(packages: Iterable[Package], advisories: list[Advisory]) -> list[Match]:
    """Every finding."""
    return [each for package in packages for each in match(package, advisories)]


def test_an_application_root_gives_exactly_its_findings(tmp_path: Path) -> None:
    """Python and npm, installed and locked; ranges of all kinds, withdrawn records, names in other spellings."""
    root = tmp_path / "root"
    site = root / "opt/venv/lib/python3.11/site-packages"
    wheel(site, "PyYAML", "5.3")
    wheel(site, "Zope.Interface", "5.0rc1")
    wheel(site, "torch", "1.13.0+cu117")
    module(root / "srv/web", "node_modules/tar", "tar", "4.4.1")
    module(root / "srv/web", "node_modules/@s/b", "@s/b", "1.0.0-rc.1")
    lock(
        root / "srv/web",
        {"packages": {"node_modules/tar": {"version": "1.0.0"}, "node_modules/c": {"version": "2.0.0"}}},
    )
    start = {"introduced": "0"}
    advisories = feed(
        tmp_path / "all.zip",
        record("PYSEC-1", "PyPI", "pyyaml", start, {"fixed": "5.4"}, aliases=["CVE-2026-1001", "GHSA-a"]),
        record("PYSEC-2", "PyPI", "pyyaml", start, {"fixed": "5.3"}),
        record("PYSEC-3", "PyPI", "zope_interface", start, {"fixed": "5.0"}),
        record("PYSEC-4", "PyPI", "torch", start, {"last_affected": "1.13.0"}),
        record("PYSEC-5", "PyPI", "torch", versions=["1.13.0"]),
        record("PYSEC-6", "PyPI", "pyyaml", start, withdrawn="2026-01-02T00:00:00Z"),
        record("GHSA-t", "npm", "tar", {"introduced": "4.0.0"}, {"fixed": "4.4.2"}, aliases=["CVE-2026-2001"]),
        record("GHSA-u", "npm", "tar", {"introduced": "0"}, {"fixed": "2.0.0"}),
        record("GHSA-b", "npm", "@s/b", start, {"fixed": "1.0.0"}),
        record("GHSA-c", "npm", "c", {"introduced": "2.0.0"}),
    )
    packages, _ = scanned(root, tmp_path / "work")
    found = {(each.key, each.name, each.version, each.fixed) for each in matches(packages, advisories)}
    assert found == {
        ("CVE-2026-1001", "pyyaml", "5.3", "5.4"),
        ("PYSEC-3", "zope-interface", "5.0rc1", "5.0"),
        ("PYSEC-4", "torch", "1.13.0+cu117", ""),
        ("PYSEC-5", "torch", "1.13.0+cu117", ""),
        ("CVE-2026-2001", "tar", "4.4.1", "4.4.2"),
        ("GHSA-b", "@s/b", "1.0.0-rc.1", "1.0.0"),
        ("GHSA-c", "c", "2.0.0", ""),
    }


def test_debians_own_python_packages_have_no_finding_of_pypi(tmp_path: Path) -> None:
    """1.26.12-1+deb12u1 carries the fix that PyPI gave to 1.26.17."""
    root = tmp_path / "root"
    path = wheel(root / "usr/lib/python3/dist-packages", "urllib3", "1.26.12").relative_to(root)
    write(root / "var/lib/dpkg/status", PYTHON_DEBIAN + "\n")
    write(root / "var/lib/dpkg/info/python3-urllib3.list", f"/.\n/{path}\n")
    write(root / "etc/os-release", "ID=debian\nVERSION_ID=12\n")
    advisories = feed(
        tmp_path / "all.zip", record("PYSEC-1", "PyPI", "urllib3", {"introduced": "0"}, {"fixed": "1.26.17"})
    )
    packages, said = scanned(root, tmp_path / "work")
    assert (matches(packages, advisories), said) == ([], [])


def test_an_rpm_root_gives_exactly_its_findings(tmp_path: Path) -> None:
    """Epochs count, and another release's advisories do not."""
    root = tmp_path / "root"
    write(root / "etc/os-release", "ID=almalinux\nVERSION_ID=9.4\n")
    write_sqlite(
        root / "var/lib/rpm/rpmdb.sqlite",
        [package("podman", "4.9.4", "0.0.el9", epoch=2), package("bash", "5.1.8", "9.el9")],
    )
    start = {"introduced": "0"}
    advisories = feed(
        tmp_path / "all.zip",
        record("ALSA-1", "AlmaLinux:9", "podman", start, {"fixed": "2:4.9.4-0.1.el9"}),
        record("ALSA-2", "AlmaLinux:9", "podman", start, {"fixed": "5.0.0-1.el9"}),
        record("ALSA-3", "AlmaLinux:8", "bash", start, {"fixed": "9-1"}),
        record("ALSA-4", "AlmaLinux:9", "bash", start, {"fixed": "5.1.8-9.el9"}),
    )
    packages, _ = scanned(root, tmp_path / "work")
    assert [(each.evidence, each.version) for each in matches(packages, advisories)] == [
        ("osv ALSA-1", "2:4.9.4-0.0.el9")
    ]


def test_an_alpine_root_gives_exactly_its_findings(tmp_path: Path) -> None:
    """By origin, so that a library has the findings of the package it was built from."""
    root = tmp_path / "root"
    write(root / "etc/os-release", "ID=alpine\nVERSION_ID=3.19.1\n")
    write(root / "lib/apk/db/installed", "P:libssl3\nV:3.1.4-r4\no:openssl\n\nP:musl\nV:1.2.4-r4\no:musl\n\n")
    advisories = feed(
        tmp_path / "all.zip",
        record("ALPINE-CVE-2026-1", "Alpine:v3.19", "openssl", {"introduced": "0"}, {"fixed": "3.1.4-r5"}),
        record("ALPINE-CVE-2026-2222", "Alpine:v3.19", "openssl", {"introduced": "0"}, {"fixed": "3.1.4_rc1-r0"}),
        record("ALPINE-CVE-2026-3333", "Alpine:v3.18", "musl", {"introduced": "0"}),
    )
    packages, _ = scanned(root, tmp_path / "work")
    assert [(each.name, each.fixed) for each in matches(packages, advisories)] == [("libssl3", "3.1.4-r5")]


def test_prepared_hosts_give_exactly_what_is_expected(tmp_path: Path) -> None:
    """Where HOSTWARD_TEST_DATA names the folder with hosts and feeds: every expected advisory, and no other."""
    data = Path(os.environ.get("HOSTWARD_TEST_DATA", ""), "vul")
    expected_file = data / "hosts/lang-app/expected_osv_ids.json"
    if not os.environ.get("HOSTWARD_TEST_DATA") or not expected_file.is_file():
        pytest.skip("HOSTWARD_TEST_DATA names no folder with vul/hosts/lang-app")
    packages, _ = scanned(data / "hosts/lang-app", tmp_path / "work")
    by_name: dict[tuple[str, str], list[Advisory]] = {}
    for name in ("PyPI", "npm"):
        for advisory in feed_of(data / f"osv/{name}/all.zip").read(data / f"osv/{name}/all.zip"):
            for place in {(each.ecosystem, each.name) for each in advisory.affected}:
                by_name.setdefault(place, []).append(advisory)
    found = {
        (each.ecosystem, each.name, each.version, each.evidence.removeprefix("osv "))
        for package in packages
        for each in match(package, by_name.get((package.ecosystem, package.source), []))
    }
    assert found == {tuple(row[:4]) for row in json.loads(expected_file.read_text())}
