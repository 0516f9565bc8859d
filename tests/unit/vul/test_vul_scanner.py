"""The scanner's events: what is given, in which order, and what is said to be missing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.package import HostFacts, Package
from hostward.scanners.contract import Degraded, Event, Found, Host, Job, Progress, ScanFailed
from hostward.scanners.vul import evidence, scanner
from hostward.scanners.vul.scanner import BATCH, SCANNER, SEARCHED
from language_trees import lock, wheel, write
from rpm_database import package, write_sqlite

COVERED = Job(options=VulOptions(), covered=frozenset({"Debian:12"}))
UNCOVERED = Job(options=VulOptions())
DEBIAN = "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\nPRETTY_NAME='Debian 12'\n"


def root(tmp_path: Path, *, release: str | None = DEBIAN, packages: int = 3, more: str = "") -> Host:
    """A root with an os-release and that many installed packages."""
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    (folder / "var/lib/dpkg").mkdir(parents=True)
    if release is not None:
        (folder / "etc/os-release").write_text(release)
    stanzas = [
        f"Package: p{number}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{number}\n"
        for number in range(packages)
    ]
    (folder / "var/lib/dpkg/status").write_text("\n".join(stanzas) + more + "\n")
    (tmp_path / "work").mkdir()
    return Host(root=folder, work=tmp_path / "work")


def scan(job: Job, host: Host) -> list[Event]:
    """All events of a scan."""
    return list(SCANNER.scan(job, host))


def reasons(events: list[Event]) -> list[str]:
    """What was said not to be judged."""
    return [event.reason for event in events if isinstance(event, Degraded)]


def found(events: list[Event]) -> list[object]:
    """All results."""
    return [item for event in events if isinstance(event, Found) for item in event.items]


def test_it_is_the_vulnerability_scanner() -> None:
    """The table finds it by its module."""
    assert SCANNER.module is Module.VUL


def test_the_machines_facts_come_first(tmp_path: Path) -> None:
    """Before the first package, so that the server knows the release when it matches."""
    items = found(scan(COVERED, root(tmp_path)))
    assert items[0] == HostFacts(os_id="debian", os_version="12", os_name="Debian 12", running_kernel="")
    assert [type(item) for item in items[1:]] == [Package] * 3


def test_packages_come_in_batches(tmp_path: Path) -> None:
    """Never more than the contract's 500 at once."""
    events = scan(COVERED, root(tmp_path, packages=2 * BATCH + 1))
    sizes = [len(event.items) for event in events if isinstance(event, Found)]
    assert sizes == [1, BATCH, BATCH, 1]


def test_a_covered_release_is_judged_without_remarks(tmp_path: Path) -> None:
    """With advisory data on the server nothing is fetched and nothing is missing."""
    events = scan(COVERED, root(tmp_path))
    assert reasons(events) == []
    assert list((tmp_path / "work").iterdir()) == []


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    """From 0 to 1, never falling: the search first, then the packages."""
    shares = [event.done for event in scan(COVERED, root(tmp_path, packages=2 * BATCH)) if isinstance(event, Progress)]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)
    assert SEARCHED + (1 - SEARCHED) / 2 in shares


def test_an_uncovered_release_asks_the_changelogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their progress is scaled into the rest of the whole."""

    def look(host: Host, release: object, packages: object) -> Iterator[Event]:
        yield Progress(done=0.5, doing="half")
        yield Degraded(reason="from the changelogs")

    monkeypatch.setattr(evidence, "look", look)
    events = scan(UNCOVERED, root(tmp_path))
    assert reasons(events) == ["from the changelogs"]
    [half] = [event.done for event in events if isinstance(event, Progress) and event.doing == "half"]
    assert half == pytest.approx(0.65)


def test_evidence_has_the_share_that_it_usually_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Much of a small machine's scan, little of one with millions of files."""
    shares = {}
    for count in (10_000, 10_000_000):
        monkeypatch.setattr(scanner, "entries", lambda _root, _mounts, count=count: count)
        shares[count] = scanner._before_evidence(Host(root=tmp_path, work=tmp_path))
    assert shares[10_000] < 0.05
    assert shares[10_000_000] > 0.9


@pytest.mark.parametrize("release", ["ID=rocky\nID_LIKE=rhel", "ID=alpine"])
def test_only_debian_and_derivatives_have_such_changelogs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    """Elsewhere nothing is asked, whatever a stray dpkg database holds."""
    monkeypatch.setattr(evidence, "look", None)
    assert len(found(scan(UNCOVERED, root(tmp_path, release=release)))) == 4


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("var/lib/pacman/local", "pacman"),
        ("var/db/pkg", "portage"),
    ],
)
def test_other_package_databases_are_said_not_to_be_judged(tmp_path: Path, place: str, kind: str) -> None:
    """Once each, with the kind of packages."""
    host = Host(root=tmp_path, work=tmp_path)
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).touch()
    assert f"{kind} packages are not judged yet" in reasons(scan(UNCOVERED, host))


def release(identity: str, version: str) -> str:
    """An os-release."""
    return f"ID={identity}\nVERSION_ID={version}\n"


