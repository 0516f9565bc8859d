"""No tree of links leads out of the root, and resolution agrees with the kernel's own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostward.scanners.baseline.rootfs import RootFs

parts = st.sampled_from(["a", "b", "c", "..", ".", "", "/"])
targets = st.lists(parts, min_size=1, max_size=6).map("/".join)
links = st.lists(st.tuples(st.sampled_from(["l1", "l2", "a/l3", "a/b/l4"]), targets), max_size=4)
asked = st.lists(st.sampled_from(["a", "b", "..", ".", "l1", "l2", "l3", "l4", "file"]), min_size=1, max_size=6)


@contextmanager
def _tree(made: list[tuple[str, str]]) -> Iterator[Path]:
    """A root beside a secret, with folders, files named by their place, and the given links."""
    top = Path(tempfile.mkdtemp())
    try:
        (top / "file").write_text("outside")
        (top / "root/a/b").mkdir(parents=True)
        for folder in ("", "a", "a/b"):
            (top / "root" / folder / "file").write_text(f"inside {folder}")
        for name, target in made:
            link = top / "root" / name
            if not link.is_symlink() and target:
                link.symlink_to(target)
        yield top / "root"
    finally:
        shutil.rmtree(top)


@given(links, asked)
@settings(max_examples=150, deadline=None)
def test_nothing_outside_is_ever_read(made: list[tuple[str, str]], path: list[str]) -> None:
    """Whatever links there are and whatever is asked for."""
    with _tree(made) as root:
        try:
            content = RootFs(root).read("/" + "/".join(path))
        except OSError:
            return
        assert content.startswith(b"inside")


@given(links, asked)
@settings(max_examples=150, deadline=None)
def test_lstat_stays_inside(made: list[tuple[str, str]], path: list[str]) -> None:
    """What is described is on the list of files inside."""
    with _tree(made) as root:
        inside = {entry.lstat().st_ino for entry in [root, *root.rglob("*")]}
        try:
            found = RootFs(root).lstat("/" + "/".join(path))
        except OSError:
            return
        assert found.st_ino in inside


@pytest.mark.skipif(os.geteuid() != 0, reason="chroot, the kernel's own answer to compare with, is root's")
@given(links, asked)
@settings(max_examples=60, deadline=None)
def test_reading_agrees_with_a_real_chroot(made: list[tuple[str, str]], path: list[str]) -> None:
    """The kernel resolves the same path with the root as its own."""
    asked_path = "/" + "/".join(path)
    with _tree(made) as root:
        assert _ours(root, asked_path) == _in_chroot(root, asked_path)


def _ours(root: Path, path: str) -> bytes | None:
    try:
        return RootFs(root).read(path)
    except OSError:
        return None


def _in_chroot(root: Path, path: str) -> bytes | None:
    """Read in a child that has root as its root folder; an empty answer stands for "can't be read"."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chroot(root)
            os.chdir("/")
            os.write(writing, Path(path).read_bytes())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    return content or None
