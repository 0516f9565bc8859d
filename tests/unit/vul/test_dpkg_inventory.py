"""What dpkg has installed."""

import os
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import dpkg
from hostward.scanners.vul.dpkg import parse


def stanza(name: str = "bash", *, state: str = "install ok installed", version: str = "5.2-1", more: str = "") -> str:
    """One stanza as dpkg writes it."""
    return (
        f"Package: {name}\nStatus: {state}\nPriority: optional\nMaintainer: X <x@example.org>\n"
        f"Architecture: amd64\n{more}Version: {version}\nDescription: a thing\n Package: not a field\n .\n more\n\n"
    )


def packages(text: str) -> list[Package]:
    """The packages in the text, which must be whole."""
    found, damaged = parse(text.encode(), "Debian:12")
    assert damaged == 0
    return found


def test_a_package_is_its_own_source_by_default() -> None:
    """Without a Source field name and version are the source's too."""
    assert packages(stanza()) == [
        Package(
            ecosystem="Debian:12",
            name="bash",
            version="5.2-1",
            arch="amd64",
            source="bash",
            source_version="5.2-1",
        )
    ]


@pytest.mark.parametrize(
    ("more", "version", "expected"),
    [
        ("Source: glibc\n", "2.36-9", ("glibc", "2.36-9")),
        ("Source: glibc (2.36-8)\n", "2.36-9", ("glibc", "2.36-8")),
        ("Source: curl (7.88.1-10)\n", "7.88.1-10+b1", ("curl", "7.88.1-10")),
        ("Source: linux-signed-amd64 (6.1.76+1)\n", "6.1.76-1", ("linux", "6.1.76-1")),
        ("", "5.2-1+b2", ("bash", "5.2-1")),
    ],
)
def test_the_source_is_what_advisories_speak_of(more: str, version: str, expected: tuple[str, str]) -> None:
    """Source and its version, without a binary rebuild's mark, and the kernel's own name for signed kernels."""
    [package] = packages(stanza(more=more, version=version))
    assert (package.source, package.source_version, package.version) == (*expected, version)


@pytest.mark.parametrize("state", ["deinstall ok config-files", "purge ok not-installed", "unknown ok not-installed"])
def test_removed_packages_are_left_out(state: str) -> None:
    """Their files are gone; they are neither installed nor damaged."""
    assert packages(stanza(state=state)) == []


@pytest.mark.parametrize(
    "state",
    ["install ok unpacked", "install ok half-configured", "install reinstreq half-installed", "hold ok installed"],
)
def test_packages_whose_files_are_there_count(state: str) -> None:
    """A package that is not configured or on hold can be attacked all the same."""
    assert [each.name for each in packages(stanza(state=state))] == ["bash"]


def test_a_removed_package_without_a_version_is_no_damage() -> None:
    """The database keeps stanzas of packages dpkg has only heard of."""
    assert packages("Package: x\nStatus: unknown ok not-installed\nArchitecture: amd64\n\n") == []


def test_continuation_lines_are_no_fields() -> None:
    """A description that speaks of packages changes nothing."""
    text = stanza().replace(" more\n", " Version: 9\n Source: evil\n")
    assert [(each.version, each.source) for each in packages(text)] == [("5.2-1", "bash")]


@pytest.mark.parametrize(
    "broken",
    [
        "Status: install ok installed\nVersion: 1\n\n",
        "Package: x\nStatus: install ok installed\n\n",
        "Package: x\nStatus: install ok strange\nVersion: 1\n\n",
        "Package: x\nStatus: installed\nVersion: 1\n\n",
        "Package: a b\nVersion: 1\n\n",
        "Package: x\nVersion: 1 2\n\n",
        "Package: x\nVersion: 1\nSource: a (1) (2)\n\n",
        "Package: x\nVersion: 1\nArchitecture: A/B\n\n",
        f"Package: {'x' * 300}\nVersion: 1\n\n",
        "complete nonsense\n\n",
    ],
)
def test_a_damaged_stanza_is_counted_and_the_others_are_read(broken: str) -> None:
    """One bad entry never hides the rest."""
    found, damaged = parse((stanza("a") + broken + stanza("b")).encode(), "Debian:12")
    assert ([each.name for each in found], damaged) == (["a", "b"], 1)


