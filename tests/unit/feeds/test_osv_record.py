"""One OSV record as an advisory."""

import json
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from hostward.domain.advisory import Advisory, Affected, FixStatus
from hostward.domain.severity import Level
from hostward.feeds import osv_record
from hostward.feeds.osv_record import advisory_of, decode

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"
ALMA = {"package": {"ecosystem": "AlmaLinux:9", "name": "curl"}}
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


def advisory(**fields: object) -> Advisory:
    """The advisory of a record with these fields."""
    found = advisory_of(
        decode(json.dumps({"id": "GHSA-x", "modified": "2026-01-01T00:00:00Z", **fields}).encode()), Counter()
    )
    assert found is not None
    return found


def ranges(*events: dict[str, str], ecosystem: str = "Debian:12", kind: str = "ECOSYSTEM") -> list[tuple[str, ...]]:
    """introduced, fixed and last of what these events make."""
    part = {"package": {"ecosystem": ecosystem, "name": "x"}, "ranges": [{"type": kind, "events": list(events)}]}
    return [(each.introduced, each.fixed, each.last) for each in advisory(affected=[part]).affected]


@pytest.mark.parametrize(
    ("identity", "aliases", "key"),
    [
        ("CVE-2026-1111", ["GHSA-x"], "CVE-2026-1111"),
        ("DEBIAN-CVE-2026-1111", [], "CVE-2026-1111"),
        ("UBUNTU-CVE-2026-1111", [], "CVE-2026-1111"),
        ("GHSA-aaaa", ["PYSEC-2026-1", "CVE-2026-2222"], "CVE-2026-2222"),
        ("GHSA-aaaa", ["CVE-2026-2222", "CVE-2025-3333"], "CVE-2025-3333"),
        ("GHSA-aaaa", ["PYSEC-2026-1"], "GHSA-aaaa"),
        ("DSA-1234-1", [], "DSA-1234-1"),
        ("NOT-CVE-2026", [], "NOT-CVE-2026"),
    ],
)
def test_the_key_is_the_cve_where_there_is_one(identity: str, aliases: list[str], key: str) -> None:
    """Its own id, one inside it, an alias; else the feed's id."""
    assert advisory(id=identity, aliases=aliases).key == key


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([{"introduced": "0"}, {"fixed": "2"}], [("", "2", "")]),
        ([{"introduced": "1"}, {"fixed": "2"}], [("1", "2", "")]),
        ([{"introduced": "0"}], [("", "", "")]),
        ([{"introduced": "0"}, {"last_affected": "2"}], [("", "", "2")]),
        (
            [{"introduced": "0"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}],
            [("", "2", ""), ("3", "4", "")],
        ),
        ([{"fixed": "2"}, {"introduced": "0"}], [("", "2", "")]),
        (
            [{"introduced": "10"}, {"introduced": "2"}, {"fixed": "11"}, {"fixed": "9"}],
            [("2", "9", ""), ("10", "11", "")],
        ),
        ([{"introduced": "1"}, {"introduced": "2"}, {"fixed": "3"}], [("1", "3", "")]),
        ([{"introduced": "1"}, {"fixed": "2"}, {"fixed": "3"}], [("1", "2", "")]),
        ([{"introduced": "1"}, {"fixed": "2"}, {"introduced": "2"}], [("1", "2", ""), ("2", "", "")]),
        ([{"introduced": "5"}, {"fixed": "3"}], [("5", "", "")]),
        ([{"fixed": "2"}], []),
        ([{"limit": "2"}], []),
        ([], []),
    ],
)
def test_events_make_half_open_ranges(events: list[dict[str, str]], expected: list[tuple[str, ...]]) -> None:
    """In version order where there is one, whatever their order in the file."""
    assert ranges(*events) == expected


def test_events_without_a_version_order_are_taken_as_they_stand() -> None:
    """An ecosystem that is not judged yet keeps its ranges for the day it is."""
    events = [{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}]
    assert ranges(*events, ecosystem="ConanCenter") == [("1", "2", ""), ("3", "", "")]


