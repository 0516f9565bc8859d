"""Reading beneath a root: links stay inside, special files never block, and limits are kept."""

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from hostward.scanners.baseline import rootfs
from hostward.scanners.baseline.rootfs import RootFs, kind_of

Tree = Any


def test_reads_a_plain_file(tree: Tree) -> None:
    """The simplest case."""
    tree.write("/etc/motd", "hello")
    assert tree.fs().read("/etc/motd") == b"hello"


def test_follows_a_relative_link_inside_the_root(tree: Tree) -> None:
    """os-release is such a link on every current system."""
    tree.write("/usr/lib/os-release", "ID=debian\n")
    tree.link("/etc/os-release", "../usr/lib/os-release")
    assert tree.fs().read("/etc/os-release") == b"ID=debian\n"


def test_absolute_link_target_starts_at_the_root(tree: Tree) -> None:
    """An absolute target means the same root, not this machine's."""
    tree.write("/data/file", "inside")
    tree.link("/etc/link", "/data/file")
    assert tree.fs().read("/etc/link") == b"inside"


def test_follows_a_linked_folder(tree: Tree) -> None:
    """/bin is a link to usr/bin on merged systems."""
    tree.write("/usr/bin/tool", "x")
    tree.link("/bin", "usr/bin")
    assert tree.fs().read("/bin/tool") == b"x"


def test_parent_of_the_root_is_the_root(tree: Tree) -> None:
    """Climbing ends at the root, as the kernel does it."""
    tree.write("/etc/passwd", "inside")
    assert tree.fs().read("/../../../../etc/passwd") == b"inside"


@pytest.mark.parametrize(
    "target", ["../../../../../../../../etc/hostname", "/../../../secret", "/etc/../../../../../secret", "../secret"]
)
def test_no_link_leads_out_of_the_root(tree: Tree, tmp_path: Path, target: str) -> None:
    """A file outside is not found, whatever the link says."""
    (tmp_path / "secret").write_text("outside")
    tree.link("/etc/link", target)
    with pytest.raises(FileNotFoundError):
        tree.fs().read("/etc/link")


def test_a_linked_folder_does_not_lead_out(tree: Tree, tmp_path: Path) -> None:
    """The same for a folder in the middle of a path."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("outside")
    tree.link("/etc/cron.d", str(tmp_path / "outside"))
    with pytest.raises(FileNotFoundError):
        tree.fs().read("/etc/cron.d/file")


def test_parent_after_a_link_is_the_parent_of_the_real_folder(tree: Tree) -> None:
    """Two dots after a link mean the folder that the link leads to, as for the kernel."""
    tree.write("/a/b/file", "real")
    tree.write("/file", "wrong")
    tree.folder("/a/b/c")
    tree.link("/shortcut", "a/b/c")
    assert tree.fs().read("/shortcut/../file") == b"real"


def test_links_that_point_to_each_other_end(tree: Tree) -> None:
    """A loop is an error, not an endless scan."""
    tree.link("/a", "b")
    tree.link("/b", "a")
    with pytest.raises(OSError, match="levels of symbolic links") as raised:
        tree.fs().read("/a")
    assert raised.value.errno == errno.ELOOP


def test_link_that_grows_its_own_path_ends(tree: Tree) -> None:
    """A link into itself with more behind it ends as well."""
    tree.link("/a", "a/x/../x")
    with pytest.raises(OSError, match="levels of symbolic links") as raised:
        tree.fs().lstat("/a/y")
    assert raised.value.errno == errno.ELOOP


def test_fifo_is_refused_without_waiting(tree: Tree) -> None:
    """Opening a FIFO for reading would wait for a writer."""
    tree.fifo("/etc/shadow")
    with pytest.raises(OSError, match="FIFO"):
        tree.fs().read("/etc/shadow")


def test_link_to_a_fifo_is_refused(tree: Tree) -> None:
    """The same behind a link."""
    tree.fifo("/run/pipe")
    tree.link("/etc/shadow", "/run/pipe")
    with pytest.raises(OSError, match="FIFO"):
        tree.fs().read("/etc/shadow")


def test_socket_and_folder_are_refused(tree: Tree) -> None:
    """Only regular files have content."""
    tree.folder("/etc/folder")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(tree.root)
        listener.bind("sock")
        os.chdir(here)
    for path, kind in (("/etc/folder", "folder"), ("/sock", "socket")):
        with pytest.raises(OSError, match=kind):
            tree.fs().read(path)


def test_device_is_never_opened() -> None:
    """A device is refused by what it is, before anything is opened."""
    with pytest.raises(OSError, match="character device"):
        RootFs(Path("/")).read("/dev/zero")


def test_too_large_file_is_refused(tree: Tree) -> None:
    """Half a file is not judged."""
    tree.write("/big", b"x" * 101)
    with pytest.raises(OSError, match="larger than 100 bytes"):
        tree.fs().read("/big", limit=100)


def test_file_of_exactly_the_limit_is_read(tree: Tree) -> None:
    """The limit itself is allowed."""
    tree.write("/big", b"x" * 100)
    assert len(tree.fs().read("/big", limit=100)) == 100


def test_nul_in_a_path_is_an_error_of_the_file(tree: Tree) -> None:
    """A path from a hostile file may hold a NUL."""
    with pytest.raises(OSError, match="NUL"):
        tree.fs().read("/etc/a\0b")


def test_lstat_does_not_follow_the_last_link(tree: Tree) -> None:
    """The link itself is described."""
    tree.link("/etc/link", "nowhere")
    assert kind_of(tree.fs().lstat("/etc/link").st_mode) == "symbolic link"


def test_lstat_follows_links_of_folders(tree: Tree) -> None:
    """Links on the way are part of the path."""
    tree.write("/usr/bin/tool", "x")
    tree.link("/bin", "usr/bin")
    assert tree.fs().lstat("/bin/tool").st_size == 1


def test_lstat_of_the_root_is_a_folder(tree: Tree) -> None:
    """The root has no parent to be looked up in."""
    assert kind_of(tree.fs().lstat("/").st_mode) == "folder"


def test_readlink_gives_the_target_as_written(tree: Tree) -> None:
    """Nothing is resolved."""
    tree.link("/etc/link", "../x/./y")
    assert tree.fs().readlink("/etc/link") == "../x/./y"


def test_names_are_sorted(tree: Tree) -> None:
    """Two scans of one tree must say the same."""
    for name in ("b", "a", "c"):
        tree.write(f"/d/{name}")
    assert tree.fs().names("/d") == ["a", "b", "c"]


def test_folder_with_too_many_names_is_refused(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of millions can't fill the memory."""
    monkeypatch.setattr(rootfs, "MAX_NAMES", 2)
    for name in ("b", "a", "c"):
        tree.write(f"/d/{name}")
    with pytest.raises(OSError, match="more than 2 names"):
        tree.fs().names("/d")


