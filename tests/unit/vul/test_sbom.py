"""Bills of materials: the packages and findings of the machine they describe."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from archives_made import jar, pom, put
from bills import DEBS, PRODUCERS
from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import InvalidValue
from hostward.domain.matching import match
from hostward.domain.options import VulOptions
from hostward.domain.package import Package
from hostward.scanners.contract import Found, Host, Job
from hostward.scanners.vul.sbom.read import read
from hostward.scanners.vul.scanner import SCANNER
from language_trees import module, wheel, write
from programs_made import go_program, install


def machine(tmp_path: Path) -> list[Package]:
    """What a scan of the machine gives that the bills describe."""
    root = tmp_path / "root"
    write(root / "etc/os-release", "ID=debian\nVERSION_ID=12\n")
    stanzas = [
        f"Package: {deb.name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {deb.version}\n"
        + (f"Source: {deb.source[0]} ({deb.source[1]})\n" if deb.source else "")
        for deb in DEBS
    ]
    write(root / "var/lib/dpkg/status", "\n".join(stanzas) + "\n")
    own = wheel(root / "usr/lib/python3/dist-packages", "urllib3", "1.26.12")
    write(root / "var/lib/dpkg/info/python3-urllib3.list", f"/{own.relative_to(root)}\n")
    wheel(root / "usr/local/lib/python3/dist-packages", "Zope.Interface", "5.0")
    module(root / "srv/web", "node_modules/@scope/tar", "@scope/tar", "4.4.1")
    dep = ("dep", "golang.org/x/net", "v0.17.0", "h1:=")
    install(root / "opt/tool", go_program("go1.21.5", ("mod", "example.com/t", "(devel)", ""), dep))
    put(root / "opt/app.jar", jar(pom("org.apache.logging.log4j", "log4j-core", "2.14.1")))
    (tmp_path / "work").mkdir()
    job = Job(options=VulOptions(), covered=frozenset({"Debian:12"}))
    events = SCANNER.scan(job, Host(root=root, work=tmp_path / "work"))
    items = [item for event in events if isinstance(event, Found) for item in event.items]
    return [item for item in items if isinstance(item, Package)]


def advisory(number: int, ecosystem: str, name: str, fixed: str) -> Advisory:
    """One about everything before a version."""
    affected = Affected(ecosystem=ecosystem, name=name, fixed=fixed)
    return Advisory(feed="test", id=f"T-{number}", key=f"CVE-2026-{number}", affected=(affected,))


ADVISORIES = (
    advisory(1, "Debian:12", "openssl", "3.0.12-1"),
    advisory(2, "Debian:12", "openssl", "3.0.11-1~deb12u2"),
    advisory(3, "Debian:12", "util-linux", "2.38.1-5.1"),
    advisory(4, "Debian:12", "bash", "5.2.15-2.1"),
    advisory(5, "Debian:12", "python-urllib3", "1.26.12-1+deb12u1"),
    advisory(6, "PyPI", "urllib3", "2.0.0"),
    advisory(7, "PyPI", "zope-interface", "6.0"),
    advisory(8, "npm", "@scope/tar", "4.4.2"),
    advisory(9, "Go", "golang.org/x/net", "0.18.0"),
    advisory(10, "Go", "stdlib", "1.21.6"),
    advisory(11, "Debian:11", "openssl", "9"),
)


def findings(packages: Iterable[Package]) -> set[tuple[str, str, str]]:
    """Vulnerability, package and version."""
    found = [each for package in packages for each in match(package, ADVISORIES)]
    return {(each.key, each.name, each.version) for each in found}


@pytest.mark.parametrize("producer", PRODUCERS)
def test_a_foreign_bill_gives_the_findings_of_the_machine(tmp_path: Path, producer: Callable[[], str]) -> None:
    """Sources, epochs, rebuilds, and what the distribution owns, whoever wrote it and in which format."""
    own, described = machine(tmp_path), read(producer().encode())
    assert findings(described.packages) == findings(own)
    assert {key for key, _, _ in findings(own)} == {f"CVE-2026-{number}" for number in (1, 3, 4, 7, 8, 9, 10)}


@pytest.mark.parametrize("producer", PRODUCERS)
def test_a_foreign_bill_gives_the_packages_of_the_machine(tmp_path: Path, producer: Callable[[], str]) -> None:
    """All that it names, each as a scan would give it."""

    def shown(packages: Iterable[Package]) -> set[tuple[str, str, str, str, str]]:
        return {(each.ecosystem, each.name, each.version, each.source, each.source_version) for each in packages}

    described = read(producer().encode())
    assert shown(described.packages) == shown(machine(tmp_path))
    assert (described.facts.os_id, described.facts.os_version, described.remarks) == ("debian", "12", [])


def cyclonedx(*components: dict[str, object], system: tuple[str, str] | None = None) -> bytes:
    """A bill of these components."""
    named = [{"type": "operating-system", "name": system[0], "version": system[1]}] if system else []
    return json.dumps({"bomFormat": "CycloneDX", "components": [*named, *components]}).encode()


def library(purl: str, **properties: str) -> dict[str, object]:
    """A component."""
    listed = [{"name": name, "value": value} for name, value in properties.items()]
    return {"type": "library", "purl": purl, "properties": listed}


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        (
            "pkg:rpm/redhat/bash@5.1.8-9.el9?arch=x86_64&distro=rhel-9.3&epoch=0",
            "Red Hat:enterprise_linux:9 bash 5.1.8-9.el9",
        ),
        ("pkg:rpm/rocky/vim-common@8.2-1.el9?epoch=2&distro=rocky-9.3", "Rocky Linux:9 vim-common 2:8.2-1.el9"),
        (
            "pkg:rpm/opensuse/libz1@1.2.13-150500.2.3?upstream=zlib-1.2.13-150500.2.3.src.rpm&distro=opensuse-leap-15.5",
            "openSUSE:Leap 15.5 zlib 1.2.13-150500.2.3",
        ),
        ("pkg:apk/alpine/libcrypto3@3.1.4-r0?upstream=openssl&distro=alpine-3.19.0", "Alpine:v3.19 openssl 3.1.4-r0"),
        ("pkg:deb/ubuntu/zlib1g@1%3A1.2.11.dfsg-2?distro=jammy&upstream=zlib", "Ubuntu:22.04 zlib 1:1.2.11.dfsg-2"),
        ("pkg:cargo/regex@1.5.1", "crates.io regex 1.5.1"),
        ("pkg:gem/nokogiri@1.13.0?platform=x86_64-linux", "RubyGems nokogiri 1.13.0"),
        ("pkg:composer/Symfony/http-kernel@v5.4.0", "Packagist symfony/http-kernel v5.4.0"),
        ("pkg:nuget/Newtonsoft.Json@13.0.1", "NuGet Newtonsoft.Json 13.0.1"),
        ("pkg:golang/stdlib@1.21.5", "Go stdlib 1.21.5"),
        ("pkg:golang/github.com/a/b@v1.0.0#cmd/x", "Go github.com/a/b 1.0.0"),
    ],
)
def test_every_kind_of_purl_is_the_package_that_advisories_speak_of(purl: str, expected: str) -> None:
    """By its source package where the distribution's advisories do so."""
    [package] = read(cyclonedx(library(purl))).packages
    assert f"{package.ecosystem} {package.source} {package.source_version}" == expected


