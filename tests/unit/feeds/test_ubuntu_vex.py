"""Ubuntu's VEX documents: what each release's package is, and which version of a notice brought the fix."""

import json
from pathlib import Path

import pytest
from tests.support.archives_made import jar, tar_of

from hostward.domain.advisory import Advisory, FixStatus
from hostward.domain.errors import FeedError
from hostward.domain.matching import match
from hostward.domain.package import Package
from hostward.domain.severity import Level
from hostward.feeds.contract import Reading
from hostward.feeds.table import feed_of
from hostward.feeds.ubuntu_vex import UBUNTU_VEX

CVE = "CVE-2026-2222"


def statement(status: str, *products: str, cve: str = CVE, notes: str = "", action: str = "") -> dict[str, object]:
    """One statement; a product is "source@version/release"."""
    said = {"status_notes": notes} if notes else {}
    said |= {"action_statement": action} if action else {}
    return {
        "vulnerability": {"@id": f"https://example.test/{cve}", "name": cve, "description": "A flaw."},
        "timestamp": "2026-03-04 05:06:07 UTC",
        "products": [{"@id": each} for product in products for each in purls(product)],
        "status": status,
        **said,
    }


def purls(product: str) -> tuple[str, ...]:
    """A source package's name as Ubuntu writes it, and that of a package built from it."""
    package, _, release = product.partition("/")
    name, _, version = package.partition("@")
    return (
        f"pkg:deb/ubuntu/{name}@{version}?arch=source&distro={release}",
        f"pkg:deb/ubuntu/lib{name}0@{version}?arch=amd64",
    )


def document(*statements: object, kind: str = f"cve/2026/{CVE}") -> bytes:
    """A document of a CVE, or of a notice."""
    top = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": f"https://example.test/blob/main/vex/{kind}"}
    return json.dumps({"metadata": {**top, "author": "Canonical Ltd."}, "statements": statements}).encode()


def read(path: Path) -> tuple[list[Advisory], Reading]:
    """Everything in it."""
    reading = UBUNTU_VEX.read(path)
    return list(reading), reading


def test_statuses_of_each_release(tmp_path: Path) -> None:
    """Affected, given up, out of support, being looked at and deferred are told apart; the rest is no finding."""
    path = tmp_path / "vex.json"
    path.write_bytes(
        document(
            statement("not_affected", "tool@1.0-1/noble"),
            statement(
                "affected", "tool@1.0-1/jammy", action="Needs fixing. Classified as of High priority, or so they say."
            ),
            statement("affected", "tool@0.9-1/focal", action="The Ubuntu Security Team decided to not fix it."),
            statement("affected", "tool@0.8-1/bionic", action="The release is no longer supported."),
            statement("under_investigation", "tool@2.0-1/plucky", notes="Its vulnerability is not known."),
            statement("under_investigation", "tool@2.1-1/questing", notes="Known; remediation is deferred."),
        )
    )
    [advisory], reading = read(path)
    assert {each.ecosystem: each.status for each in advisory.affected} == {
        "Ubuntu:22.04": FixStatus.UNFIXED,
        "Ubuntu:20.04": FixStatus.WONT_FIX,
        "Ubuntu:18.04": FixStatus.END_OF_LIFE,
        "Ubuntu:25.04": FixStatus.UNDER_INVESTIGATION,
        "Ubuntu:25.10": FixStatus.UNFIXED,
    }
    assert {each.name for each in advisory.affected} == {"tool"}
    assert (advisory.key, advisory.level, advisory.level_source) == (CVE, Level.HIGH, "distribution severity")
    assert "Ubuntu:24.04" in reading.ecosystems