def test_a_range_with_a_version_that_has_no_place_is_counted_and_left_out() -> None:
    """What is listed one by one counts instead, as far as it can be ordered itself."""
    events = [{"introduced": "0"}, {"fixed": "2004d"}]
    part = {
        "package": {"ecosystem": "PyPI", "name": "x"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
        "versions": ["1.0", "2003z"],
    }
    skipped: Counter[str] = Counter()
    found = advisory_of(decode(json.dumps({"id": "x", "affected": [part]}).encode()), skipped)
    assert found is not None
    assert [(each.introduced, each.last) for each in found.affected] == [("1.0", "1.0")]
    assert skipped == {"ranges with versions that can't be ordered": 1, "listed versions that can't be ordered": 1}


def test_listed_versions_outside_of_the_ranges_are_affected_too() -> None:
    """Schema: a version is affected when it is in a range or in the list."""
    part = {
        "package": {"ecosystem": "PyPI", "name": "Some.Thing"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2"}, {"fixed": "3"}]}],
        "versions": ["1.0", "2.0", "2.5"],
    }
    found = advisory(affected=[part]).affected
    assert [(each.introduced, each.fixed, each.last) for each in found] == [("2", "3", ""), ("1.0", "", "1.0")]
    assert {each.name for each in found} == {"some-thing"}


def test_a_distributions_list_only_spells_its_ranges_out() -> None:
    """It is passed over, a hundred versions a record."""
    part = {
        "package": {"ecosystem": "Alpine:v3.19", "name": "x"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1-r1"}]}],
        "versions": ["0.9-r0", "2-r0"],
    }
    assert [each.fixed for each in advisory(affected=[part]).affected] == ["1-r1"]


def test_databases_of_language_packages_share_githubs_id() -> None:
    """Where there is no CVE one vulnerability is known by one key, whoever tells it."""
    python, github = "PYSEC-2026-1", "GHSA-aaaa-bbbb-cccc"
    assert advisory(id=python, aliases=[github]).key == advisory(id=github, aliases=[python]).key == github


def test_commits_are_no_versions() -> None:
    """Ranges of type GIT are passed over, SEMVER ones are read."""
    events = ({"introduced": "0"}, {"fixed": "abcdef"})
    assert ranges(*events, kind="GIT") == []
    assert ranges(*events, kind="SEMVER") == [("", "abcdef", "")]


def test_the_status_says_whether_there_is_a_fix() -> None:
    """An open end and a last affected version have none."""
    events = [{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}]
    part = {"package": {"ecosystem": "Debian:12", "name": "x"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    assert [each.status for each in advisory(affected=[part]).affected] == [FixStatus.FIXED, FixStatus.UNFIXED]


def test_versions_without_ranges_are_affected_one_by_one() -> None:
    """Each as a range of its own; beside ranges the list says the same again."""
    package = {"ecosystem": "PyPI", "name": "x"}
    events = [{"introduced": "0"}]
    alone = advisory(affected=[{"package": package, "versions": ["1", "2"]}])
    both = advisory(
        affected=[{"package": package, "versions": ["1"], "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    )
    assert [(each.introduced, each.last) for each in alone.affected] == [("1", "1"), ("2", "2")]
    assert [(each.introduced, each.last) for each in both.affected] == [("", "")]


def test_endless_version_lists_are_counted_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """One record can't fill the memory."""
    monkeypatch.setattr(osv_record, "MAX_VERSIONS", 2)
    part = {"package": {"ecosystem": "PyPI", "name": "x"}, "versions": ["1", "2", "3"]}
    skipped: Counter[str] = Counter()
    found = advisory_of(decode(json.dumps({"id": "x", "affected": [part]}).encode()), skipped)
    assert found is not None
    assert (found.affected, skipped) == ((), {"version lists that are too long": 1})


def test_ubuntus_ecosystem_is_that_of_its_packages() -> None:
    """The long-term mark is not in os-release."""
    part = {
        "package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "x"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1"}]}],
    }
    assert advisory(affected=[part]).affected == (Affected(ecosystem="Ubuntu:22.04", name="x", fixed="1"),)


@pytest.mark.parametrize("part", [{}, {"package": {"ecosystem": "", "name": "x"}}, {"package": None}])
def test_an_entry_without_a_package_is_counted(part: dict[str, object]) -> None:
    """It can't be matched."""
    skipped: Counter[str] = Counter()
    found = advisory_of(decode(json.dumps({"id": "x", "affected": [part]}).encode()), skipped)
    assert found is not None
    assert (found.affected, skipped) == ((), {"affected entries without a package": 1})


def test_a_withdrawn_record_is_no_advisory() -> None:
    """It was a mistake, and is counted."""
    skipped: Counter[str] = Counter()
    data = json.dumps({"id": "x", "withdrawn": "2026-01-01T00:00:00Z"}).encode()
    assert advisory_of(decode(data), skipped) is None
    assert skipped == {"withdrawn records": 1}


def test_a_v3_vector_is_scored() -> None:
    """And gives the level."""
    found = advisory(severity=[{"type": "CVSS_V4", "score": V4}, {"type": "CVSS_V3", "score": V3}])
    assert (found.cvss, found.vector, found.level, found.level_source) == (9.8, V3, Level.CRITICAL, "cvss")


def test_vectors_of_other_versions_are_scored_where_there_is_no_other() -> None:
    """Version 4 before 2; what is no vector is kept as it was given and no level is made up from it."""
    found = advisory(severity=[{"type": "CVSS_V2", "score": V2}, {"type": "CVSS_V4", "score": V4}])
    assert (found.cvss, found.vector, found.level, found.level_source) == (9.3, V4, Level.CRITICAL, "cvss")
    found = advisory(severity=[{"type": "CVSS_V2", "score": V2}])
    assert (found.cvss, found.vector, found.level) == (10.0, V2, Level.HIGH)
    found = advisory(severity=[{"type": "CVSS_V5", "score": "CVSS:5.0/AV:N"}])
    assert (found.cvss, found.vector, found.level, found.level_source) == (None, "CVSS:5.0/AV:N", None, "")


def test_the_word_before_the_title_of_an_advisory_of_red_hats_kin_is_its_level() -> None:
    """As AlmaLinux and Rocky Linux publish them; in others it is a part of the title."""
    said = {"summary": "Important: curl security update"}
    found = advisory(id="ALSA-2024:1", upstream=["CVE-2024-1"], **said, affected=[ALMA])
    assert (found.level, found.level_source) == (Level.HIGH, "distribution severity")
    assert advisory(id="PYSEC-2024-1", **said).level is None
    assert advisory(id="ALSA-2024:1", summary="curl: a security update", affected=[ALMA]).level is None


def test_a_vector_beside_the_package_counts_too() -> None:
    """Some databases give severities per package."""
    part = {"package": {"ecosystem": "npm", "name": "x"}, "severity": [{"type": "CVSS_V3", "score": V3}]}
    assert advisory(affected=[part]).cvss == 9.8


def test_a_broken_vector_is_counted() -> None:
    """The record is read without it."""
    skipped: Counter[str] = Counter()
    data = json.dumps({"id": "x", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}]}).encode()
    found = advisory_of(decode(data), skipped)
    assert found is not None
    assert (found.cvss, skipped) == (None, {"CVSS vectors that can't be scored": 1})


@pytest.mark.parametrize(
    ("fields", "level", "source"),
    [
        ({"severity": [{"type": "Ubuntu", "score": "medium"}]}, Level.MEDIUM, "distribution severity"),
        (
            {
                "affected": [
                    {"package": {"ecosystem": "Debian:12", "name": "x"}, "ecosystem_specific": {"urgency": "low"}}
                ]
            },
            Level.LOW,
            "distribution severity",
        ),
        (
            {
                "affected": [
                    {
                        "package": {"ecosystem": "Ubuntu:22.04", "name": "x"},
                        "ecosystem_specific": {"ubuntu_priority": "high"},
                    }
                ],
                "severity": [{"type": "CVSS_V3", "score": V3}],
            },
            Level.HIGH,
            "distribution severity",
        ),
        (
            {"database_specific": {"severity": "LOW"}, "severity": [{"type": "CVSS_V3", "score": V3}]},
            Level.CRITICAL,
            "cvss",
        ),
        ({"database_specific": {"severity": "MODERATE"}}, Level.MEDIUM, "database severity"),
        ({"database_specific": {"severity": {"odd": 1}}}, None, ""),
        ({"database_specific": {"severity": None, "urgency": "not yet assigned"}}, None, ""),
    ],
)
def test_the_level_is_the_distributions_then_cvss_then_the_databases(
    fields: dict[str, object], level: Level | None, source: str
) -> None:
    """And it always says what it was taken from."""
    found = advisory(**fields)
    assert (found.level, found.level_source) == (level, source)


def test_texts_and_times_are_taken() -> None:
    """Summary as title, details as description, published in UTC."""
    found = advisory(summary=" A flaw ", details="long", published="2026-01-02T03:04:05+01:00", aliases=["CVE-2026-1"])
    assert (found.title, found.description, found.aliases) == ("A flaw", "long", ("CVE-2026-1",))
    assert found.published == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("published", [None, "", "yesterday", "0001-01-01T00:00:00Z"])
def test_a_time_that_says_nothing_is_none(published: str | None) -> None:
    """Go writes its zero time where nothing is known."""
    assert advisory(published=published).published is None


def test_the_vendors_reference_comes_first() -> None:
    """An advisory before a fix before all others, and no address that is no link."""
    links = [("WEB", "https://w"), ("FIX", "https://f"), ("ADVISORY", "javascript:x"), ("ADVISORY", "https://a")]
    assert advisory(references=[{"type": kind, "url": url} for kind, url in links]).reference == "https://a"
    assert advisory(references=None).reference == ""


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"id": 3}', b'{"id": "x", "affected": {}}', b"\xff"])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    """With msgspec's own error, which the reader counts."""
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode(data)


def linux(identity: str, /, **more: object) -> tuple[object, dict[str, int]]:
    """A record about an AlmaLinux package, and what was left out."""
    package = {"ecosystem": "AlmaLinux:9", "name": "openssl"}
    part = {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2-1"}]}]}
    skipped: Counter[str] = Counter()
    record = decode(json.dumps({"id": identity, "affected": [part], **more}).encode())
    return advisory_of(record, skipped), dict(skipped)


@pytest.mark.parametrize("member", ["related", "upstream"])
def test_a_distributions_advisory_names_what_it_fixes(member: str) -> None:
    """Its own id is the key, the CVEs are among its aliases."""
    found, _ = linux("ALSA-2026:1", **{member: ["CVE-2026-2222", "CVE-2026-1111", "ALSA-2025:9"]})
    assert isinstance(found, Advisory)
    assert (found.key, found.aliases) == ("ALSA-2026:1", ("CVE-2026-1111", "CVE-2026-2222"))


def test_an_advisory_about_a_bug_is_no_vulnerability() -> None:
    """Unless it fixes one all the same."""
    assert linux("ALBA-2026:1") == (None, {"advisories about no vulnerability": 1})
    assert isinstance(linux("ALBA-2026:1", related=["CVE-2026-1111"])[0], Advisory)
