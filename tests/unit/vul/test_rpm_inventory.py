"""What rpm has installed, from each of its formats."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import rpm, rpm_ndb, rpm_sqlite
from hostward.scanners.vul.installed import Installed, Site
from hostward.scanners.vul.os_release import OsRelease
from rpm_database import ndb, package, write_sqlite

ALMA = OsRelease(id="almalinux", version="9.4")
SUSE = OsRelease(id="opensuse-leap", version="15.5")
SQLITE, NDB = "var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db"

ENDLESS = (
    "CREATE VIEW Packages AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
    "SELECT x AS blob FROM n WHERE x < 0"
)


def inventory(root: Path, release: OsRelease = ALMA, wanted: Iterable[bytes] = ()) -> Installed:
    """What is installed below root; the scratch folder must be empty afterwards."""
    work = root.with_name("work")
    work.mkdir(exist_ok=True)
    found = rpm.inventory(Site(root=root, work=work, release=release, wanted=frozenset(wanted)))
    assert list(work.iterdir()) == []
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty root."""
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def write(root: Path, place: str, headers: list[bytes]) -> None:
    """A database of the format that its name says."""
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    if place == SQLITE:
        write_sqlite(root / place, headers)
    else:
        (root / place).write_bytes(ndb(headers))


@pytest.mark.parametrize("place", [SQLITE, NDB])
def test_packages_are_read_from_both_formats(root: Path, place: str) -> None:
    """With epoch, version, release and architecture."""
    write(root, place, [package(), package("perl", "5.32.1", "481.el9", epoch=4, source="perl-5.32.1-481.el9.src.rpm")])
    assert rpm.is_there(root)
    assert inventory(root) == Installed(
        packages=(
            Package(
                ecosystem="AlmaLinux:9",
                name="bash",
                version="5.1.8-9.el9",
                arch="x86_64",
                source="bash",
                source_version="5.1.8-9.el9",
            ),
            Package(
                ecosystem="AlmaLinux:9",
                name="perl",
                version="4:5.32.1-481.el9",
                arch="x86_64",
                source="perl",
                source_version="4:5.32.1-481.el9",
            ),
        )
    )


@pytest.mark.parametrize(
    ("release", "expected"),
    [(ALMA, ("libssl", "1:3.0-2")), (SUSE, ("openssl", "1:3.0.1-5"))],
)
def test_advisories_speak_of_binary_or_source_packages(
    root: Path, release: OsRelease, expected: tuple[str, str]
) -> None:
    """Red Hat's family of the binary one, SUSE of the source, whose epoch is that of the binary."""
    write(root, NDB, [package("libssl", "3.0", "2", epoch=1, source="openssl-3.0.1-5.src.rpm")])
    [found] = inventory(root, release).packages
    assert (found.source, found.source_version) == expected


@pytest.mark.parametrize("source", ["", "(none)", "x.src.rpm", "a-1-2.rpm"])
def test_a_source_that_can_not_be_read_is_the_package_itself(root: Path, source: str) -> None:
    """Packages made by hand have none."""
    write(root, NDB, [package("x", "1", "2", source=source or " ")])
    [found] = inventory(root, SUSE).packages
    assert (found.source, found.source_version) == ("x", "1-2")


def test_keys_are_no_packages(root: Path) -> None:
    """Imported keys are kept among them."""
    write(root, SQLITE, [package("gpg-pubkey", "abcd", "1234"), package()])
    assert [each.name for each in inventory(root).packages] == ["bash"]


@pytest.mark.parametrize("place", [SQLITE, NDB])
def test_wanted_files_are_found_with_their_owner(root: Path, place: str) -> None:
    """Of all files only those that were asked for, also where /lib was merged into /usr."""
    write(root, place, [package(files=["/usr/bin/a", "/lib/python3/site-packages/x.dist-info/METADATA"])])
    wanted = [b"/usr/lib/python3/site-packages/x.dist-info/METADATA", b"/usr/bin/b"]
    assert inventory(root, wanted=wanted).owned == {wanted[0]: "bash"}


@pytest.mark.parametrize("place", [SQLITE, NDB])
def test_damaged_headers_are_counted(root: Path, place: str) -> None:
    """The good ones are given all the same."""
    write(root, place, [b"rubbish", package(), package("bad name"), package("x", "1\n2"), package(arch="a b")])
    found = inventory(root)
    assert ([each.name for each in found.packages], found.damaged) == (["bash"], 4)


def test_rows_that_are_no_blobs_are_counted(root: Path) -> None:
    """SQLite keeps any type in any column."""
    write_sqlite(root / SQLITE, ["text", 1, package()])
    assert inventory(root).damaged == 2