def test_a_fix_is_of_the_version_in_the_notice(tmp_path: Path) -> None:
    """The document of the CVE names the archive's newest version: a machine between the two has the fix."""
    path = tmp_path / "vex-all.tar.xz"
    path.write_bytes(
        tar_of(
            {
                f"vex/cve/2026/{CVE}.json": document(statement("fixed", "tool@1.0-1ubuntu1.6/jammy")),
                "vex/usn/USN-1-1.json": document(statement("fixed", "tool@1.0-1ubuntu1.4/jammy"), kind="usn/USN-1-1"),
                "vex/usn/USN-1-2.json": document(statement("fixed", "tool@1.0-1ubuntu1.5/jammy"), kind="usn/USN-1-2"),
            },
            packed="xz",
        )
    )
    assert feed_of(path) is UBUNTU_VEX
    advisories, reading = read(path)
    fixed = {version: len(match(tool(version), advisories)) for version in ("1.0-1ubuntu1.3", "1.0-1ubuntu1.4")}
    assert fixed == {"1.0-1ubuntu1.3": 1, "1.0-1ubuntu1.4": 0}
    assert not reading.skipped


def test_a_fix_that_no_notice_tells_is_said_and_not_guessed(tmp_path: Path) -> None:
    """Nothing is shown for it, and the reader counts it."""
    path = tmp_path / "vex.json"
    path.write_bytes(document(statement("fixed", "tool@1.0-1ubuntu1.6/jammy")))
    advisories, reading = read(path)
    assert match(tool("1.0-1"), advisories) == []
    assert reading.skipped == {"fixes of which no notice tells the version": 1}


def test_subscribers_fixes_are_kept_apart(tmp_path: Path) -> None:
    """A fix for Ubuntu Pro closes nothing on a machine without it; both spellings of a release are read."""
    path = tmp_path / "folder" / "vex"
    path.mkdir(parents=True)
    (path / "a.json").write_bytes(
        document(
            statement("affected", "tool@1.0-1/jammy"),
            statement("fixed", "tool@1.0-1ubuntu0.1~esm1/esm-apps%2Fjammy"),
        ).replace(b"arch=source&distro=jammy", b"arch=src?distro=ubuntu/jammy")
    )
    (path / "b.json").write_bytes(
        document(statement("fixed", "tool@1.0-1ubuntu0.1~esm1/esm-apps/jammy"), kind="usn/USN-2-1")
    )
    advisories, _ = read(tmp_path / "folder")
    assert {each.ecosystem for one in advisories for each in one.affected} == {"Ubuntu:22.04", "Ubuntu:Pro:22.04"}
    [found] = match(tool("1.0-1ubuntu0.1~esm1"), advisories)
    assert found.status is FixStatus.UNFIXED


def test_what_can_t_be_used_is_counted(tmp_path: Path) -> None:
    """Odd products, damaged and doubled documents leave the others alone."""
    path = tmp_path / "vex.zip"
    good = document(statement("affected", "tool@1.0-1/jammy", "tool@1/moon", "other@1/fips/jammy"))
    files = {"vex/cve/1.json": good, "vex/cve/2.json": good, "vex/cve/3.json": b"{", "vex/cve/4.json": document()}
    path.write_bytes(jar(files))
    assert feed_of(path) is UBUNTU_VEX
    advisories, reading = read(path)
    assert [each.key for each in advisories] == [CVE]
    assert reading.skipped == {
        "packages of moon, which is no known release": 2,
        "packages of fips/jammy, which is no known release": 2,
        "records with an id that was there before": 1,
        "records that can't be read": 1,
        "records without a CVE": 1,
    }


def test_a_file_without_any_document_is_refused(tmp_path: Path) -> None:
    """A feed of which nothing can be read must not take the place of one that could be."""
    path = tmp_path / "vex.json"
    path.write_bytes(b'{"statements": 7}')
    with pytest.raises(FeedError, match="no OpenVEX document"):
        read(path)


def tool(version: str) -> Package:
    """The package as it is installed on jammy."""
    return Package(ecosystem="Ubuntu:22.04", name="tool", version=version, source="tool", source_version=version)
