"""Arbitrary and damaged bytes where packages of rpm, Alpine, Python and npm are expected."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from hostward.domain.matching import has_place
from hostward.scanners.vul import apk, npm, npm_lock, python, rpm, rpm_header
from hostward.scanners.vul.installed import Installed, Site
from hostward.scanners.vul.os_release import OsRelease
from rpm_database import ndb, package, write_sqlite

HEADERS = [package(f"p{number}", files=[f"/usr/share/{number}/{each}" for each in range(9)]) for number in range(6)]
CHANGES = st.lists(st.tuples(st.integers(min_value=0), st.binary(min_size=1, max_size=8)), max_size=6)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6)),
    lambda each: st.one_of(st.lists(each, max_size=3), st.dictionaries(st.text(max_size=12), each, max_size=4)),
    max_leaves=12,
)
APK_LINES = st.sampled_from([b"P:a", b"P:", b"V:1.0-r0", b"V:", b"o:b", b"A:x86_64", b"F:usr", b"R:a", b"", b"\xff\0"])


def changed(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    """The bytes with some of them written over."""
    raw = bytearray(data)
    for place, new in changes:
        start = place % len(raw)
        raw[start : start + len(new)] = new
    return bytes(raw[: len(data)])


def inventory(name: str, data: bytes) -> Installed:
    """What rpm has installed by this database."""
    with tempfile.TemporaryDirectory() as folder:
        root, work = Path(folder, "root"), Path(folder, "work")
        (root / "var/lib/rpm").mkdir(parents=True)
        work.mkdir()
        (root / "var/lib/rpm" / name).write_bytes(data)
        found = rpm.inventory(Site(root=root, work=work, release=OsRelease(id="almalinux"), wanted=frozenset({b"/x"})))
        assert list(work.iterdir()) == []
    return found


def sqlite() -> bytes:
    """A whole rpmdb.sqlite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rpmdb.sqlite")
        write_sqlite(path, HEADERS)
        return path.read_bytes()


SQLITE, NDB = sqlite(), ndb(HEADERS)


@given(st.binary(max_size=300))
@example(b"\0\0\0\1\0\0\0\0" + b"\xff" * 16)
def test_any_bytes_are_a_header_or_damage(blob: bytes) -> None:
    """Nothing else can be raised, whatever the counts claim."""
    with suppress(rpm_header.Damaged):
        header = rpm_header.parse(blob)
        header.text(rpm_header.NAME)
        header.number(rpm_header.EPOCH)
        list(header.files())


@given(st.sampled_from(HEADERS), CHANGES)
def test_a_changed_header_is_read_or_damaged(blob: bytes, changes: list[tuple[int, bytes]]) -> None:
    """Bit rot in one package."""
    with suppress(rpm_header.Damaged):
        header = rpm_header.parse(changed(blob, changes))
        for tag in header.entries:
            with suppress(rpm_header.Damaged):
                header.text(tag)
            with suppress(rpm_header.Damaged):
                header.texts(tag)
        list(header.files())


@given(CHANGES)
def test_a_changed_sqlite_database_gives_whole_packages_alone(changes: list[tuple[int, bytes]]) -> None:
    """Nothing raises, nothing is left in the scratch folder, and every name and version can be used."""
    found = inventory("rpmdb.sqlite", changed(SQLITE, changes))
    assert len(found.packages) <= len(HEADERS)
    assert all(each.name and has_place(each.ecosystem, each.version) for each in found.packages)


@given(CHANGES)
def test_a_changed_ndb_database_gives_whole_packages_alone(changes: list[tuple[int, bytes]]) -> None:
    """The same for rpm's own format."""
    found = inventory("Packages.db", changed(NDB, changes))
    assert len(found.packages) <= len(HEADERS)
    assert all(each.name and has_place(each.ecosystem, each.version) for each in found.packages)


@given(st.integers(min_value=0, max_value=len(NDB) - 1))
def test_an_ndb_database_cut_anywhere_says_so(size: int) -> None:
    """A file that was copied halfway."""
    found = inventory("Packages.db", NDB[:size])
    assert found.damaged or found.unreadable


@given(st.lists(APK_LINES, max_size=40).map(b"\n".join))
def test_every_stanza_of_apk_is_a_package_or_damage(data: bytes) -> None:
    """Nothing raises, and there are never more results than stanzas."""
    found, damaged = apk.parse(data, "Alpine:v3.19")
    assert len(found) + damaged <= data.count(b"\n\n") + 1
    assert all(path.startswith(b"/") for path in apk.files(data))


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read_as_metadata(data: bytes) -> None:
    """A name and a version, or nothing."""
    found = python.parse(data)
    assert found is None or all(found)


@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_are_a_package_json_or_refused(data: bytes) -> None:
    """ValueError is the only way out."""
    with suppress(ValueError):
        assert all(npm.parse(data))
    with suppress(ValueError):
        npm_lock.parse(data)


@given(st.fixed_dictionaries({}, optional={"packages": JSON, "dependencies": JSON, "lockfileVersion": JSON}))
def test_any_json_is_a_lock_file_or_refused(content: dict[str, object]) -> None:
    """Entries carry text, whatever stood there."""
    with suppress(ValueError):
        entries = npm_lock.parse(json.dumps(content).encode())
        assert all(isinstance(each.name, str) and isinstance(each.version, str) for each in entries)
