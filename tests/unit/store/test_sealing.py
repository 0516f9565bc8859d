"""Secrets at rest."""

import os
import stat
from pathlib import Path

import pytest

from hostward.domain.errors import DataDirectoryError
from hostward.store.sealing import KEY_FILE, Sealer, key_of

KEY = bytes(range(32))


def test_a_sealed_secret_opens_for_its_owner() -> None:
    """What goes in comes out."""
    sealer = Sealer(KEY)
    assert sealer.open(sealer.seal(b"secret", "api_key:1"), "api_key:1") == b"secret"


def test_a_secret_is_never_sealed_alike_twice() -> None:
    """Equal secrets can not be told by their sealed bytes, and those do not hold the secret."""
    sealer = Sealer(KEY)
    sealed = {sealer.seal(b"secret", "a") for _ in range(20)}
    assert (len(sealed), any(b"secret" in each for each in sealed)) == (20, False)


@pytest.mark.parametrize("owner", ["api_key:2", ""])
def test_a_secret_does_not_open_for_another_owner(owner: str) -> None:
    """Sealed values can not be swapped between rows."""
    sealer = Sealer(KEY)
    with pytest.raises(DataDirectoryError):
        sealer.open(sealer.seal(b"secret", "api_key:1"), owner)


def test_a_secret_does_not_open_with_another_key() -> None:
    """The message says which file to restore."""
    sealed = Sealer(KEY).seal(b"secret", "a")
    with pytest.raises(DataDirectoryError, match=KEY_FILE):
        Sealer(KEY[::-1]).open(sealed, "a")


@pytest.mark.parametrize("place", range(8))
def test_a_changed_secret_does_not_open(place: int) -> None:
    """Every part is guarded: version, nonce, text and tag."""
    sealer = Sealer(KEY)
    sealed = bytearray(sealer.seal(b"secret", "a"))
    sealed[place * len(sealed) // 8] ^= 1
    with pytest.raises(DataDirectoryError):
        sealer.open(bytes(sealed), "a")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(20)])
def test_bytes_that_were_never_sealed_do_not_open(sealed: bytes) -> None:
    """Truncated values are refused, not crashed on."""
    with pytest.raises(DataDirectoryError):
        Sealer(KEY).open(sealed, "a")


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_32_bytes(size: int) -> None:
    """Other keys are refused at once."""
    with pytest.raises(DataDirectoryError, match="32"):
        Sealer(bytes(size))


def test_a_key_is_made_on_first_use_and_kept(tmp_path: Path) -> None:
    """32 random bytes in a file for its owner alone; the second use reads them."""
    key = key_of(tmp_path)
    mode = stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode)
    assert (len(key), mode, key_of(tmp_path), [path.name for path in tmp_path.iterdir()]) == (
        32,
        0o600,
        key,
        [KEY_FILE],
    )


def test_a_key_is_private_whatever_the_umask(tmp_path: Path) -> None:
    """A careless umask opens nothing."""
    before = os.umask(0)
    try:
        key_of(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """With the command that closes it."""
    key_of(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(DataDirectoryError, match="chmod 600"):
        key_of(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """Never replaced: it may be all that opens the secrets."""
    (tmp_path / KEY_FILE).write_bytes(content)
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(DataDirectoryError, match="damaged"):
        key_of(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_a_link_is_no_key(tmp_path: Path) -> None:
    """A link may lead to a file that somebody else chose."""
    (tmp_path / "other").write_bytes(KEY)
    (tmp_path / KEY_FILE).symlink_to("other")
    with pytest.raises(DataDirectoryError):
        key_of(tmp_path)


def test_a_pipe_is_no_key(tmp_path: Path) -> None:
    """It is refused at once instead of waited for."""
    os.mkfifo(tmp_path / KEY_FILE, 0o600)
    with pytest.raises(DataDirectoryError, match="plain file"):
        key_of(tmp_path)


def test_a_folder_that_is_not_there_has_no_key(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(DataDirectoryError, match=KEY_FILE):
        key_of(tmp_path / "nowhere")
