"""What a Debian changelog says of an installed version."""

import pytest

from hostward.scanners.vul.changelog import MAX_ENTRIES, Entry, Fix, lacking, parse

TEXT = """\
openssl (3.0.13-1~deb12u2) bookworm-security; urgency=high

  * Non-maintainer upload.
  * CVE-2024-1111 (use after free), cve-2024-2222
    and CVE-2023-9999 once more.

 -- X <x@example.org>  Mon, 01 Jan 2024 00:00:00 +0000

openssl (3.0.13-1~deb12u1) bookworm; urgency=medium, binary-only=yes

  * Fix CVE-2024-2222, CVE-2024-3333.

 -- X <x@example.org>  Mon, 01 Jan 2024 00:00:00 +0000

openssl (3.0.11-1) unstable; urgency=low

  * Fix CVE-2023-9999.

 -- X <x@example.org>  Mon, 01 Jan 2024 00:00:00 +0000
"""


def entry(version: str, *cves: str, urgency: str = "medium") -> Entry:
    """An entry of openssl."""
    return Entry(source="openssl", version=version, urgency=urgency, cves=cves)


def test_entries_are_read_newest_first() -> None:
    """Version, urgency and every CVE an entry names, once and in upper case."""
    assert parse(TEXT) == [
        entry("3.0.13-1~deb12u2", "CVE-2024-1111", "CVE-2024-2222", "CVE-2023-9999", urgency="high"),
        entry("3.0.13-1~deb12u1", "CVE-2024-2222", "CVE-2024-3333"),
        entry("3.0.11-1", "CVE-2023-9999", urgency="low"),
    ]


def test_each_cve_is_fixed_in_the_oldest_newer_version_that_names_it() -> None:
    """With that entry's urgency; one that the installed version names already is not lacking."""
    assert lacking(parse(TEXT), "3.0.11-1").fixes == (
        Fix(cve="CVE-2024-2222", fixed="3.0.13-1~deb12u1", urgency="medium"),
        Fix(cve="CVE-2024-3333", fixed="3.0.13-1~deb12u1", urgency="medium"),
        Fix(cve="CVE-2024-1111", fixed="3.0.13-1~deb12u2", urgency="high"),
    )


def test_only_what_is_newer_than_the_installed_version_counts() -> None:
    """What stands at or below it is installed."""
    assert [fix.cve for fix in lacking(parse(TEXT), "3.0.13-1~deb12u1").fixes] == ["CVE-2024-1111"]
    assert lacking(parse(TEXT), "3.0.13-1~deb12u2").fixes == ()


def test_a_version_of_ones_own_takes_its_place_by_order() -> None:
    """A local build between two entries lacks what the newer one fixes."""
    assert [fix.cve for fix in lacking(parse(TEXT), "3.0.13-1~deb12u1+local1").fixes] == ["CVE-2024-1111"]


@pytest.mark.parametrize(("installed", "whole"), [("3.0.11-1", True), ("3.0.12-1", True), ("3.0.10-1", False)])
def test_a_changelog_that_ends_too_early_is_not_whole(installed: str, whole: bool) -> None:
    """Then older fixes may be missing, and that must be said."""
    assert lacking(parse(TEXT), installed).whole is whole


def test_the_first_entry_that_is_not_newer_ends_the_newer_ones() -> None:
    """A branch merged below it brings old fixes, whatever its versions are."""
    entries = [entry("3.0-2", "CVE-2026-0002"), entry("3.0-1"), entry("9.9-1", "CVE-2026-0009")]
    assert [fix.cve for fix in lacking(entries, "3.0-1").fixes] == ["CVE-2026-0002"]


def test_an_entry_without_urgency_has_none() -> None:
    """The word is empty, not made up."""
    assert [each.urgency for each in parse("x (1) unstable; binary-only=yes\n\n  * a\n")] == [""]


def test_urgency_is_read_in_any_case() -> None:
    """Debian writes low, older changelogs LOW and Urgency."""
    assert [each.urgency for each in parse("x (1) unstable; Urgency=HIGH\n")] == ["high"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-01  A. Author  <a@example.org>\n\n\t* foo.c (main): CVE-2024-1111\n",
        "Version 1.2\n===========\n- fixed CVE-2024-1111\n",
        "x (1 2) unstable; urgency=low\n",
        "x (1) unstable urgency=low\n",
    ],
)
def test_an_upstream_authors_changelog_is_none(text: str) -> None:
    """Without a single Debian header there are no entries."""
    assert parse(text) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CVE-2024-12345678", ("CVE-2024-12345678",)),
        ("(CVE-2024-1111)/CVE-2024-2222", ("CVE-2024-1111", "CVE-2024-2222")),
        ("CVE-2024-111", ()),
        ("XCVE-2024-1111", ()),
        ("CVE-2024-1111, CVE-2024-1111", ("CVE-2024-1111",)),
        ("https://example.org/CVE-2024-1111.html", ("CVE-2024-1111",)),
    ],
)
def test_cve_ids_are_found_in_running_text(line: str, expected: tuple[str, ...]) -> None:
    """Only whole ids, each once."""
    assert parse(f"x (1) unstable; urgency=low\n  * {line}\n")[0].cves == expected


def test_a_header_may_name_several_suites() -> None:
    """As uploads to two suites at once do."""
    assert [each.version for each in parse("x (1:2~3-4+b5) stable security; urgency=low\n")] == ["1:2~3-4+b5"]


def test_endless_changelogs_are_cut() -> None:
    """The number of entries has a limit."""
    text = "".join(f"x ({number}) unstable; urgency=low\n" for number in range(MAX_ENTRIES + 50))
    assert len(parse(text)) == MAX_ENTRIES