def test_what_stands_in_the_log_alone_is_read(root: Path) -> None:
    """A machine that was stopped in the middle has its newest packages there."""
    path = root / SQLITE
    write_sqlite(path, [package("old")])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (package("new"),))
        connection.commit()
        before = path.read_bytes()
        assert [each.name for each in inventory(root).packages] == ["old", "new"]
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE other (x)", "no such table"),
        ("CREATE TABLE Packages (other)", "no such column"),
        (ENDLESS, "interrupted"),
    ],
)
def test_a_hostile_schema_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch, sql: str, reason: str) -> None:
    """A view that never ends is stopped."""
    monkeypatch.setattr(rpm_sqlite, "MAX_STEPS", 2_000_000)
    (root / SQLITE).parent.mkdir(parents=True)
    with closing(sqlite3.connect(root / SQLITE)) as connection:
        connection.execute(sql)
    [unreadable] = inventory(root).unreadable
    assert reason in unreadable


def test_rows_without_end_are_stopped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read until then is given."""
    monkeypatch.setattr(rpm_sqlite, "MAX_PACKAGES", 2)
    write_sqlite(root / SQLITE, [package("a"), package("b"), package("c")])
    found = inventory(root)
    assert [each.name for each in found.packages] == ["a", "b"]
    assert found.unreadable == ("/var/lib/rpm/rpmdb.sqlite: it holds more than 2 packages",)


def test_a_database_that_is_too_large_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the disk is full of its copy."""
    monkeypatch.setattr(rpm_sqlite, "MAX_DATABASE_BYTES", 5_000)
    write_sqlite(root / SQLITE, [package()])
    assert "larger than" in inventory(root).unreadable[0]


@pytest.mark.parametrize("place", [SQLITE, NDB])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7])
def test_a_database_cut_short_is_damage_or_unreadable(root: Path, place: str, share: float) -> None:
    """Never a whole result without a word."""
    write(root, place, [package(f"p{number}", files=[f"/usr/share/{number}"] * 40) for number in range(20)])
    data = (root / place).read_bytes()
    (root / place).write_bytes(data[: int(len(data) * share)])
    found = inventory(root)
    assert found.damaged or found.unreadable


def test_a_damaged_list_of_packages_is_said(root: Path) -> None:
    """A slot without its mark: nothing after it can be believed."""
    data = bytearray(ndb([package("a"), package("b")]))
    data[48:52] = b"xxxx"
    (root / NDB).parent.mkdir(parents=True)
    (root / NDB).write_bytes(data)
    found = inventory(root)
    assert [each.name for each in found.packages] == ["a"]
    assert found.unreadable == ("/usr/lib/sysimage/rpm/Packages.db: its list of packages is damaged",)


@pytest.mark.parametrize("place", [20, 4096, 4100, 4108])
def test_a_blob_that_contradicts_its_slot_is_damage(root: Path, place: int) -> None:
    """Magic, number and length must agree, before and after the data."""
    data = bytearray(ndb([package("a")]))
    data[place : place + 4] = b"\xff\xff\xff\x7f" if place > 20 else data[place : place + 4]
    data[-8:-4] = b"\0\0\0\0" if place == 20 else data[-8:-4]
    (root / NDB).parent.mkdir(parents=True)
    (root / NDB).write_bytes(data)
    assert inventory(root).damaged == 1


def test_an_ndb_file_of_another_version_is_refused(root: Path) -> None:
    """Its layout is not known."""
    data = bytearray(ndb([package()]))
    data[4] = 9
    (root / NDB).parent.mkdir(parents=True)
    (root / NDB).write_bytes(data)
    assert "its version (9)" in inventory(root).unreadable[0]
    assert rpm_ndb.is_ndb(data)


def test_the_old_format_is_said_not_to_be_judged(root: Path) -> None:
    """Berkeley DB, until RHEL 8."""
    (root / "var/lib/rpm").mkdir(parents=True)
    (root / "var/lib/rpm/Packages").write_bytes(b"\0" * 12 + b"\x61\x15\x06\0")
    assert rpm.is_there(root)
    assert inventory(root).remarks == (
        "rpm packages are not judged yet: their database is in the old Berkeley DB format",
    )


def test_another_file_under_its_name_is_said(root: Path) -> None:
    """Neither SQLite nor ndb."""
    (root / "var/lib/rpm").mkdir(parents=True)
    (root / SQLITE).write_bytes(b"hello")
    assert inventory(root).unreadable == ("/var/lib/rpm/rpmdb.sqlite: it is no rpm database",)


def test_a_fifo_in_its_place_does_not_block(root: Path) -> None:
    """Opening one for reading would wait for ever."""
    (root / "var/lib/rpm").mkdir(parents=True)
    os.mkfifo(root / SQLITE)
    assert inventory(root).unreadable == ("/var/lib/rpm/rpmdb.sqlite: not a regular file",)


def test_a_link_out_of_the_root_leads_back_into_it(root: Path) -> None:
    """A link to /var is the root's own /var."""
    write_sqlite(root.with_name("outside.sqlite"), [package("foreign")])
    write(root, SQLITE, [package("own")])
    (root / "usr/lib/sysimage").mkdir(parents=True)
    (root / "usr/lib/sysimage/rpm").symlink_to("/var/lib/rpm")
    assert [each.name for each in inventory(root).packages] == ["own"]
    (root / SQLITE).unlink()
    (root / SQLITE).symlink_to(root.with_name("outside.sqlite"))
    assert not rpm.is_there(root)