def test_rpm_packages_are_given_with_osvs_name(tmp_path: Path) -> None:
    """Like those of dpkg."""
    write_sqlite(tmp_path / "var/lib/rpm/rpmdb.sqlite", [package("bash", "5.1.8", "9.el9")])
    write(tmp_path / "etc/os-release", release("rocky", "9.3"))
    events = scan(UNCOVERED, Host(root=tmp_path, work=tmp_path))
    given = [(item.ecosystem, item.name) for item in found(events) if isinstance(item, Package)]
    assert (given, reasons(events)) == ([("Rocky Linux:9", "bash")], [])


def test_apk_packages_are_given_with_osvs_name(tmp_path: Path) -> None:
    """Like those of dpkg."""
    write(tmp_path / "lib/apk/db/installed", "P:musl\nV:1.2.4-r4\n\n")
    write(tmp_path / "etc/os-release", release("alpine", "3.19.1"))
    events = scan(UNCOVERED, Host(root=tmp_path, work=tmp_path))
    given = [(item.ecosystem, item.name) for item in found(events) if isinstance(item, Package)]
    assert (given, reasons(events)) == ([("Alpine:v3.19", "musl")], [])


def test_language_packages_come_after_the_distributions(tmp_path: Path) -> None:
    """Each with its path."""
    host = root(tmp_path, packages=1)
    wheel(host.root / "opt/venv/lib/python3.11/site-packages", "Flask", "2.0")
    packages = [item for item in found(scan(COVERED, host)) if isinstance(item, Package)]
    assert [(item.ecosystem, item.name, item.path) for item in packages] == [
        ("Debian:12", "p0", b""),
        ("PyPI", "flask", b"/opt/venv/lib/python3.11/site-packages/Flask-2.0.dist-info/METADATA"),
    ]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("var/lib/dpkg/info/python3-urllib3.list", "/.\n/usr/lib/{path}\n"),
        ("var/lib/dpkg/info/python3-urllib3:amd64.list", "/lib/{path}\n"),
        ("var/lib/dpkg/status.d/python3-urllib3.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/lib/{path}\n"),
    ],
)
def test_what_dpkg_owns_is_not_given_as_a_language_package(tmp_path: Path, place: str, text: str) -> None:
    """Debian's version carries the fixes that PyPI's number hides; also where its lists still say /lib."""
    host = root(tmp_path, packages=1)
    path = "python3/dist-packages/urllib3-1.26.12.egg-info/PKG-INFO"
    write(host.root / "usr/lib" / path, "Name: urllib3\nVersion: 1.26.12\n")
    write(host.root / place, text.format(path=path))
    events = scan(COVERED, host)
    assert ([item.name for item in found(events) if isinstance(item, Package)], reasons(events)) == (["p0"], [])


def test_what_rpm_and_apk_own_is_not_given_as_a_language_package(tmp_path: Path) -> None:
    """As with dpkg."""
    path = wheel(tmp_path / "usr/lib/python3.9/site-packages", "a", "1").relative_to(tmp_path)
    other = wheel(tmp_path / "usr/lib/python3.9/site-packages", "b", "1").relative_to(tmp_path)
    wheel(tmp_path / "usr/lib/python3.9/site-packages", "c", "1")
    write_sqlite(tmp_path / "var/lib/rpm/rpmdb.sqlite", [package("python3-a", files=[f"/{path}"])])
    write(tmp_path / "lib/apk/db/installed", f"P:py3-b\nV:1-r0\nF:{other.parent}\nR:{other.name}\n\n")
    items = found(scan(UNCOVERED, Host(root=tmp_path, work=tmp_path)))
    assert [item.name for item in items if isinstance(item, Package)] == ["python3-a", "py3-b", "c"]


def test_lists_that_can_not_be_read_claim_nothing(tmp_path: Path) -> None:
    """Then the language package is given, rather than lost."""
    host = root(tmp_path, packages=1)
    wheel(host.root / "usr/lib/python3/dist-packages", "a", "1")
    (host.root / "var/lib/dpkg/info").mkdir()
    os.mkfifo(host.root / "var/lib/dpkg/info/python3-a.list")
    assert [item.name for item in found(scan(COVERED, host)) if isinstance(item, Package)] == ["p0", "a"]


def test_only_language_packages_are_judged_where_there_is_no_database(tmp_path: Path) -> None:
    """And that is said."""
    wheel(tmp_path / "app/site-packages", "a", "1")
    assert "no package database was found: only language packages are judged" in reasons(
        scan(UNCOVERED, Host(root=tmp_path, work=tmp_path))
    )


def test_versions_without_a_place_are_listed_and_said(tmp_path: Path) -> None:
    """They are given, so that they can be seen, and match nothing."""
    host = root(tmp_path, packages=1)
    for name, version in (("pytz", "2004d"), ("good", "1.0")):
        wheel(host.root / "opt/site-packages", name, version)
    lock(host.root / "web", {"dependencies": {"a": {"version": "git+ssh://git@example.org/a.git"}}})
    events = scan(COVERED, host)
    assert len([item for item in found(events) if isinstance(item, Package)]) == 4
    assert reasons(events) == [
        "1 PyPI packages have versions that can't be ordered, not judged: pytz 2004d",
        "1 npm packages have versions that can't be ordered, not judged: a git+ssh://git@example.org/a.git",
    ]