def test_binary_rubbish_is_counted_as_damage() -> None:
    """Names and versions that are no ASCII text are not believed."""
    found, damaged = parse(b"Package: \xff\xfe\nVersion: 1\n\nPackage: x\nVersion: \x00\n\n", "Debian:12")
    assert (found, damaged) == ([], 2)


def test_a_file_that_was_cut_off_loses_its_last_stanza_only() -> None:
    """A version cut in the middle would be a wrong one."""
    text = (stanza("a") + stanza("b", version="1.23-4")).partition("1.23-")[0] + "1.2"
    found, damaged = parse(text.encode(), "Debian:12")
    assert ([each.name for each in found], damaged) == (["a"], 1)


def test_an_empty_file_holds_nothing() -> None:
    """Neither packages nor damage."""
    assert parse(b"", "Debian:12") == ([], 0)
    assert parse(b"\n\n\n", "Debian:12") == ([], 0)


def root_with(tmp_path: Path, status: str | None, folder: dict[str, str] | None = None) -> Path:
    """A root with dpkg's status file, and files in status.d."""
    base = tmp_path / "var/lib/dpkg"
    base.mkdir(parents=True)
    if status is not None:
        (base / "status").write_text(status)
    if folder is not None:
        (base / "status.d").mkdir()
        for name, text in folder.items():
            (base / "status.d" / name).write_text(text)
    return tmp_path


def test_status_and_status_d_are_both_read(tmp_path: Path) -> None:
    """A distroless image has one file a package, without a Status field or a last newline."""
    alone = "Package: tzdata\nVersion: 2024a-0\nArchitecture: all"
    root = root_with(tmp_path, stanza(), {"tzdata": alone, "tzdata.md5sums": "d41d  usr/x"})
    found = dpkg.read(root, "Debian:12")
    assert ([each.name for each in found.packages], found.damaged, found.unreadable) == (["bash", "tzdata"], 0, ())


def test_a_package_in_both_places_counts_once(tmp_path: Path) -> None:
    """The same package, version and architecture is one package."""
    root = root_with(tmp_path, stanza(), {"bash": stanza()})
    assert len(dpkg.read(root, "Debian:12").packages) == 1


def test_architectures_are_packages_of_their_own(tmp_path: Path) -> None:
    """A foreign architecture's library is installed beside the native one."""
    root = root_with(tmp_path, stanza() + stanza().replace("amd64", "i386"))
    assert [each.arch for each in dpkg.read(root, "Debian:12").packages] == ["amd64", "i386"]


def test_a_fifo_in_place_of_the_database_is_named(tmp_path: Path) -> None:
    """It is neither waited for nor passed over."""
    root = root_with(tmp_path, None)
    os.mkfifo(root / dpkg.STATUS)
    assert dpkg.read(root, "Debian:12").unreadable == ("/var/lib/dpkg/status: not a regular file",)


def test_odd_files_in_status_d_are_named_and_the_others_read(tmp_path: Path) -> None:
    """A folder and an oversized file there are unreadable each."""
    root = root_with(tmp_path, None, {"a": "Package: a\nVersion: 1\n", "big": "x" * (dpkg.MAX_STANZA_FILE_BYTES + 1)})
    (root / dpkg.STATUS_FOLDER / "c").mkdir()
    found = dpkg.read(root, "Debian:12")
    assert [each.name for each in found.packages] == ["a"]
    assert len(found.unreadable) == 2


def test_a_link_out_of_the_root_is_not_followed(tmp_path: Path) -> None:
    """This machine's packages are never mixed in."""
    root = root_with(tmp_path / "root", None)
    (tmp_path / "status").write_text(stanza())
    (root / dpkg.STATUS).symlink_to("../../../../status")
    assert dpkg.read(root, "Debian:12").packages == ()


def test_a_database_is_recognized_by_either_place(tmp_path: Path) -> None:
    """And its absence too."""
    assert not dpkg.is_there(tmp_path)
    assert dpkg.is_there(root_with(tmp_path / "a", ""))
    assert dpkg.is_there(root_with(tmp_path / "b", None, {}))
