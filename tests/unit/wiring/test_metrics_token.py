"""The file that holds the token of /metrics."""

import os
from pathlib import Path

import pytest

from hostward.domain.errors import HostwardError
from hostward.wiring.metrics_token import read_token


def private(path: Path, data: bytes) -> str:
    """A file that its owner alone may read."""
    path.write_bytes(data)
    path.chmod(0o600)
    return str(path)


def test_no_file_is_no_token() -> None:
    """Which keeps other machines out."""
    assert read_token("") == b""


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"  \n"])
def test_the_token_is_what_stands_in_the_file(tmp_path: Path, end: bytes) -> None:
    """Without the end of its line."""
    assert read_token(private(tmp_path / "t", b"0123456789abcdef" + end)) == b"0123456789abcdef"


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"short", b"0123456789 abcdef", b"0123456789abcdef\nmore", "ä".encode() * 20, b"x" * 5000]
)
def test_what_is_no_token_is_refused(tmp_path: Path, data: bytes) -> None:
    """In words that say what to put there, and without what was there."""
    with pytest.raises(HostwardError, match="holds no token: put 16 or more") as caught:
        read_token(private(tmp_path / "t", data))
    assert data == b"" or repr(data)[2:-1] not in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """As that of a private key is."""
    path = Path(private(tmp_path / "t", b"0123456789abcdef"))
    path.chmod(mode)
    with pytest.raises(HostwardError, match=f"can be read by others .*chmod 600 {path}"):
        read_token(str(path))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    """With the setting that names it."""
    with pytest.raises(HostwardError, match=r"metrics\.token_file .*nowhere can't be read: No such file"):
        read_token(str(tmp_path / "nowhere"))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A server that starts never hangs on it."""
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    with pytest.raises(HostwardError, match="holds no token"):
        read_token(str(path))