def test_changelogs_are_asked_for_dpkgs_packages_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Language packages have none."""
    asked: list[Package] = []

    def look(host: Host, release: object, packages: list[Package]) -> Iterator[Event]:
        asked.extend(packages)
        return iter(())

    monkeypatch.setattr(evidence, "look", look)
    host = root(tmp_path, packages=1)
    wheel(host.root / "opt/site-packages", "a", "1")
    scan(UNCOVERED, host)
    assert [item.name for item in asked] == ["p0"]


def test_a_broken_database_beside_a_good_one_degrades(tmp_path: Path) -> None:
    """The rpm tools on Debian keep one of their own."""
    host = root(tmp_path)
    write(host.root / "var/lib/rpm/rpmdb.sqlite", "rubbish")
    assert reasons(scan(COVERED, host)) == ["1 files not read: /var/lib/rpm/rpmdb.sqlite: it is no rpm database"]


def test_an_unreadable_rpm_database_alone_fails_the_scan(tmp_path: Path) -> None:
    """No result at all can be given."""
    write(tmp_path / "var/lib/rpm/rpmdb.sqlite", "rubbish")
    with pytest.raises(ScanFailed, match="rpm's database can't be read"):
        scan(UNCOVERED, Host(root=tmp_path, work=tmp_path))


def test_the_old_rpm_format_is_said_and_fails_nothing(tmp_path: Path) -> None:
    """Language packages are judged all the same."""
    write(tmp_path / "var/lib/rpm/Packages")
    wheel(tmp_path / "app/site-packages", "a", "1")
    events = scan(UNCOVERED, Host(root=tmp_path, work=tmp_path))
    assert "rpm packages are not judged yet: their database is in the old Berkeley DB format" in reasons(events)
    assert [item.name for item in found(events) if isinstance(item, Package)] == ["a"]


def test_an_empty_rpm_folder_is_no_database(tmp_path: Path) -> None:
    """Debian makes one when the rpm tools are installed."""
    host = root(tmp_path)
    (host.root / "var/lib/rpm").mkdir()
    assert reasons(scan(COVERED, host)) == []


def test_a_root_without_anything_is_said_to_be_not_judged(tmp_path: Path) -> None:
    """Nothing found is never told as "no vulnerabilities"."""
    events = scan(UNCOVERED, Host(root=tmp_path, work=tmp_path))
    assert reasons(events) == [
        "the distribution is not known: there is no os-release",
        "no package database was found: nothing is judged",
    ]


def test_damage_is_counted_and_said(tmp_path: Path) -> None:
    """The good entries are judged all the same."""
    events = scan(COVERED, root(tmp_path, more="\nPackage: broken\n\nnonsense: x\n"))
    assert reasons(events) == ["2 damaged entries in dpkg's database are not judged"]
    assert len(found(events)) == 4


def test_an_empty_database_is_said(tmp_path: Path) -> None:
    """A machine without packages is no safe machine."""
    assert reasons(scan(COVERED, root(tmp_path, packages=0))) == [
        "dpkg's database holds no installed package: nothing is judged"
    ]


def test_an_unreadable_database_fails_the_scan(tmp_path: Path) -> None:
    """There is a database, and no result at all can be given."""
    host = root(tmp_path)
    (host.root / "var/lib/dpkg/status").unlink()
    os.mkfifo(host.root / "var/lib/dpkg/status")
    with pytest.raises(ScanFailed, match="not a regular file; run the scan as root"):
        scan(COVERED, host)


def test_an_unreadable_os_release_degrades(tmp_path: Path) -> None:
    """Packages are given under a name that no feed covers."""
    host = root(tmp_path, release=None)
    (host.root / "etc/os-release").mkdir()
    events = scan(COVERED, host)
    assert reasons(events) == ["the distribution is not known: /etc/os-release: not a regular file"]
    assert {item.ecosystem for item in found(events) if isinstance(item, Package)} == {"dpkg:unknown:unknown"}


def test_unreadable_files_beside_a_good_database_degrade(tmp_path: Path) -> None:
    """What was read is given, the rest is said."""
    host = root(tmp_path)
    (host.root / "var/lib/dpkg/status.d/folder").mkdir(parents=True)
    events = scan(COVERED, host)
    assert reasons(events) == ["1 files not read: /var/lib/dpkg/status.d/folder: not a regular file"]
    assert len(found(events)) == 4


def test_this_machine_knows_its_running_kernel(tmp_path: Path) -> None:
    """And another root does not (see above)."""
    events = SCANNER.scan(UNCOVERED, Host(work=tmp_path))
    facts = next(event.items[0] for event in events if isinstance(event, Found))
    assert isinstance(facts, HostFacts)
    assert facts.running_kernel == os.uname().release
