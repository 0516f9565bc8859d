"""The changelog inside a .deb."""

import gzip
import lzma
import shutil
from pathlib import Path

import pytest

from debian_archive import ar_bytes, changelog_text, deb_bytes, tar_bytes, with_changelog
from hostward.scanners.vul import deb
from hostward.scanners.vul.deb import Damaged, changelog, unpack

TEXT = changelog_text("tool", ("1.0-2", "high", "Fix CVE-2026-1111."))
needs_dpkg_deb = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")


def read(tmp_path: Path, data: bytes) -> bytes | None:
    """The changelog of a .deb with this content."""
    path = tmp_path / "x.deb"
    path.write_bytes(data)
    return changelog(path)


@needs_dpkg_deb
def test_the_debian_changelog_is_found(tmp_path: Path) -> None:
    """Unpacked, wherever it stands among the files."""
    files = {"./usr/bin/tool": b"x" * 5000, **with_changelog("tool", TEXT), "./usr/share/zzz": b"y"}
    assert read(tmp_path, deb_bytes(files=files)) == TEXT


@needs_dpkg_deb
def test_debians_changelog_wins_over_the_authors(tmp_path: Path) -> None:
    """Also when the author's stands first."""
    files = {"./usr/share/doc/tool/changelog.gz": gzip.compress(b"upstream"), **with_changelog("tool", TEXT)}
    assert read(tmp_path, deb_bytes(files=files)) == TEXT


@needs_dpkg_deb
@pytest.mark.parametrize(
    ("name", "packed"), [("changelog.gz", True), ("changelog", False), ("changelog.Debian", False)]
)
def test_other_names_of_the_changelog_are_read(tmp_path: Path, name: str, packed: bool) -> None:
    """A package that is Debian's own has a plain changelog; small ones may be uncompressed."""
    data = gzip.compress(TEXT) if packed else TEXT
    assert read(tmp_path, deb_bytes(files={f"./usr/share/doc/tool/{name}": data})) == TEXT


@needs_dpkg_deb
def test_a_link_to_anothers_documentation_carries_none(tmp_path: Path) -> None:
    """Links are never followed, neither of the folder nor of the file."""
    links = {"./usr/share/doc/tool": "other", "./usr/share/doc/x/changelog.Debian.gz": "/etc/passwd"}
    assert read(tmp_path, deb_bytes(files={"./usr/bin/tool": b"x"}, links=links)) is None


@needs_dpkg_deb
@pytest.mark.parametrize("place", ["./usr/share/doc/changelog.gz", "./opt/doc/tool/changelog.Debian.gz", "./x"])
def test_a_changelog_elsewhere_is_not_taken(tmp_path: Path, place: str) -> None:
    """Only Policy's place counts."""
    assert read(tmp_path, deb_bytes(files={place: gzip.compress(TEXT)})) is None


@needs_dpkg_deb
def test_long_names_are_read(tmp_path: Path) -> None:
    """GNU's long names carry what does not fit into a header, and end with the member they belong to."""
    long = "./usr/share/" + "n" * 150
    name = "p" * 90
    files = {long: b"x", f"./usr/share/doc/{name}/changelog.Debian.gz": gzip.compress(TEXT)}
    assert read(tmp_path, deb_bytes(files=files)) == TEXT


@needs_dpkg_deb
def test_a_damaged_changelog_is_said(tmp_path: Path) -> None:
    """Neither taken for none nor half read."""
    files = {"./usr/share/doc/tool/changelog.Debian.gz": gzip.compress(TEXT)[:-12]}
    with pytest.raises(Damaged, match="cut short"):
        read(tmp_path, deb_bytes(files=files))


@needs_dpkg_deb
def test_what_is_no_package_carries_nothing(tmp_path: Path) -> None:
    """dpkg-deb refuses it, and there is nothing to read."""
    assert read(tmp_path, b"not a package") is None
    assert read(tmp_path, deb_bytes(files=with_changelog("tool", TEXT))[:200]) is None


@needs_dpkg_deb
def test_a_member_without_a_size_is_damage(tmp_path: Path) -> None:
    """The rest of the archive can't be found then."""
    tar = bytearray(tar_bytes({"./usr/bin/x": b"x"}, {}))
    tar[124:136] = b"z" * 12
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": gzip.compress(tar_bytes({"./control": b"Package: x\nVersion: 1\n"}, {})),
        "data.tar.xz": lzma.compress(bytes(tar)),
    }
    with pytest.raises(Damaged, match="without a size"):
        read(tmp_path, ar_bytes(members))


@needs_dpkg_deb
def test_an_archive_that_unpacks_to_too_much_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb ends at the limit."""
    monkeypatch.setattr(deb, "MAX_UNPACKED", 200_000)
    with pytest.raises(Damaged, match="too large"):
        read(tmp_path, deb_bytes(files={"./usr/bomb": b"\0" * 2_000_000, **with_changelog("tool", TEXT)}))


@needs_dpkg_deb
def test_an_oversized_changelog_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the size in its header, before anything of it is kept."""
    monkeypatch.setattr(deb, "MAX_PACKED_CHANGELOG", 10)
    assert read(tmp_path, deb_bytes(files=with_changelog("tool", TEXT))) is None


@pytest.mark.parametrize(
    "data", [b"", b"plain text", gzip.compress(TEXT)[:20]], ids=["nothing", "no gzip", "cut short"]
)
def test_what_is_no_whole_gzip_is_damage(data: bytes) -> None:
    """Empty, another format, cut off."""
    with pytest.raises(Damaged):
        unpack(data)


def test_a_gzip_bomb_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacking stops at the limit."""
    monkeypatch.setattr(deb, "MAX_CHANGELOG", 1000)
    with pytest.raises(Damaged, match="too large"):
        unpack(gzip.compress(b"\0" * 1_000_000))
