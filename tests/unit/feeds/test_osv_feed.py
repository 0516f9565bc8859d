"""OSV files: zips, folders, single records, and all kinds of damage."""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from hostward.domain.errors import FeedError
from hostward.feeds import zipped as zips
from hostward.feeds.osv import OSV
from hostward.feeds.table import FEEDS, feed_of


def record(identity: str = "DEBIAN-CVE-2026-1111", **more: object) -> bytes:
    """A record that affects one package of Debian 12."""
    events = [{"introduced": "0"}, {"fixed": "1"}]
    part = {"package": {"ecosystem": "Debian:12", "name": "x"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return json.dumps({"id": identity, "modified": "2026-01-01T00:00:00Z", "affected": [part], **more}).encode()


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def many(count: int) -> dict[str, bytes]:
    """That many records."""
    return {f"{number}.json": record(f"CVE-2026-{1000 + number}") for number in range(count)}


def test_a_zip_is_read(tmp_path: Path) -> None:
    """Records alone, and which ecosystems they speak of."""
    path = zipped(tmp_path / "all.zip", {**many(3), "README.md": b"x", "inner.zip": b"x"})
    reading = OSV.read(path)
    assert [each.id for each in reading] == ["CVE-2026-1000", "CVE-2026-1001", "CVE-2026-1002"]
    assert (reading.records, reading.ecosystems, reading.skipped) == (3, {"Debian:12"}, {})


def test_nothing_is_unpacked_to_disk(tmp_path: Path) -> None:
    """Reading leaves the folder as it was."""
    path = zipped(tmp_path / "all.zip", {"../../evil.json": record()})
    assert len(list(OSV.read(path))) == 1
    assert [each.name for each in tmp_path.rglob("*")] == ["all.zip"]


def test_a_folder_is_read_with_its_zips(tmp_path: Path) -> None:
    """As osv.dev lays them out, one folder an ecosystem; other files are no records."""
    (tmp_path / "npm").mkdir()
    (tmp_path / "npm/a.json").write_bytes(record("CVE-2026-0001"))
    zipped(tmp_path / "npm/all.zip", {"b.json": record("CVE-2026-0002")})
    (tmp_path / "notes.txt").write_text("x")
    assert [each.id for each in OSV.read(tmp_path)] == ["CVE-2026-0001", "CVE-2026-0002"]


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """Neither to files nor to folders outside."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.json").write_bytes(record("CVE-2026-0009"))
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "a.json").write_bytes(record())
    (folder / "b.json").symlink_to("../outside/secret.json")
    (folder / "c").symlink_to("../outside")
    os.mkfifo(folder / "d.json")
    assert [each.id for each in OSV.read(folder)] == ["DEBIAN-CVE-2026-1111"]


def test_a_folder_that_is_too_deep_is_not_gone_into(tmp_path: Path) -> None:
    """The depth has a limit."""
    deep = tmp_path.joinpath(*"abcdefgh")
    deep.mkdir(parents=True)
    (deep / "a.json").write_bytes(record())
    (tmp_path / "b.json").write_bytes(record("CVE-2026-0001"))
    assert [each.id for each in OSV.read(tmp_path)] == ["CVE-2026-0001"]


def test_a_single_record_is_read(tmp_path: Path) -> None:
    """Plain JSON."""
    (tmp_path / "one.json").write_bytes(record())
    assert [each.key for each in OSV.read(tmp_path / "one.json")] == ["CVE-2026-1111"]


def test_bad_records_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    """Broken JSON, broken text, a wrong shape, one that was withdrawn."""
    members = {
        "a.json": b"{",
        "b.json": b'{"id": "\xff"}',
        "c.json": b"[]",
        "d.json": record("CVE-2026-0004", withdrawn="2026-01-01T00:00:00Z"),
        "e.json": record("CVE-2026-0005"),
    }
    reading = OSV.read(zipped(tmp_path / "all.zip", members))
    assert [each.id for each in reading] == ["CVE-2026-0005"]
    assert reading.skipped == {"records that can't be read": 3, "withdrawn records": 1}


def test_an_id_is_given_once(tmp_path: Path) -> None:
    """A second record of the same id is counted."""
    reading = OSV.read(zipped(tmp_path / "all.zip", {"a.json": record(), "b.json": record()}))
    assert len(list(reading)) == 1
    assert reading.skipped == {"records with an id that was there before": 1}


def test_a_large_member_is_counted_and_not_unpacked_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb costs its cap and no more."""
    monkeypatch.setattr(zips, "MAX_RECORD_BYTES", 10_000)
    reading = OSV.read(zipped(tmp_path / "all.zip", {"bomb.json": b" " * 5_000_000, "a.json": record()}))
    assert len(list(reading)) == 1
    assert reading.skipped == {"records that are too large": 1}


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when each member is small."""
    monkeypatch.setattr(zips, "MAX_TOTAL_BYTES", 500)
    with pytest.raises(FeedError, match="unpacks to more than"):
        list(OSV.read(zipped(tmp_path / "all.zip", many(5))))


def test_a_zip_with_too_many_records_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first is read."""
    monkeypatch.setattr(zips, "MAX_RECORDS", 4)
    with pytest.raises(FeedError, match="more than 4 records"):
        list(OSV.read(zipped(tmp_path / "all.zip", many(5))))


def test_a_huge_list_of_members_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the size that the end record gives."""
    monkeypatch.setattr(zips, "MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(FeedError, match="list of members"):
        list(OSV.read(zipped(tmp_path / "all.zip", many(5))))


def test_a_damaged_member_is_counted(tmp_path: Path) -> None:
    """Its checksum does not fit; the others are read."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.json", record("CVE-2026-0001"))
        archive.writestr("b.json", record("CVE-2026-0002"))
    path.write_bytes(path.read_bytes().replace(b"CVE-2026-0001", b"CVE-2026-9999", 1))
    reading = OSV.read(path)
    assert [each.id for each in reading] == ["CVE-2026-0002"]
    assert reading.skipped == {"damaged records": 1}


def test_an_encrypted_member_is_counted(tmp_path: Path) -> None:
    """There is no password to ask for."""
    path = zipped(tmp_path / "all.zip", {"a.json": record("CVE-2026-0001"), "b.json": record("CVE-2026-0002")})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    reading = OSV.read(path)
    assert [each.id for each in reading] == ["CVE-2026-0002"]
    assert reading.skipped == {"encrypted records": 1}


@pytest.mark.parametrize("keep", [0.2, 0.7, 0.99])
def test_a_zip_that_was_cut_off_is_one_clear_error(tmp_path: Path, keep: float) -> None:
    """Wherever it was cut."""
    path = zipped(tmp_path / "all.zip", many(20))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(FeedError, match="not a whole zip"):
        list(OSV.read(path))


@pytest.mark.parametrize("members", [{}, {"x.txt": b"x"}, {"a.json": b"{"}])
def test_a_zip_without_a_record_is_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    """An empty feed is no feed; it says why."""
    with pytest.raises(FeedError, match="holds no OSV record"):
        list(OSV.read(zipped(tmp_path / "all.zip", {"pad.txt": b"", **members})))


def test_a_feed_of_withdrawn_records_alone_is_read(tmp_path: Path) -> None:
    """It is whole and has nothing to say."""
    withdrawn = record(withdrawn="2026-01-01T00:00:00Z")
    assert list(OSV.read(zipped(tmp_path / "all.zip", {"a.json": withdrawn}))) == []


def test_feeds_know_their_own(tmp_path: Path) -> None:
    """By content; a folder by what is in it."""
    zipped(tmp_path / "any.name", many(1))
    (tmp_path / "one.json").write_bytes(record())
    (tmp_path / "tracker.json").write_text('{"x": {"CVE-2026-1111": {"releases": {}}}}')
    names = [feed_of(tmp_path / name).name for name in ("any.name", "one.json", "tracker.json", ".")]
    assert names == ["osv", "osv", "debian", "osv"]
    assert [feed.name for feed in FEEDS] == [
        "debian",
        "alpine",
        "kev",
        "epss",
        "nvd",
        "cve",
        "ubuntu-vex",
        "redhat-vex",
        "amazon",
        "oracle",
        "osv",
    ]


@pytest.mark.parametrize("name", ["missing", "empty", "text", "fifo", "folder", "other.json"])
def test_what_no_feed_knows_is_refused(tmp_path: Path, name: str) -> None:
    """With the formats that are read; nothing is waited for."""
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("hello")
    (tmp_path / "folder").mkdir()
    (tmp_path / "other.json").write_text('{"cveMetadata": {"id": 1}}')
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(
        FeedError,
        match=r"formats that are read \(debian, alpine, kev, epss, nvd, cve, ubuntu-vex, redhat-vex, amazon, oracle",
    ):
        feed_of(tmp_path / name)