@pytest.mark.parametrize(
    ("system", "ecosystem"),
    [
        (("alma", "9.3"), "AlmaLinux:9"),
        (("redhat", "8.9"), "Red Hat:enterprise_linux:8"),
        (("amazon", "2023"), "Amazon:2023"),
    ],
)
def test_the_operating_system_counts_where_a_purl_names_none(system: tuple[str, str], ecosystem: str) -> None:
    """Under whatever name the producer gives it."""
    described = read(cyclonedx(library("pkg:rpm/x/bash@5.1-9"), system=system))
    assert [package.ecosystem for package in described.packages] == [ecosystem]


def test_what_can_not_be_judged_is_said() -> None:
    """Counted by the reason."""
    described = read(
        cyclonedx(
            library("pkg:github/a/b@1"),
            library("pkg:github/a/c@1"),
            library("pkg:npm/a"),
            library("nonsense"),
            {"type": "library", "name": "x"},
            {"type": "file", "name": "x"},
        )
    )
    assert described.packages == ()
    assert described.remarks == [
        "2 components of type github are not judged",
        "1 components without a version are not judged",
        "2 components without a package URL are not judged",
        "the bill names no distribution",
    ]


def test_components_in_components_are_found() -> None:
    """Some producers nest them."""
    inner = library("pkg:npm/a@1.0.0")
    for _ in range(3):
        inner = {"type": "application", "components": [inner]}
    assert [package.name for package in read(cyclonedx(inner)).packages] == ["a"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"{}", b"[" * 100_000, b"<bom/>", b"\xff\xfe", b'{"bomFormat": "other"}', b'{"artifacts": []}'],
)
def test_what_is_no_bill_is_refused_in_one_line(data: bytes) -> None:
    """That says what to make instead."""
    with pytest.raises(InvalidValue, match="CycloneDX") as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_a_bill_with_members_of_other_types_says_nothing_there() -> None:
    """A hostile one can't raise."""
    odd = {
        "bomFormat": "CycloneDX",
        "metadata": 7,
        "components": [7, {"properties": [7, {}], "purl": {}}, {"components": 7}],
    }
    assert read(json.dumps(odd).encode()).packages == ()
    odd = {
        "spdxVersion": "SPDX-2.3",
        "packages": [7, {"externalRefs": [7, {"referenceType": "purl"}]}],
        "relationships": 7,
    }
    assert read(json.dumps(odd).encode()).packages == ()


def test_names_that_are_no_text_do_not_pass() -> None:
    """Half a character in a path is replaced, in a name it is none."""
    odd = library("pkg:npm/a@1.0.0", **{"hostward:path": "/srv/\ud800/package.json"})
    described = read(cyclonedx(odd, library("pkg:npm/\ud800@1.0.0"), library("pkg:npm/a%20b@1.0.0")))
    assert [package.path for package in described.packages] == [b"/srv/?/package.json"]
    assert described.remarks[0] == "2 components with a name that is none are not judged"
