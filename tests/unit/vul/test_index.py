"""Which installed source packages have an upgrade."""

from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import index
from hostward.scanners.vul.choice import BARE_BYTES, SMALLEST_BYTES, carried, in_order
from hostward.scanners.vul.index import Deb, package_lists, upgrades


def stanza(
    name: str = "libssl3", version: str = "3.0.2-1", *, source: str = "openssl", arch: str = "amd64", size: int = 5000
) -> str:
    """One stanza of a Packages file."""
    return (
        f"Package: {name}\nSource: {source}\nVersion: {version}\nArchitecture: {arch}\nDepends: x\n"
        f"Filename: pool/x.deb\nSize: {size}\nDescription: about\n Source: not a field\n"
    )


def listed(tmp_path: Path, *stanzas: str, security: bool = False) -> tuple[Path, bool]:
    """A package list with these stanzas."""
    path = tmp_path / f"list{len(list(tmp_path.iterdir()))}_Packages"
    path.write_text("\n".join(stanzas))
    return path, security


def deb(name: str, size: int) -> Deb:
    """A package of that size."""
    return Deb(name=name, version="1", arch="amd64", size=size)


def test_a_newer_source_version_is_an_upgrade(tmp_path: Path) -> None:
    """With all packages it is built into, smallest first."""
    path = listed(tmp_path, stanza(size=9000), stanza("openssl", source="openssl", size=7000))
    [found] = upgrades([path], {"openssl": "3.0.1-1"})
    assert (found.source, found.version, [each.name for each in found.debs]) == (
        "openssl",
        "3.0.2-1",
        ["openssl", "libssl3"],
    )


@pytest.mark.parametrize("installed", ["3.0.2-1", "3.0.3-1", "1:0"])
def test_the_same_or_an_older_version_is_none(tmp_path: Path, installed: str) -> None:
    """Nothing to fetch then."""
    assert upgrades([listed(tmp_path, stanza())], {"openssl": installed}) == []


def test_what_is_not_installed_is_no_upgrade(tmp_path: Path) -> None:
    """Only installed sources count."""
    assert upgrades([listed(tmp_path, stanza())], {"gnutls28": "1"}) == []


def test_the_source_version_counts_not_the_binary_one(tmp_path: Path) -> None:
    """A rebuild is no upgrade, and a version in brackets is the source's."""
    path = listed(tmp_path, stanza(version="3.0.1-1+b1"), stanza("x", "9:9", source="openssl (3.0.1-1)"))
    assert upgrades([path], {"openssl": "3.0.1-1"}) == []


def test_the_newest_of_several_lists_wins(tmp_path: Path) -> None:
    """Packages of older versions are not fetched."""
    lists = [
        listed(tmp_path, stanza(version="3.0.2-1")),
        listed(tmp_path, stanza(version="3.0.4-1"), security=True),
        listed(tmp_path, stanza(version="3.0.3-1")),
    ]
    [found] = upgrades(lists, {"openssl": "3.0.1-1"})
    assert (found.version, found.security, len(found.debs)) == ("3.0.4-1", True, 1)


def test_security_upgrades_come_first_then_the_smallest(tmp_path: Path) -> None:
    """So that a budget that ends early has read what matters most."""
    plain = listed(tmp_path, stanza("a", source="a", size=10), stanza("b", source="b", size=5))
    security = listed(tmp_path, stanza("c", source="c", size=99), security=True)
    found = upgrades([plain, security], dict.fromkeys("abc", "1"))
    assert [each.source for each in found] == ["c", "b", "a"]


def test_a_source_without_its_field_is_the_package_itself(tmp_path: Path) -> None:
    """As Debian writes it where both names are equal."""
    path = listed(tmp_path, "Package: bash\nVersion: 2\nArchitecture: all\nSize: 1\n")
    assert [each.source for each in upgrades([path], {"bash": "1"})] == ["bash"]


def test_signed_kernels_are_upgrades_of_the_kernel(tmp_path: Path) -> None:
    """The source that adds signatures is not known to anybody else."""
    path = listed(tmp_path, stanza("linux-image-x", "6.1.9-1", source="linux-signed-amd64 (6.1.9+1)"))
    assert [each.version for each in upgrades([path], {"linux": "6.1.8-1"})] == ["6.1.9-1"]


@pytest.mark.parametrize(
    "broken",
    [
        "Package: openssl\nVersion: 9\nArchitecture: all\n",
        "Package: openssl\nVersion: 9\nArchitecture: all\nSize: -1\n",
        "Package: openssl\nArchitecture: all\nSize: 1\n",
        "Package: openssl\nVersion: 9 -o x\nArchitecture: all\nSize: 1\n",
        "Package: -oEvil\nSource: openssl\nVersion: 9\nArchitecture: all\nSize: 1\n",
        "Package: x\nSource: \nVersion: 9\nArchitecture: all\nSize: 1\n",
        "Source: openssl",
        "",
    ],
)
def test_odd_stanzas_are_no_offers(tmp_path: Path, broken: str) -> None:
    """What could mean something else as an argument is left out, the rest is read."""
    found = upgrades([listed(tmp_path, broken, stanza())], {"openssl": "1"})
    assert [each.version for each in found] == ["3.0.2-1"]