def test_glob_is_sorted_and_leaves_hidden_names_out(tree: Tree) -> None:
    """As glob(3) does for sshd's Include and for cron's folders."""
    for name in ("z.conf", "a.conf", ".hidden.conf", "a.txt"):
        tree.write(f"/d/{name}")
    assert tree.fs().glob("/d/*.conf") == ["/d/a.conf", "/d/z.conf"]


def test_glob_in_the_middle_of_a_path(tree: Tree) -> None:
    """Every component may have wildcards."""
    tree.write("/d/one.wants/x")
    tree.write("/d/two.wants/y")
    assert tree.fs().glob("/d/*.wants/*") == ["/d/one.wants/x", "/d/two.wants/y"]


def test_glob_without_wildcards_gives_only_what_exists(tree: Tree) -> None:
    """A dangling link exists."""
    tree.link("/d/link", "nowhere")
    assert [tree.fs().glob("/d/link"), tree.fs().glob("/d/none")] == [["/d/link"], []]


def test_glob_with_too_many_matches_is_refused(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern from a hostile file can't make a scan list the world."""
    monkeypatch.setattr(rootfs, "MAX_MATCHES", 2)
    for name in ("b", "a", "c"):
        tree.write(f"/d/{name}")
    with pytest.raises(OSError, match="more than 2 paths"):
        tree.fs().glob("/d/*")


def test_glob_does_not_lead_out(tree: Tree, tmp_path: Path) -> None:
    """A linked folder outside has no names in here."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.conf").write_text("outside")
    tree.link("/etc/d", str(tmp_path / "outside"))
    assert tree.fs().glob("/etc/d/*.conf") == []


def test_odd_names_are_found(tree: Tree) -> None:
    """File names are bytes; those that are no text come back the same."""
    name = os.fsdecode(b"a\xff\n.conf")
    (tree.root / name).write_text("x")
    assert tree.fs().read(tree.fs().glob("/*.conf")[0]) == b"x"


def test_no_descriptor_is_left_open(tree: Tree) -> None:
    """A long-lived agent must not run out of descriptors, also after errors."""
    tree.write("/a/b/c", "x")
    tree.link("/loop", "loop")
    tree.fifo("/pipe")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("/a/b/c", "/a/none", "/loop", "/pipe", "/a/b/c/d"):
        try:
            tree.fs().read(path)
        except OSError:
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before
