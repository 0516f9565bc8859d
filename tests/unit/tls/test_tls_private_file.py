"""Private files are replaced whole, and are private from the first byte on."""

import os
from pathlib import Path
from stat import S_IMODE

import pytest

from hostward.runtime import private_file


def test_a_new_file_is_the_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0)
    try:
        private_file.replace(tmp_path / "key", b"secret")
    finally:
        os.umask(before)
    assert S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_the_old_file_is_replaced_and_not_written_into(tmp_path: Path) -> None:
    """Who has it open reads the old content to its end."""
    path = tmp_path / "key"
    path.write_bytes(b"old")
    with path.open("rb") as open_file:
        private_file.replace(path, b"new")
        assert (open_file.read(), path.read_bytes()) == (b"old", b"new")


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """What it leads to stays as it was."""
    other = tmp_path / "other"
    other.write_bytes(b"untouched")
    (tmp_path / "key").symlink_to(other)
    private_file.replace(tmp_path / "key", b"new")
    assert (other.read_bytes(), (tmp_path / "key").is_symlink()) == (b"untouched", False)


@pytest.mark.parametrize("left", ["file", "link"])
def test_what_a_crash_left_behind_is_in_nobodys_way(tmp_path: Path, left: str) -> None:
    """Nor is it written through."""
    other = tmp_path / "other"
    other.write_bytes(b"untouched")
    if left == "file":
        (tmp_path / "key.new").write_bytes(b"half")
    else:
        (tmp_path / "key.new").symlink_to(other)
    private_file.replace(tmp_path / "key", b"new")
    assert ((tmp_path / "key").read_bytes(), other.read_bytes(), (tmp_path / "key.new").exists()) == (
        b"new", b"untouched", False,
    )  # fmt: skip


def test_without_its_folder_there_is_an_error(tmp_path: Path) -> None:
    """And no trace."""
    with pytest.raises(FileNotFoundError):
        private_file.replace(tmp_path / "none" / "key", b"new")
