"""One process a data directory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostward.domain.errors import DataDirectoryError
from hostward.store.lock import LOCK_FILE, lock


def test_a_lock_names_its_holder(tmp_path: Path) -> None:
    """Our process id is in the file while we hold it."""
    with lock(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"
    assert (tmp_path / LOCK_FILE).read_text() == ""


def test_a_held_directory_is_refused_with_the_holders_number(tmp_path: Path) -> None:
    """So that the operator knows what to stop."""
    with lock(tmp_path), pytest.raises(DataDirectoryError, match=f"in use by process {os.getpid()}:"):
        lock(tmp_path)


def test_a_released_directory_can_be_taken(tmp_path: Path) -> None:
    """Releasing twice is no matter."""
    held = lock(tmp_path)
    held.release()
    held.release()
    with lock(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"


def test_what_a_dead_process_left_is_no_lock(tmp_path: Path) -> None:
    """A number in the file alone holds nothing, longer ones are overwritten."""
    (tmp_path / LOCK_FILE).write_text("12345678901234567890\n")
    with lock(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"


@pytest.mark.parametrize("content", ["", "not a number", "\ufffd", "-1"])
def test_a_holder_that_can_not_be_told_is_another_process(tmp_path: Path, content: str) -> None:
    """The message stays true."""
    with lock(tmp_path):
        (tmp_path / LOCK_FILE).write_text(content)
        with pytest.raises(DataDirectoryError, match="in use by another process"):
            lock(tmp_path)


def test_a_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    """A child that outlives us has no handle on the file."""
    held = lock(tmp_path)
    code = "print('up', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        held.release()
        with lock(tmp_path):
            child.stdin.write(b"\n")


def test_a_lock_is_gone_with_its_process(tmp_path: Path) -> None:
    """A kill leaves nothing to clean up."""
    code = "import sys, pathlib, os; from hostward.store.lock import lock; lock(pathlib.Path(sys.argv[1])); os._exit(9)"
    source = Path(__file__).parents[3] / "src"
    environment = {**os.environ, "PYTHONPATH": str(source)}
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment).returncode == 9
    with lock(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A lock file never truncates what a link leads to."""
    (tmp_path / "precious").write_text("data")
    (tmp_path / LOCK_FILE).symlink_to("precious")
    with pytest.raises(DataDirectoryError):
        lock(tmp_path)
    assert (tmp_path / "precious").read_text() == "data"


def test_a_folder_that_is_not_there_can_not_be_locked(tmp_path: Path) -> None:
    """The message names it."""
    with pytest.raises(DataDirectoryError, match="nowhere"):
        lock(tmp_path / "nowhere")
