"""Debian's security tracker as a feed."""

import gzip
import json
from pathlib import Path

import pytest

from hostward.domain.advisory import Affected, FixStatus
from hostward.domain.errors import FeedError
from hostward.domain.severity import Level
from hostward.feeds import debian
from hostward.feeds.contract import Reading
from hostward.feeds.debian import DEBIAN


def release(status: str = "resolved", fixed: str = "1.2-3", /, **more: object) -> object:
    """What one release says about a CVE."""
    found = {"status": status, "urgency": "not yet assigned", "repositories": {"bookworm": "1.2-1"}, **more}
    return {**found, "fixed_version": fixed} if fixed else found


def record(description: str = "A flaw. It is bad.", /, **releases: object) -> object:
    """A CVE's record of one package."""
    return {"scope": "local", "description": description, "releases": releases}


def read(tmp_path: Path, data: object) -> Reading:
    """The reading of a tracker file with this content."""
    path = tmp_path / "tracker.json"
    path.write_text(json.dumps(data))
    return DEBIAN.read(path)


def only(tmp_path: Path, **releases: object) -> tuple[Affected, ...]:
    """What is affected by a CVE with these releases."""
    [advisory] = read(tmp_path, {"openssl": {"CVE-2026-1111": record(**releases)}})
    return advisory.affected


def test_a_record_becomes_an_advisory(tmp_path: Path) -> None:
    """With its key, texts, reference, level and what is affected."""
    data = {"openssl": {"CVE-2026-1111": record(bookworm=release(urgency="high"))}}
    [found] = read(tmp_path, data)
    assert (found.feed, found.id, found.key) == ("debian", "CVE-2026-1111", "CVE-2026-1111")
    assert (found.title, found.description) == ("A flaw.", "A flaw. It is bad.")
    assert (found.level, found.level_source) == (Level.HIGH, "debian urgency")
    assert found.reference.endswith("/tracker/CVE-2026-1111")
    assert found.affected == (Affected(ecosystem="Debian:12", name="openssl", fixed="1.2-3"),)


def test_one_advisory_holds_all_packages_of_a_cve(tmp_path: Path) -> None:
    """The tracker is grouped by package; ids stay unique."""
    entry = {"CVE-2026-1111": record(bookworm=release())}
    reading = read(tmp_path, {"a": entry, "b": {**entry, "CVE-2026-2222": record(bookworm=release())}})
    assert [(each.id, [part.name for part in each.affected]) for each in reading] == [
        ("CVE-2026-1111", ["a", "b"]),
        ("CVE-2026-2222", ["b"]),
    ]
    assert reading.records == 2


def test_each_release_has_its_own_range(tmp_path: Path) -> None:
    """By version number; sid has none."""
    found = only(
        tmp_path, bookworm=release("resolved", "1"), trixie=release("resolved", "2"), sid=release("resolved", "3")
    )
    assert [(each.ecosystem, each.fixed) for each in found] == [("Debian:12", "1"), ("Debian:13", "2")]


def test_fixed_version_zero_is_not_affected(tmp_path: Path) -> None:
    """The release never had the flaw; it is covered all the same."""
    reading = read(tmp_path, {"x": {"CVE-2026-1111": record(bookworm=release("resolved", "0"))}})
    assert [each.affected for each in reading] == [()]
    assert reading.ecosystems == {"Debian:12"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, FixStatus.UNFIXED),
        ({"nodsa": "Minor issue", "nodsa_reason": ""}, FixStatus.UNFIXED),
        ({"nodsa": "Minor issue", "nodsa_reason": "postponed"}, FixStatus.UNFIXED),
        ({"nodsa": "Minor issue", "nodsa_reason": "ignored"}, FixStatus.WONT_FIX),
        ({"nodsa": "Minor issue", "nodsa_reason": None}, FixStatus.UNFIXED),
        ({"urgency": "end-of-life"}, FixStatus.END_OF_LIFE),
    ],
)
def test_an_open_flaw_has_no_fix_and_a_status(tmp_path: Path, more: dict[str, object], expected: FixStatus) -> None:
    """Not yet, not any more, or never."""
    [found] = only(tmp_path, bookworm=release("open", "", **more))
    assert (found.fixed, found.status) == ("", expected)


def test_an_undetermined_flaw_is_counted_and_not_claimed(tmp_path: Path) -> None:
    """Debian does not know whether the release is affected."""
    reading = read(tmp_path, {"x": {"CVE-2026-1111": record(bookworm=release("undetermined", ""))}})
    assert [each.affected for each in reading] == [()]
    assert reading.skipped == {"entries that Debian calls undetermined": 1}


@pytest.mark.parametrize("broken", [release("resolved", ""), release("strange", "1"), release("", "")])
def test_a_status_that_says_nothing_is_counted(tmp_path: Path, broken: object) -> None:
    """It is neither affected nor safe."""
    reading = read(tmp_path, {"x": {"CVE-2026-1111": record(bookworm=broken)}})
    assert [each.affected for each in reading] == [()]
    assert reading.skipped == {"entries without a usable status": 1}


