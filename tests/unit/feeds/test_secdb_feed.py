"""Security databases in Alpine's form as a feed."""

import json
from pathlib import Path

import pytest

from hostward.domain.advisory import Advisory, Affected
from hostward.domain.errors import FeedError
from hostward.feeds.contract import Reading
from hostward.feeds.secdb import SECDB
from hostward.feeds.table import feed_of

ALPINE = {"distroversion": "v3.20", "reponame": "main", "urlprefix": "https://dl-cdn.alpinelinux.org/alpine"}
WOLFI = {"reponame": "os", "urlprefix": "https://packages.wolfi.dev"}


def written(tmp_path: Path, head: dict[str, str], **packages: dict[str, list[str]]) -> Path:
    """A database with these packages and their fixes."""
    path = tmp_path / "main.json"
    entries = [{"pkg": {"name": name, "secfixes": fixes}} for name, fixes in packages.items()]
    path.write_text(json.dumps({**head, "packages": entries}))
    return path


def read(path: Path) -> tuple[list[Advisory], Reading]:
    """What is read, and the reading."""
    reading = SECDB.read(path)
    return list(reading), reading


def test_fixes_become_ranges(tmp_path: Path) -> None:
    """One advisory a vulnerability over all packages; what was never affected is none."""
    fixes = {"1.2-r3": ["CVE-2026-1111 ALPINE-13661"], "0": ["CVE-2026-2222"]}
    found, reading = read(written(tmp_path, ALPINE, openssl=fixes, other={"2.0-r0": ["CVE-2026-1111"]}))
    [advisory] = found
    assert (advisory.key, advisory.aliases, advisory.level) == ("CVE-2026-1111", ("ALPINE-13661",), None)
    assert advisory.affected == (
        Affected(ecosystem="Alpine:v3.20", name="openssl", fixed="1.2-r3"),
        Affected(ecosystem="Alpine:v3.20", name="other", fixed="2.0-r0"),
    )
    assert reading.ecosystems == {"Alpine:v3.20"}


def test_other_distributions_use_the_same_form(tmp_path: Path) -> None:
    """They are told by where their packages are."""
    found, _ = read(written(tmp_path, WOLFI, go={"1-r0": ["GHSA-rq3x-83w4-p28c"]}))
    assert [(each.key, each.affected[0].ecosystem) for each in found] == [("GHSA-rq3x-83w4-p28c", "Wolfi")]


def test_what_has_no_id_is_counted(tmp_path: Path) -> None:
    """Words of people are no vulnerability."""
    found, reading = read(written(tmp_path, ALPINE, a={"1-r0": ["fixed something"], "2-r0": ["CVE-2026-1"]}))
    assert (found, dict(reading.skipped)) == ([], {"fixes without an id": 2})


def test_it_is_known_by_its_content(tmp_path: Path) -> None:
    """The packages and their fixes."""
    assert feed_of(written(tmp_path, ALPINE, a={"1-r0": ["CVE-2026-1111"]})).name == "alpine"


@pytest.mark.parametrize("content", ['{"packages": [', '{"packages": [], "urlprefix": "https://example.org"}', "[]"])
def test_what_can_not_be_used_is_refused(tmp_path: Path, content: str) -> None:
    """Damaged, or of a distribution nobody knows."""
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(FeedError):
        SECDB.read(path)