def test_empty_lists_have_no_offers(tmp_path: Path) -> None:
    """A file without bytes can't be mapped and need not be."""
    assert upgrades([listed(tmp_path)], {"openssl": "1"}) == []


def test_a_package_is_named_for_apt_with_its_architecture() -> None:
    """Except where it is the same on all."""
    assert deb("x", 1).spec == "x:amd64=1"
    assert Deb(name="x", version="1:2", arch="all", size=1).spec == "x=1:2"


RELEASE = "Origin: Debian\nSuite: {suite}\nCodename: {codename}\n{more}SHA256:\n abc\n"


def archive_lists(tmp_path: Path, suite: str, codename: str, more: str = "") -> None:
    """A Release file and the list that belongs to it."""
    base = f"host_debian_dists_{suite}"
    (tmp_path / f"{base}_InRelease").write_text(RELEASE.format(suite=suite, codename=codename, more=more))
    (tmp_path / f"{base}_main_binary-amd64_Packages").write_text("")


def test_lists_of_the_own_release_are_taken(tmp_path: Path) -> None:
    """With its updates and security pockets, the latter marked."""
    archive_lists(tmp_path, "stable", "bookworm")
    archive_lists(tmp_path, "stable-security", "bookworm-security")
    archive_lists(tmp_path, "stable-updates", "bookworm-updates")
    found = package_lists(tmp_path, "bookworm")
    assert [("security" in path.name, security) for path, security in found] == [
        (True, True),
        (False, False),
        (False, False),
    ]


@pytest.mark.parametrize(
    ("suite", "codename", "more"),
    [
        ("unstable", "sid", ""),
        ("testing", "bookwormish", ""),
        ("stable-backports", "bookworm-backports", ""),
        ("stable", "bookworm", "NotAutomatic: yes\n"),
    ],
)
def test_lists_that_are_not_the_own_release_are_left_out(tmp_path: Path, suite: str, codename: str, more: str) -> None:
    """A fix's version in another release says nothing about this one."""
    archive_lists(tmp_path, suite, codename, more)
    assert package_lists(tmp_path, "bookworm") == []


def test_without_a_codename_all_automatic_lists_count(tmp_path: Path) -> None:
    """A derivative that does not say its release is judged by what apt upgrades from."""
    archive_lists(tmp_path, "rolling", "kali-rolling")
    assert len(package_lists(tmp_path, "")) == 1


def test_a_list_without_a_release_file_counts(tmp_path: Path) -> None:
    """A local archive needs none."""
    (tmp_path / "_srv_repo_._Packages").write_text("")
    assert package_lists(tmp_path, "bookworm") == [(tmp_path / "_srv_repo_._Packages", False)]


def test_ubuntus_pockets_share_a_codename(tmp_path: Path) -> None:
    """There the suite says which pocket it is."""
    archive_lists(tmp_path, "jammy-security", "jammy")
    assert [security for _, security in package_lists(tmp_path, "jammy")] == [True]


def test_an_oversized_list_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its size, before it is mapped."""
    monkeypatch.setattr(index, "MAX_LIST_BYTES", 10)
    assert upgrades([listed(tmp_path, stanza())], {"openssl": "1"}) == []


def installed(name: str) -> Package:
    """An installed package."""
    return Package(ecosystem="Debian:12", name=name, version="1", source="x", source_version="1")


def test_what_carries_a_changelog_is_seen_on_the_machine(tmp_path: Path) -> None:
    """Its size, and 0 for a link to another's documentation or none at all."""
    (tmp_path / "usr/share/doc/a").mkdir(parents=True)
    (tmp_path / "usr/share/doc/a/changelog.Debian.gz").write_bytes(b"x" * 77)
    (tmp_path / "usr/share/doc/b").symlink_to("a")
    assert carried(tmp_path, map(installed, "abc")) == {"a": 77, "b": 0, "c": 0}


def test_packages_without_room_for_a_changelog_are_not_tried() -> None:
    """Below the size of the installed changelog, or of any."""
    debs = [deb("meta", SMALLEST_BYTES - 1), deb("small", 5_000), deb("big", 50_000)]
    assert [each.name for each in in_order(debs, {})] == ["small", "big"]
    assert [each.name for each in in_order(debs, {"big": 10_000})] == ["big"]


def test_a_package_that_surely_carries_it_is_tried_first() -> None:
    """Unless it is much larger than one that may; one that surely does not comes last."""
    debs = [deb("bare", 5_000), deb("other", 6_000), deb("sure", 400_000), deb("huge", 9_000_000)]
    assert [each.name for each in in_order(debs, {"sure": 3_000, "bare": 0})] == ["sure", "other", "huge", "bare"]
    assert in_order(debs, {"huge": 3_000, "bare": 0})[0].name == "other"
    assert BARE_BYTES > 9_000_000


def test_without_documentation_the_smallest_then_the_installed_are_tried() -> None:
    """The base package that others link to is installed."""
    debs = [deb("a", 3_000), deb("b", 4_000), deb("base", 5_000)]
    assert [each.name for each in in_order(debs, {"base": 0})] == ["a", "base", "b"]
