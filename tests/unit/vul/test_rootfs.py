"""Reading below a root that may be hostile."""

import os
from pathlib import Path

import pytest

from hostward.scanners.vul import rootfs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with a secret beside it."""
    (tmp_path / "secret").write_bytes(b"outside")
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "usr/lib").mkdir(parents=True)
    (root / "etc/file").write_bytes(b"inside")
    return root


@pytest.mark.parametrize("path", ["etc/file", "/etc/file", "./etc//file", "etc/../etc/file", "../../etc/file"])
def test_a_file_is_read_however_its_path_is_written(root: Path, path: str) -> None:
    """Two dots end at the root, as in a real root directory."""
    assert rootfs.read(root, path, 100) == b"inside"


@pytest.mark.parametrize("path", ["etc/missing", "nowhere/file", "etc/file/below"])
def test_what_is_not_there_is_none(root: Path, path: str) -> None:
    """A missing file is no error."""
    assert rootfs.read(root, path, 100) is None


@pytest.mark.parametrize("target", ["../usr/lib/os-release", "/usr/lib/os-release", "/usr/../usr/lib/os-release"])
def test_links_are_followed_inside_the_root(root: Path, target: str) -> None:
    """An absolute link means the root's own file, never this machine's."""
    (root / "usr/lib/os-release").write_bytes(b"ID=x")
    (root / "etc/os-release").symlink_to(target)
    assert rootfs.read(root, "etc/os-release", 100) == b"ID=x"


def test_links_through_folders_are_followed_inside_the_root(root: Path) -> None:
    """A link in the middle of a path is resolved as well."""
    (root / "usr/lib/file").write_bytes(b"lib")
    (root / "lib").symlink_to("/usr/lib")
    assert rootfs.read(root, "lib/file", 100) == b"lib"


@pytest.mark.parametrize("target", ["../../secret", "/../secret", "../../../../../../secret"])
def test_links_never_lead_out_of_the_root(root: Path, target: str) -> None:
    """What lies beside the root is not there."""
    (root / "etc/link").symlink_to(target)
    assert rootfs.read(root, "etc/link", 100) is None


def test_a_loop_of_links_is_unreadable(root: Path) -> None:
    """The number of links followed has a limit."""
    (root / "etc/a").symlink_to("b")
    (root / "etc/b").symlink_to("a")
    with pytest.raises(rootfs.Unreadable, match="too many symbolic links"):
        rootfs.read(root, "etc/a", 100)


def test_a_fifo_is_refused_without_waiting(root: Path) -> None:
    """Nobody writes to it, and nothing waits for that."""
    os.mkfifo(root / "etc/fifo")
    with pytest.raises(rootfs.Unreadable, match="not a regular file"):
        rootfs.read(root, "etc/fifo", 100)


def test_a_folder_is_refused(root: Path) -> None:
    """A folder in a file's place is said, not passed over."""
    with pytest.raises(rootfs.Unreadable, match="not a regular file"):
        rootfs.read(root, "etc", 100)


def test_a_device_is_refused(root: Path) -> None:
    """A link to /dev/zero is a link to the root's own, which is none."""
    (root / "etc/zero").symlink_to("/dev/zero")
    assert rootfs.read(root, "etc/zero", 100) is None
    with pytest.raises(rootfs.Unreadable, match="not a regular file"):
        rootfs.read(Path("/"), "dev/null", 100)


def test_a_file_at_the_limit_is_read_and_one_above_refused(root: Path) -> None:
    """The limit counts what is really there, also in a sparse file."""
    (root / "etc/big").write_bytes(b"x" * 100)
    assert rootfs.read(root, "etc/big", 100) == b"x" * 100
    os.truncate(root / "etc/big", 1 << 40)
    with pytest.raises(rootfs.Unreadable, match="larger than"):
        rootfs.read(root, "etc/big", 4096)


def test_names_are_sorted_and_limited(root: Path) -> None:
    """A folder with too many names gives some of them."""
    for name in ("c", "a", "b"):
        (root / "usr/lib" / name).touch()
    assert rootfs.names(root, "usr/lib", 10) == ("a", "b", "c")
    assert len(rootfs.names(root, "usr/lib", 2)) == 2


def test_names_of_what_is_no_folder_are_none(root: Path) -> None:
    """Neither a missing folder nor a file has names."""
    assert rootfs.names(root, "nowhere", 10) == ()
    assert rootfs.names(root, "etc/file", 10) == ()


def test_existence_is_that_of_the_target(root: Path) -> None:
    """A link into nothing is not there."""
    (root / "etc/gone").symlink_to("/nowhere")
    assert rootfs.exists(root, "etc/file")
    assert rootfs.exists(root, "usr/lib")
    assert not rootfs.exists(root, "etc/gone")


def test_size_is_given_for_plain_files_alone(root: Path) -> None:
    """Through a link, for a folder and for nothing there is no size."""
    (root / "linked").symlink_to("etc")
    (root / "etc/link").symlink_to("file")
    assert rootfs.size(root, "etc/file") == 6
    assert [rootfs.size(root, path) for path in ("linked/file", "etc/link", "etc", "nowhere")] == [None] * 4


def test_no_descriptor_is_left_open(root: Path) -> None:
    """Neither success nor failure leaks one."""
    os.mkfifo(root / "etc/fifo")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("etc/file", "etc/missing", "etc/fifo", "../x/../y"):
        try:
            rootfs.read(root, path, 100)
        except rootfs.Unreadable:
            continue
    rootfs.names(root, "etc", 5)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_file_in_an_open_folder_is_read_whole_or_at_its_head(tmp_path: Path) -> None:
    """The whole is refused above the limit, the head is cut there."""
    (tmp_path / "a").write_bytes(b"12345")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        assert rootfs.read_in(folder, "a", 5) == b"12345"
        assert rootfs.read_in(folder, "a", 3, head=True) == b"123"
        with pytest.raises(rootfs.Unreadable, match="a: larger than"):
            rootfs.read_in(folder, "a", 4)
    finally:
        os.close(folder)


@pytest.mark.parametrize("kind", ["fifo", "folder", "link", "missing"])
def test_nothing_but_a_regular_file_is_read_in_an_open_folder(tmp_path: Path, kind: str) -> None:
    """A link is not followed, a FIFO not waited for, and no descriptor is left open."""
    (tmp_path / "real").write_bytes(b"x")
    match kind:
        case "fifo":
            os.mkfifo(tmp_path / "a")
        case "folder":
            (tmp_path / "a").mkdir()
        case "link":
            (tmp_path / "a").symlink_to("real")
    folder = os.open(tmp_path, os.O_RDONLY)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(rootfs.Unreadable, match=r"^a: "):
        rootfs.read_in(folder, "a", 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    os.close(folder)


def test_an_open_file_is_none_when_it_does_not_exist(tmp_path: Path) -> None:
    """And an error when it is something else."""
    assert rootfs.opened(tmp_path, "a/b") is None
    with pytest.raises(rootfs.Unreadable, match="not a regular file"):
        rootfs.opened(tmp_path, "/")