@pytest.mark.parametrize(
    ("urgencies", "expected"),
    [
        (["not yet assigned"], None),
        (["unimportant"], Level.LOW),
        (["low**", "medium*"], Level.MEDIUM),
        (["high", "low"], Level.HIGH),
        (["end-of-life"], None),
    ],
)
def test_the_level_is_the_highest_urgency(tmp_path: Path, urgencies: list[str], expected: Level | None) -> None:
    """Over all releases; words that say nothing give none."""
    releases = dict(zip(["bookworm", "trixie"], (release(urgency=word) for word in urgencies), strict=False))
    [found] = read(tmp_path, {"x": {"CVE-2026-1111": record(**releases)}})
    assert found.level is expected
    assert (found.level_source == "") is (expected is None)


def test_a_flaw_without_a_cve_keeps_its_temporary_id(tmp_path: Path) -> None:
    """Debian's TEMP names are ids of their own."""
    [found] = read(tmp_path, {"x": {"TEMP-0841856-B18BAF": record(bookworm=release())}})
    assert found.key == "TEMP-0841856-B18BAF"


def test_records_that_cannot_be_read_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    """A bad record, a bad package, a bad id and an unknown release."""
    data = {
        "good": {"CVE-2026-1111": record(bookworm=release())},
        "list": [],
        "bad": {"CVE-2026-1111": {"releases": 3}, "nonsense": record(bookworm=release())},
        "odd": {"CVE-2026-2222": record(narnia=release())},
    }
    reading = read(tmp_path, data)
    assert [(each.id, len(each.affected)) for each in reading] == [("CVE-2026-1111", 1), ("CVE-2026-2222", 0)]
    assert reading.skipped == {
        "packages that can't be read": 1,
        "records that can't be read": 1,
        "records without a CVE or TEMP id": 1,
        "entries of the unknown release 'narnia'": 1,
    }


def test_a_cve_of_which_nothing_can_be_read_is_left_out(tmp_path: Path) -> None:
    """It would say that nothing is affected."""
    reading = read(tmp_path, {"x": {"CVE-2026-1111": []}, "y": {"CVE-2026-2222": record(bookworm=release())}})
    assert [each.id for each in reading] == ["CVE-2026-2222"]


def test_a_long_first_sentence_is_cut(tmp_path: Path) -> None:
    """The title fits a line; the description is whole."""
    [found] = read(tmp_path, {"x": {"CVE-2026-1111": record("word " * 100, bookworm=release())}})
    assert len(found.title) <= debian.MAX_TITLE
    assert found.title.endswith("…")
    assert len(found.description) == 500


def test_gzip_is_read_alike(tmp_path: Path) -> None:
    """Recognized by its content, not its name."""
    path = tmp_path / "tracker"
    path.write_bytes(gzip.compress(json.dumps({"x": {"CVE-2026-1111": record(bookworm=release())}}).encode()))
    assert DEBIAN.sniff(path)
    assert [each.id for each in DEBIAN.read(path)] == ["CVE-2026-1111"]


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused_whole(tmp_path: Path, keep: float) -> None:
    """Before the first advisory is given; half a tracker would look like fixed flaws."""
    text = json.dumps({f"p{number}": {"CVE-2026-1111": record(bookworm=release())} for number in range(50)})
    path = tmp_path / "tracker.json"
    path.write_text(text[: int(len(text) * keep)])
    with pytest.raises(FeedError, match="not a whole Debian tracker file"):
        DEBIAN.read(path)


def test_a_gzip_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    """One clear error for every kind of damage."""
    path = tmp_path / "tracker.gz"
    packed = gzip.compress(json.dumps({"x": {"CVE-2026-1111": record(bookworm=release())}}).encode())
    path.write_bytes(packed[:-10])
    with pytest.raises(FeedError, match="fetch it again"):
        DEBIAN.read(path)


def test_a_gzip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the cap, whatever it would unpack to."""
    monkeypatch.setattr(debian, "MAX_BYTES", 1 << 20)
    path = tmp_path / "tracker.gz"
    path.write_bytes(gzip.compress(b'{"x": {"CVE-' + b" " * (8 << 20)))
    with pytest.raises(FeedError, match="holds more than 1 MiB"):
        DEBIAN.read(path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"id": "CVE-2026-1111"}', '{"x": {"y": {}}}', "nonsense", '{"vulnerabilities": [{}]}']
)
def test_other_files_are_not_taken_for_a_tracker(tmp_path: Path, text: str) -> None:
    """Only a package whose first entry is a CVE looks like one."""
    path = tmp_path / "file"
    path.write_text(text)
    assert not DEBIAN.sniff(path)
