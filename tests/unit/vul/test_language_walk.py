"""The walk for language packages: what it enters, and what it says of the rest."""

import os
from pathlib import Path

import pytest

from hostward.scanners.malware.mounts import Mounts
from hostward.scanners.vul import walk
from hostward.scanners.vul.walk import Folder, Walk


def entered(root: Path, mounts: Mounts | None = None) -> tuple[dict[str, Folder], dict[str, list[str]]]:
    """The folders of a walk by path, and what was not entered."""
    done = Walk(root, mounts or Mounts())
    return {folder.path: folder for folder in done.run()}, done.gaps


def open_files() -> int:
    """Descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_every_folder_is_given_once_with_its_names(tmp_path: Path) -> None:
    """The root first, then what lies below it in order."""
    (tmp_path / "b/c").mkdir(parents=True)
    (tmp_path / "a").mkdir()
    (tmp_path / "b/file").touch()
    found, gaps = entered(tmp_path)
    assert list(found) == ["", "/a", "/b", "/b/c"]
    assert (found["/b"].files, found["/b"].folders) == (["file"], ["c"])
    assert gaps == {}


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    """From folder to folder, never falling."""
    for name in ("a/b/c", "d", "e/f"):
        (tmp_path / name).mkdir(parents=True)
    shares = [folder.done for folder in Walk(tmp_path, Mounts()).run()]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_links_are_never_followed(tmp_path: Path) -> None:
    """A loop, and a link out of the root, are files to the walk."""
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (root / "a/loop").symlink_to("..")
    (root / "out").symlink_to(tmp_path / "outside")
    found, gaps = entered(root)
    assert (list(found), found["/a"].files) == (["", "/a"], ["loop"])
    assert gaps == {}


def test_a_folder_that_became_a_link_is_not_entered(tmp_path: Path) -> None:
    """Between listing and entering."""
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (tmp_path / "outside/deeper").mkdir(parents=True)
    done = Walk(root, Mounts())
    folders = done.run()
    next(folders)
    (root / "a").rmdir()
    (root / "a").symlink_to(tmp_path / "outside")
    assert list(folders) == []
    assert done.gaps == {walk.UNREADABLE: ["/a"]}


def test_names_that_are_no_text_are_kept(tmp_path: Path) -> None:
    """As surrogates, so that they can be opened again."""
    (tmp_path / "\udcff").mkdir()
    found, _ = entered(tmp_path)
    assert list(found) == ["", "/\udcff"]


@pytest.mark.parametrize("fs_type", ["proc", "sysfs", "cgroup2", "devtmpfs"])
def test_the_kernels_file_systems_are_passed_over(tmp_path: Path, fs_type: str) -> None:
    """They hold no packages, and nothing is said of them."""
    (tmp_path / "mnt/inside").mkdir(parents=True)
    mounts = Mounts(by_path={os.fsencode(tmp_path / "mnt"): fs_type})
    found, gaps = entered(tmp_path, mounts)
    assert (list(found), gaps) == ([""], {})


def test_network_file_systems_are_said(tmp_path: Path) -> None:
    """They are told by name alone, so that a dead server can't hold the scan."""
    (tmp_path / "mnt/inside").mkdir(parents=True)
    mounts = Mounts(by_path={os.fsencode(tmp_path / "mnt"): "nfs4"})
    found, gaps = entered(tmp_path, mounts)
    assert (list(found), gaps) == ([""], {walk.NETWORK: ["/mnt"]})


def test_a_local_mount_is_entered(tmp_path: Path) -> None:
    """A disk of its own is part of the machine."""
    (tmp_path / "mnt/inside").mkdir(parents=True)
    mounts = Mounts(by_path={os.fsencode(tmp_path / "mnt"): "ext4"})
    assert "/mnt/inside" in entered(tmp_path, mounts)[0]


def test_a_mount_that_the_table_shows_elsewhere_is_known_by_its_device(tmp_path: Path) -> None:
    """A root that was mounted again: the device tells."""
    done = Walk(tmp_path, Mounts(by_device={7: "nfs"}))
    level = walk._Level(descriptor=-1, path="", device=7, share=1.0)
    assert done._is_foreign("/x", done._mounts.type_of_device(level.device))
    assert done.gaps == {walk.NETWORK: ["/x"]}


@pytest.mark.parametrize(
    "place",
    [
        "var/lib/docker/overlay2",
        "var/lib/containerd/io.containerd.snapshotter.v1.overlayfs",
        "home/u/.local/share/containers/storage/overlay",
    ],
)
def test_stores_of_container_engines_are_left_to_others(tmp_path: Path, place: str) -> None:
    """What lies there belongs to images with a distribution of their own."""
    (tmp_path / place / "x/diff").mkdir(parents=True)
    done = Walk(tmp_path, Mounts())
    assert f"/{place}" not in {folder.path for folder in done.run()}
    assert (done.stores, done.gaps) == ([f"/{place}"], {})


