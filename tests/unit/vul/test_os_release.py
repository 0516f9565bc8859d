"""Which distribution it is."""

from pathlib import Path

import pytest

from hostward.scanners.vul import os_release, rootfs
from hostward.scanners.vul.os_release import OsRelease, parse

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'


def test_debian_is_read_whole() -> None:
    """Quoted and bare values are the same."""
    assert parse(DEBIAN) == OsRelease(
        id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)", codename="bookworm"
    )


@pytest.mark.parametrize(
    ("text", "ecosystem"),
    [
        (DEBIAN, "Debian:12"),
        ("ID=ubuntu\nVERSION_ID='22.04'\nID_LIKE=debian", "Ubuntu:22.04"),
        ('ID=linuxmint\nVERSION_ID="21.3"\nID_LIKE="ubuntu debian"', "dpkg:linuxmint:21.3"),
        ("ID=debian\n", "Debian:unknown"),
        ("", "dpkg:unknown:unknown"),
    ],
)
def test_the_ecosystem_is_osvs_name_with_the_release(text: str, ecosystem: str) -> None:
    """Derivatives have a name of their own, because no feed speaks of their versions."""
    assert parse(text).dpkg_ecosystem == ecosystem


@pytest.mark.parametrize(
    ("text", "expected"),
    [(DEBIAN, True), ("ID=kali\nID_LIKE=debian", True), ("ID=rhel\nID_LIKE=fedora", False), ("ID=alpine", False)],
)
def test_derivatives_of_debian_are_recognized(text: str, expected: bool) -> None:
    """By their own id or by what they say they are like."""
    assert parse(text).is_debian_like is expected


def test_comments_and_nonsense_are_passed_over() -> None:
    """Only assignments count, and a badly quoted one is taken as it stands."""
    assert parse('# ID=no\nnonsense\nID=debian\nNAME="x\nexport A=b\n') == OsRelease(id="debian", name='"x')


def test_the_plain_name_stands_in_for_a_missing_pretty_one() -> None:
    """A machine has some name to show."""
    assert parse("NAME=Thing").name == "Thing"


def test_hostile_values_are_cut_and_cleaned() -> None:
    """Nothing that is not printable and no endless value reaches the server."""
    release = parse(f"ID=../../deb$(x)\nPRETTY_NAME={'A' * 5000}\nVERSION_ID=12;rm\n")
    assert (release.id, release.version, len(release.name)) == ("....debx", "12rm", os_release.MAX_VALUE)
    assert parse('PRETTY_NAME="a\x1b[31mb"').name == "a[31mb"


def test_the_first_place_wins(tmp_path: Path) -> None:
    """The one in etc before the one in usr/lib, as os-release(5) says."""
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/os-release").write_text("ID=second")
    assert os_release.read(tmp_path).id == "second"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=first")
    assert os_release.read(tmp_path).id == "first"


def test_nothing_is_known_without_a_file(tmp_path: Path) -> None:
    """All fields are empty then."""
    assert os_release.read(tmp_path) == OsRelease()


def test_a_huge_file_is_unreadable(tmp_path: Path) -> None:
    """It is refused by its size."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_bytes(b"#" * (os_release.MAX_BYTES + 1))
    with pytest.raises(rootfs.Unreadable):
        os_release.read(tmp_path)


def test_broken_encoding_does_not_stop_it(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 spoil their own value only."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_bytes(b"NAME=\xff\xfe\nID=debian\n")
    assert os_release.read(tmp_path).id == "debian"
