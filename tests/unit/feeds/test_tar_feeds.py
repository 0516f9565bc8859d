"""Tars as feeds: plain and packed ones, long names, and what is none."""

import json
import os
from pathlib import Path
from typing import Literal

import pytest
from tests.support.archives_made import tar_of

from hostward.domain.errors import FeedError
from hostward.feeds import tarred
from hostward.feeds.contract import Reading
from hostward.feeds.osv import OSV
from hostward.feeds.table import feed_of


def record(number: int) -> bytes:
    """An OSV record."""
    package = {"ecosystem": "Ubuntu:22.04:LTS", "name": "tool"}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]
    said = {"id": f"UBUNTU-CVE-2026-000{number}", "modified": "2026-01-01T00:00:00Z", "affected": affected}
    return json.dumps(said).encode()


def none() -> Reading:
    """Where skipped records are counted."""
    return Reading(lambda _: iter(()))


@pytest.mark.parametrize("packed", ["", "gz", "xz", "bz2"])
def test_osv_in_a_tar(tmp_path: Path, packed: Literal["", "gz", "xz", "bz2"]) -> None:
    """As Canonical publishes it; what is no JSON is passed over."""
    path = tmp_path / "osv-all"
    path.write_bytes(tar_of({"osv/README": b"text", "osv/a.json": record(1), "osv/b.json": record(2)}, packed))
    assert feed_of(path) is OSV
    assert [each.key for each in OSV.read(path)] == ["CVE-2026-0001", "CVE-2026-0002"]


def test_long_names_stand_in_members_of_their_own(tmp_path: Path) -> None:
    """They are passed over, and the record after them is read."""
    path = tmp_path / "long.tar"
    path.write_bytes(tar_of({"deep/" * 60 + "a.json": record(1), "b.json": record(2)}))
    assert len(list(tarred.members(path, none()))) == 2


def test_a_tar_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    """Also where the cut is in its packing."""
    whole = tar_of({"a.json": record(1), "b.json": os.urandom(4000)})
    packed = tar_of({"a.json": record(1), "b.json": os.urandom(4000)}, "xz")
    for data in (whole[:3000], packed[: len(packed) // 2], whole[:1024] + b"x" * 600):
        path = tmp_path / "cut.tar"
        path.write_bytes(data)
        with pytest.raises(FeedError, match=r"whole tar|cut short"):
            list(tarred.members(path, none()))


def test_records_and_tars_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One record is left out; too many or too much of them is no feed."""
    path = tmp_path / "large.tar"
    path.write_bytes(tar_of({"a.json": record(1), "b.json": b" " * 5000, "c.json": record(2)}))
    monkeypatch.setattr(tarred, "MAX_RECORD_BYTES", 4000)
    reading = none()
    assert len(list(tarred.members(path, reading))) == 2
    assert reading.skipped == {"records that are too large": 1}
    monkeypatch.setattr(tarred, "MAX_RECORDS", 2)
    with pytest.raises(FeedError, match="more than 2 records"):
        list(tarred.members(path, none()))
    monkeypatch.setattr(tarred, "MAX_TOTAL_BYTES", 4000)
    with pytest.raises(FeedError, match="unpacks to more than"):
        list(tarred.members(path, none()))


def test_what_is_no_tar(tmp_path: Path) -> None:
    """A folder, a pipe, nothing, and bytes that only begin like one."""
    pipe, bytes_ = tmp_path / "pipe", tmp_path / "bytes"
    os.mkfifo(pipe)
    bytes_.write_bytes(b"\xfd7zXZ\x00nothing of the kind")
    assert not any(map(tarred.is_tar, (tmp_path, pipe, tmp_path / "nothing", bytes_)))
    assert tarred.head(bytes_, 100) == b""
