"""What Alpine's package manager has installed."""

import os
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import apk
from hostward.scanners.vul.installed import Installed, Site
from hostward.scanners.vul.os_release import OsRelease

ALPINE = OsRelease(id="alpine", version="3.19.1")
MUSL = "C:Q1abc=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\n"
LIBSSL = "P:libssl3\nV:3.1.4-r5\nA:x86_64\no:openssl\nF:usr\nF:usr/lib\nR:libssl.so.3\nZ:Q1x=\nF:\nR:top\n"


def inventory(root: Path, wanted: frozenset[bytes] = frozenset()) -> Installed:
    """What is installed below root."""
    return apk.inventory(Site(root=root, work=root, release=ALPINE, wanted=wanted))


def write(root: Path, text: str, place: str = apk.PLACES[0]) -> None:
    """A database with this text."""
    (root / place).parent.mkdir(parents=True)
    (root / place).write_text(text)


@pytest.mark.parametrize("place", apk.PLACES)
def test_packages_carry_their_origin(tmp_path: Path, place: str) -> None:
    """Advisories speak of the package that was built, in its own version."""
    write(tmp_path, f"{MUSL}\n{LIBSSL}\n", place)
    assert apk.is_there(tmp_path)
    assert inventory(tmp_path).packages[1] == Package(
        ecosystem="Alpine:v3.19",
        name="libssl3",
        version="3.1.4-r5",
        arch="x86_64",
        source="openssl",
        source_version="3.1.4-r5",
    )


def test_a_package_without_an_origin_is_its_own(tmp_path: Path) -> None:
    """Old databases and local packages have none."""
    write(tmp_path, "P:a\nV:1-r0\n\n")
    assert [each.source for each in inventory(tmp_path).packages] == ["a"]


def test_wanted_files_are_found(tmp_path: Path) -> None:
    """F: names the folder of the R: lines after it; an empty one is the root."""
    write(tmp_path, f"{MUSL}\n{LIBSSL}\n")
    wanted = frozenset({b"/usr/lib/libssl.so.3", b"/top", b"/usr/lib/other", b"/usr/lib/ld-musl-x86_64.so.1"})
    assert inventory(tmp_path, wanted).owned.keys() == wanted - {b"/usr/lib/other"}


@pytest.mark.parametrize("stanza", ["P:a\n", "V:1\n", "P:\nV:1\n", "P:a b\nV:1\n", "nonsense\n", "P:a\nV:1\nA:x y\n"])
def test_damaged_stanzas_are_counted(stanza: str) -> None:
    """The good ones are given all the same."""
    found, damaged = apk.parse(f"{MUSL}\n{stanza}\n".encode(), "Alpine:v3.19")
    assert ([each.name for each in found], damaged) == (["musl"], 1)


def test_a_last_line_without_its_end_was_cut_off() -> None:
    """Its stanza is not believed: the version may be half of one."""
    found, damaged = apk.parse(f"{MUSL}\nP:b\nV:1.2".encode(), "Alpine:v3.19")
    assert ([each.name for each in found], damaged) == (["musl"], 1)


def test_the_same_package_counts_once(tmp_path: Path) -> None:
    """A hostile database could repeat it without end."""
    write(tmp_path, f"{MUSL}\n{MUSL}\n")
    assert len(inventory(tmp_path).packages) == 1


def test_a_fifo_in_its_place_is_said(tmp_path: Path) -> None:
    """It is not waited for."""
    (tmp_path / "lib/apk/db").mkdir(parents=True)
    os.mkfifo(tmp_path / apk.PLACES[0])
    assert inventory(tmp_path).unreadable == ("/lib/apk/db/installed: not a regular file",)


def test_a_database_that_went_away_is_empty(tmp_path: Path) -> None:
    """Between two looks."""
    assert inventory(tmp_path) == Installed()
