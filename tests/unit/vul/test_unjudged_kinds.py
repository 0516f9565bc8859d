"""Kinds of packages that are counted and not judged yet."""

import struct
from pathlib import Path

import pytest

from hostward.scanners.vul import unjudged
from hostward.scanners.vul.language import Unjudged
from language_trees import looked, write


def program(*sections: bytes, size: int = unjudged.MIN_PROGRAM_BYTES, names_at: int | None = None) -> bytes:
    """A 64-bit ELF file with a table of these section names."""
    names = b"\0" + b"\0".join((*sections, b".shstrtab")) + b"\0"
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, 0, 0, 64, 0, 64, 0, 0, 64, 2, 1)
    table = bytes(64) + struct.pack("<IIQQQQIIQQ", 1, 3, 0, 0, names_at or 192, len(names), 0, 0, 1, 0)
    return (head + table + names).ljust(size, b"\0")


def executable(path: Path, data: bytes, mode: int = 0o755) -> None:
    """A program at this path."""
    write(path, data).chmod(mode)


def found(root: Path) -> list[tuple[str, str]]:
    """Path and kind of what lies below root."""
    items = looked(unjudged.look, root)
    return [(item.path.decode(), item.kind) for item in items if isinstance(item, Unjudged)]


@pytest.mark.parametrize(
    ("section", "kind"),
    [(b".go.buildinfo", unjudged.GO), (b".note.go.buildid", unjudged.GO), (b".dep-v0", unjudged.RUST)],
)
def test_programs_are_told_by_their_sections(tmp_path: Path, section: bytes, kind: str) -> None:
    """Go's own, and the list of crates that cargo-auditable adds."""
    executable(tmp_path / "usr/bin/tool", program(b".text", section))
    assert found(tmp_path) == [("/usr/bin/tool", kind)]


@pytest.mark.parametrize(
    "data",
    [
        program(b".text"),
        program(b".go.buildinfo", size=1000),
        program(b".go.buildinfo", names_at=1 << 40),
        b"\x7fELF\x02\x01" + b"\xff" * unjudged.MIN_PROGRAM_BYTES,
        b"\x7fELF\x01\x01" + bytes(unjudged.MIN_PROGRAM_BYTES),
        b"#!/bin/sh\n" + b"#" * unjudged.MIN_PROGRAM_BYTES,
    ],
)
def test_other_programs_and_damaged_ones_are_nothing(tmp_path: Path, data: bytes) -> None:
    """Nothing is read outside of the file, and nothing raises."""
    executable(tmp_path / "tool", data)
    assert found(tmp_path) == []


def test_files_that_are_not_executable_are_not_opened(tmp_path: Path) -> None:
    """Nor those with a dot in the name."""
    executable(tmp_path / "tool", program(b".go.buildinfo"), 0o644)
    executable(tmp_path / "lib.so", program(b".go.buildinfo"))
    assert found(tmp_path) == []


def test_links_to_programs_count_once(tmp_path: Path) -> None:
    """The file itself does."""
    executable(tmp_path / "tool", program(b".go.buildinfo"))
    (tmp_path / "alias").symlink_to("tool")
    assert found(tmp_path) == [("/tool", unjudged.GO)]


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("opt/app/lib/a.jar", unjudged.JAVA),
        ("srv/a.war", unjudged.JAVA),
        ("srv/a.ear", unjudged.JAVA),
        ("var/lib/gems/3.1.0/specifications/rack-2.0.gemspec", unjudged.RUBY),
        ("usr/lib/ruby/gems/3.1.0/specifications/default/json-2.gemspec", unjudged.RUBY),
        ("srv/www/vendor/composer/installed.json", unjudged.PHP),
        ("srv/web/yarn.lock", unjudged.LOCKS),
        ("srv/web/pnpm-lock.yaml", unjudged.LOCKS),
    ],
)
def test_other_ecosystems_are_told_by_name(tmp_path: Path, place: str, kind: str) -> None:
    """Each with its path, so that a distribution may own it."""
    write(tmp_path / place)
    assert found(tmp_path) == [(f"/{place}", kind)]


@pytest.mark.parametrize(
    "place",
    [
        "srv/src/rack.gemspec",
        "srv/installed.json",
        "srv/a.jar.txt",
        "srv/node_modules/a/yarn.lock",
        "srv/composer.json",
    ],
)
def test_names_alone_do_not_make_them(tmp_path: Path, place: str) -> None:
    """The place counts too."""
    write(tmp_path / place)
    assert found(tmp_path) == []


def test_a_lock_file_beside_what_is_installed_says_nothing_new(tmp_path: Path) -> None:
    """What lies in node_modules is judged."""
    write(tmp_path / "web/yarn.lock")
    (tmp_path / "web/node_modules").mkdir()
    assert found(tmp_path) == []
