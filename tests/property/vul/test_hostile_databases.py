"""Arbitrary bytes in dpkg's place, and in a changelog's."""

from hypothesis import example, given
from hypothesis import strategies as st

from hostward.scanners.vul import changelog, dpkg, os_release

LINES = st.sampled_from(
    [
        b"Package: a",
        b"Package: ",
        b"Version: 1.0-1",
        b"Version:",
        b"Status: install ok installed",
        b"Status: deinstall ok config-files",
        b"Architecture: amd64",
        b"Source: b (2)",
        b"Source: (((",
        b" continued",
        b"",
        b"\xff\x00",
        b"Package: a\r",
    ]
)
VERSIONS = st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=8, unique=True)
NAMED = st.lists(st.integers(min_value=1000, max_value=1006), max_size=3)


@given(st.lists(LINES, max_size=40).map(b"\n".join))
@example(b"Package: a\nVersion: 1\n\n\n\nPackage: b\nVersion: 2\n")
def test_every_stanza_is_a_package_left_out_or_damage(data: bytes) -> None:
    """Nothing raises, and there are never more results than stanzas."""
    found, damaged = dpkg.parse(data, "Debian:12")
    assert len(found) + damaged <= data.count(b"\n\n") + 1
    assert all(package.version and package.source_version and package.name for package in found)


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read_as_a_database(data: bytes) -> None:
    """Rubbish gives no package."""
    found, _ = dpkg.parse(data, "Debian:12")
    assert found == []


@given(st.text(max_size=300))
def test_any_text_can_be_read_as_os_release(text: str) -> None:
    """The values are short and printable whatever stands there."""
    release = os_release.parse(text)
    assert all(value.isprintable() and len(value) <= 300 for value in (release.id, release.version, release.name))


@given(st.text(max_size=400))
def test_any_text_can_be_read_as_a_changelog(text: str) -> None:
    """Rubbish has no entries or entries, and never an error."""
    entries = changelog.parse(text)
    assert changelog.lacking(entries, "1.0").fixes == () or entries


@given(VERSIONS, st.data())
def test_fixes_are_exactly_what_newer_entries_name_and_older_ones_do_not(
    versions: list[int], data: st.DataObject
) -> None:
    """Whatever the history, a CVE is lacking when a newer entry names it and no other, with its oldest such version."""
    history = {version: data.draw(NAMED) for version in sorted(versions)}
    installed = data.draw(st.sampled_from(versions))
    text = "".join(
        f"x (1.{version}-1) unstable; urgency=medium\n\n"
        + "".join(f"  * Fix CVE-2026-{number}\n" for number in named)
        + "\n -- X <x@example.org>  Mon, 01 Jan 2026 00:00:00 +0000\n\n"
        for version, named in reversed(history.items())
    )
    known = {number for version, named in history.items() if version <= installed for number in named}
    expected: dict[str, str] = {}
    for version, named in history.items():
        for number in named:
            if version > installed and number not in known:
                expected.setdefault(f"CVE-2026-{number}", f"1.{version}-1")
    lacking = changelog.lacking(changelog.parse(text), f"1.{installed}-1")
    assert {fix.cve: fix.fixed for fix in lacking.fixes} == expected
    assert lacking.whole
