"""Kinds of packages that are counted and not judged yet."""

from pathlib import Path

import pytest

from hostward.scanners.vul import unjudged
from hostward.scanners.vul.language import Unjudged
from language_trees import looked, write


@pytest.mark.parametrize("name", ["yarn.lock", "pnpm-lock.yaml"])
def test_lock_files_that_are_not_read_are_counted(tmp_path: Path, name: str) -> None:
    """Each with its path, so that a distribution may own it."""
    write(tmp_path / "srv/web" / name)
    assert looked(unjudged.look, tmp_path) == [Unjudged(path=f"/srv/web/{name}".encode(), kind=unjudged.LOCKS)]


def test_a_lock_file_beside_what_is_installed_says_nothing_new(tmp_path: Path) -> None:
    """What lies in node_modules is judged."""
    write(tmp_path / "web/yarn.lock")
    (tmp_path / "web/node_modules").mkdir()
    write(tmp_path / "srv/node_modules/a/yarn.lock")
    assert looked(unjudged.look, tmp_path) == []