@pytest.mark.parametrize("release", walk._RELEASES)
def test_root_file_systems_inside_are_left_to_others(tmp_path: Path, release: str) -> None:
    """A chroot has a distribution of its own; its files are not this one's."""
    for folder in ("etc", "usr/lib", "srv/chroot/etc", "srv/chroot/usr/lib/python3"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/lib/os-release").touch()
    (tmp_path / "srv/chroot" / release).touch()
    done = Walk(tmp_path, Mounts())
    found = {folder.path for folder in done.run()}
    assert "/usr/lib" in found
    assert "/srv/chroot/usr" not in found
    assert (done.roots, done.gaps) == (["/srv/chroot"], {})


def test_a_folder_that_only_looks_like_a_root_is_entered(tmp_path: Path) -> None:
    """A package's build tree has etc and usr, and no os-release."""
    (tmp_path / "build/etc").mkdir(parents=True)
    (tmp_path / "build/usr/lib").mkdir(parents=True)
    assert "/build/usr/lib" in entered(tmp_path)[0]


@pytest.mark.parametrize("place", [".git/objects", "usr/share/doc/x", "usr/share/man/man1", "lost+found/x"])
def test_folders_without_packages_are_passed_over(tmp_path: Path, place: str) -> None:
    """Thousands of documents and objects."""
    (tmp_path / place).mkdir(parents=True)
    found, gaps = entered(tmp_path)
    assert f"/{place}" not in found
    assert gaps == {}


def test_depth_is_bounded_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each level holds a descriptor."""
    monkeypatch.setattr(walk, "MAX_DEPTH", 2)
    (tmp_path / "a/b/c/d").mkdir(parents=True)
    found, gaps = entered(tmp_path)
    assert (list(found), gaps) == (["", "/a", "/a/b"], {walk.DEEP: ["/a/b/c"]})


def test_the_deepest_tree_needs_no_more_descriptors_than_allowed(tmp_path: Path) -> None:
    """Everything is closed again, also behind what was too deep."""
    path = tmp_path
    for _ in range(walk.MAX_DEPTH + 20):
        path = path / "d"
        path.mkdir()
    before = open_files()
    found, gaps = entered(tmp_path)
    assert len(found) == walk.MAX_DEPTH + 1
    assert list(gaps) == [walk.DEEP]
    assert open_files() == before


def test_the_number_of_folders_is_bounded_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk ends, whatever is mounted there."""
    monkeypatch.setattr(walk, "MAX_FOLDERS", 3)
    for name in "abcd":
        (tmp_path / name).mkdir()
    found, gaps = entered(tmp_path)
    assert (list(found), gaps) == (["", "/a", "/b"], {walk.FULL: ["/"]})


def test_a_walk_that_is_given_up_closes_everything(tmp_path: Path) -> None:
    """A scan may be stopped between two folders."""
    (tmp_path / "a/b").mkdir(parents=True)
    before = open_files()
    folders = Walk(tmp_path, Mounts()).run()
    next(folders)
    next(folders)
    folders.close()
    assert open_files() == before


def counted(monkeypatch: pytest.MonkeyPatch, used: dict[str, int]) -> None:
    """Let these folders be mount points of file systems with so many files each."""
    paths = list(used)
    monkeypatch.setattr(walk.os.path, "ismount", lambda path: str(path) in used)
    monkeypatch.setattr(walk, "_used", lambda path: used[os.fspath(path)])
    monkeypatch.setattr(walk, "_device", lambda path: paths.index(os.fspath(path)))


def test_entries_are_counted_over_all_file_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the root and what is mounted below it, without the kernel's, others' and borrowed ones."""
    data, other = tmp_path / "srv/data", tmp_path / "proc"
    counted(monkeypatch, {str(tmp_path): 100, str(data): 20, str(other): 7})
    types = {
        data: "ext4",
        other: "proc",
        tmp_path / "merged": "overlay",
        tmp_path / "net": "nfs4",
        Path("/else"): "ext4",
    }
    mounts = Mounts(by_path={os.fsencode(path): kind for path, kind in types.items()})
    assert walk.entries(tmp_path, mounts) == 120


def test_without_counts_nothing_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is no mount point, and a file system that counts no files."""
    assert walk.entries(tmp_path, Mounts()) == 0
    counted(monkeypatch, {str(tmp_path): 0})
    assert walk.entries(tmp_path, Mounts()) == 0


def test_progress_by_counted_entries_leaves_room_for_what_is_not_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ten entries the walk sees four: what the others hold is for who comes after it."""
    for name in ("a/b", "d/.git/c"):
        (tmp_path / name).mkdir(parents=True)
    counted(monkeypatch, {str(tmp_path): 10})
    done = Walk(tmp_path, Mounts())
    shares = [folder.done for folder in done.run()]
    assert shares == sorted(shares)
    assert done.end() == pytest.approx(0.4)
