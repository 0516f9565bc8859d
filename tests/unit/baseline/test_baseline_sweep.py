"""The one walk over all files, and what it finds."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hostward.scanners.baseline import walk
from hostward.scanners.baseline.answer import Reading
from hostward.scanners.baseline.probes import sweep
from hostward.scanners.baseline.probes.sweep import Sweep
from hostward.scanners.baseline.rootfs import RootFs
from hostward.scanners.baseline.site import Limits, Site
from hostward.scanners.baseline.walk import Walk

Tree = Any


def _walk(limits: Limits | None = None, kinds: Mapping[int, str] | None = None) -> Walk:
    clock = iter(range(10**9))
    return Walk(
        limits=limits or Limits(sweep_seconds=10**9),
        monotonic=lambda: float(next(clock)),
        kinds=kinds or {},
        skip=lambda path: path.endswith("/skipped"),
    )


def _paths(walked: Walk, root: Path) -> list[str]:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    return sorted(f"{folder}/{name}" for folder, entries in walked.run(descriptor) for name, _ in entries)


def _subjects(tree: Tree, query: str, limits: Limits | None = None) -> list[str]:
    answer = Sweep(tree.site(limits=limits)).read((query,))
    assert isinstance(answer, Reading)
    return [fact.subject for fact in answer.facts]


def test_walk_sees_every_file_once(tree: Tree) -> None:
    """Folders, files and links."""
    for path in ("/a/b/c", "/a/d", "/e"):
        tree.write(path)
    tree.link("/link", "/a")
    walked = _walk()
    assert _paths(walked, tree.root) == ["/a", "/a/b", "/a/b/c", "/a/d", "/e", "/link"]
    assert (walked.entries, round(walked.share, 6), walked.gaps) == (6, 1.0, ())


def test_walk_does_not_follow_links(tree: Tree, tmp_path: Path) -> None:
    """Neither out of the root nor in circles."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").touch()
    tree.link("/out", str(tmp_path / "outside"))
    tree.link("/self", ".")
    assert _paths(_walk(), tree.root) == ["/out", "/self"]


def test_walk_leaves_skipped_folders_alone(tree: Tree) -> None:
    """The folder is seen, its files are not."""
    tree.write("/skipped/file")
    assert _paths(_walk(), tree.root) == ["/skipped"]


def test_walk_ends_at_the_limit_of_files(tree: Tree) -> None:
    """And says where."""
    for number in range(30):
        tree.write(f"/d{number:02}/file")
    walked = _walk(Limits(sweep_entries=35, sweep_seconds=10**9))
    assert len(_paths(walked, tree.root)) == 35
    assert walked.gaps[0].startswith("given up after 35 files, at /d")


def test_walk_ends_at_the_limit_of_time(tree: Tree) -> None:
    """The clock of this test goes one second a look."""
    for number in range(30):
        tree.write(f"/d{number:02}/file")
    walked = _walk(Limits(sweep_seconds=10))
    assert len(_paths(walked, tree.root)) < 60
    assert walked.gaps[0].startswith("given up after")


def test_walk_does_not_go_deeper_than_its_limit(tree: Tree) -> None:
    """Every level costs a descriptor."""
    tree.write("/1/2/3/4/file")
    walked = _walk(Limits(sweep_depth=3, sweep_seconds=10**9))
    assert _paths(walked, tree.root) == ["/1", "/1/2", "/1/2/3", "/1/2/3/4"]
    assert walked.gaps == ("/1/2/3/4: deeper than 3 folders",)


def test_walk_hands_out_large_folders_in_parts(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop is noticed between two parts."""
    monkeypatch.setattr(walk, "CHUNK", 10)
    for number in range(25):
        tree.write(f"/{number}")
    descriptor = os.open(tree.root, os.O_RDONLY | os.O_DIRECTORY)
    assert [len(entries) for _, entries in _walk().run(descriptor)] == [10, 10, 5]


def test_abandoned_walk_leaves_no_descriptor_open(tree: Tree) -> None:
    """A stopped scan is closed in the middle."""
    tree.write("/a/b/c/d/file")
    before = len(list(Path("/proc/self/fd").iterdir()))
    running = _walk().run(os.open(tree.root, os.O_RDONLY | os.O_DIRECTORY))
    for _ in range(3):
        next(running)
    assert isinstance(running, Iterator)
    running.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def _mounts() -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split(" ")
        major, _, minor = fields[2].partition(":")
        found[fields[4]] = (os.makedev(int(major), int(minor)), fields[fields.index("-") + 1])
    return found


@pytest.mark.parametrize(("kind", "is_entered"), [("nfs4", False), ("fuse.sshfs", False), ("ext4", True), ("", False)])
def test_walk_enters_local_mounts_only(kind: str, is_entered: bool) -> None:
    """A mount of this machine (/dev/shm below /dev), called by different kinds."""
    mounts = _mounts()
    if "/dev/shm" not in mounts or mounts["/dev/shm"][0] == Path("/dev").stat().st_dev:
        pytest.skip("/dev/shm is no mount of its own here")
    kinds = {mounts["/dev/shm"][0]: kind} if kind else {}
    walked = _walk(kinds=kinds)
    frame = walk.Frame(descriptor=-1, path="/dev", device=Path("/dev").stat().st_dev, share=1.0)
    entries = [("shm", Path("/dev/shm").stat())]
    assert (walked._folders(frame, entries) == ["shm"]) is is_entered
    assert walked.left_out == ([] if is_entered else [f"/dev/shm ({kind or 'unknown file system'})"])


def test_btrfs_subvolume_is_entered() -> None:
    """Its device is in no mount table."""
    walked = _walk(kinds={1: "btrfs"})
    frame = walk.Frame(descriptor=-1, path="", device=1, share=1.0)
    folder = os.stat_result((stat.S_IFDIR | 0o755, 1, 2, 1, 0, 0, 0, 0, 0, 0))
    assert walked._folders(frame, [("home", folder)]) == ["home"]


def test_proc_and_sys_are_not_entered_on_this_machine() -> None:
    """Kernel file systems have no files to judge."""
    kinds = dict(_mounts().values())
    walked = _walk(kinds=kinds)
    root = Path("/").stat()
    frame = walk.Frame(descriptor=-1, path="", device=root.st_dev, share=1.0)
    assert walked._folders(frame, [("proc", Path("/proc").stat()), ("sys", Path("/sys").stat())]) == []


def test_world_writable_things_are_found(tree: Tree) -> None:
    """Files always, folders without the sticky bit, links and sockets never."""
    tree.write("/file", "", 0o666)
    tree.folder("/open", 0o777)
    tree.folder("/tmp", 0o1777)
    tree.link("/link", "file")
    tree.fifo("/pipe")
    (tree.root / "pipe").chmod(0o666)
    assert [_subjects(tree, f"world_writable_{what}") for what in ("files", "folders")] == [["/file"], ["/open"]]


def test_set_id_programs_are_found(tree: Tree) -> None:
    """SUID and SGID files, no folders."""
    tree.write("/suid", "", 0o4755)
    tree.write("/sgid", "", 0o2755)
    tree.folder("/shared", 0o2775)
    tree.write("/plain", "", 0o755)
    assert _subjects(tree, "set_id_programs") == ["/sgid", "/suid"]


def test_value_has_mode_and_owner(tree: Tree) -> None:
    """People need both to decide."""
    tree.write("/suid", "", 0o4755)
    (fact,) = tree.ask("sweep", "set_id_programs").facts
    assert fact.value == f"4755 {os.geteuid()}:{os.getegid()}"


def test_unowned_files_are_those_without_a_name(tree: Tree) -> None:
    """By the account files of the root."""
    tree.write("/etc/passwd", "someone:x:4000000:4000000::/:/bin/sh\n")
    tree.write("/etc/group", "someone:x:4000000:\n")
    assert _subjects(tree, "unowned") == ["/etc", "/etc/group", "/etc/passwd"]


def test_unowned_is_missing_without_account_files(tree: Tree) -> None:
    """There is nothing to compare with."""
    tree.write("/file")
    assert tree.ask("sweep", "unowned").reason == "/etc/passwd does not exist"


def test_unowned_is_no_answer_with_an_unreadable_account_file(good: Tree) -> None:
    """That is not "everything is owned"."""
    good.fifo("/etc/group")
    verdict = good.verdict("HW-SWP-003")
    assert (verdict.outcome.value, "FIFO" in verdict.reason) == ("error", True)


def test_account_known_to_a_directory_service_owns_its_files(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """On this machine only: such accounts are in no file."""
    tree.write("/etc/passwd", "someone:x:4000000:4000000::/:/bin/sh\n")
    gid = os.getegid()
    tree.write("/etc/group", f"someone:x:4000000:\nmine:x:{gid}:\n")
    monkeypatch.setattr(sweep, "_is_known_user", lambda uid: uid == os.geteuid())
    here = Sweep(Site(root=RootFs(tree.root), is_this_machine=True)).read(("unowned",))
    assert isinstance(here, Reading)
    assert (here.facts, len(_subjects(tree, "unowned"))) == ((), 3)


def test_trust_files_are_found_where_they_count(tree: Tree) -> None:
    """A hosts.equiv elsewhere is read by nobody."""
    for path in (
        "/home/bob/.rhosts",
        "/root/.shosts",
        "/etc/hosts.equiv",
        "/usr/share/doc/x/hosts.equiv",
        "/etc/ssh/x",
    ):
        tree.write(path, "+\n")
    tree.folder("/home/eve/.rhosts")
    assert _subjects(tree, "trust_files") == ["/etc/hosts.equiv", "/home/bob/.rhosts", "/root/.shosts"]


def test_odd_names_are_shown_as_text(good: Tree) -> None:
    """A name of a hostile account must not break the report."""
    name = os.fsdecode(b"\xff\x1b[2J\n")
    file = good.root / name
    file.touch()
    file.chmod(0o666)
    verdict = good.verdict("HW-SWP-001")
    assert "/\\udcff\\x1b[2J\\n = 0666" in verdict.evidence[0].actual


def test_reached_bound_is_an_error_not_a_pass(good: Tree) -> None:
    """What was not looked at may be anything."""
    verdict = good.verdicts(limits=Limits(sweep_entries=3))["HW-SWP-002"]
    assert (verdict.outcome.value, "given up after" in verdict.reason) == ("error", True)


def test_reached_bound_does_not_hide_what_was_found(good: Tree) -> None:
    """A fail is a fail however little was seen."""
    good.write("/aaa", "", 0o666)
    limits = Limits(sweep_entries=len(list(good.root.iterdir())))
    verdicts = good.verdicts(limits=limits)
    assert [verdicts[code].outcome.value for code in ("HW-SWP-001", "HW-SWP-002")] == ["fail", "error"]


def test_more_findings_than_are_kept_are_said(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million findings must not fill the memory."""
    monkeypatch.setattr(sweep, "MAX_FACTS", 2)
    for number in range(3):
        tree.write(f"/{number}", "", 0o666)
    answer = tree.ask("sweep", "world_writable_files")
    assert (len(answer.facts), answer.gaps) == (2, ("more than 2 found, the rest was not kept",))


def test_note_counts_the_files(tree: Tree) -> None:
    """People see how much was looked at."""
    tree.write("/a/b")
    assert tree.ask("sweep", "trust_files").note == "2 files looked at"


def test_note_names_what_is_left_out(tree: Tree) -> None:
    """Stores of containers belong to other systems: people learn that nobody looked there."""
    tree.write("/var/lib/docker/a/sh", "", 0o4777)
    tree.write("/home/a/.local/share/docker/sh", "", 0o4777)
    answer = tree.ask("sweep", "set_id_programs")
    assert answer.facts == ()
    assert answer.note.endswith(
        "not entered: /home/a/.local/share/docker (another system's files), /var/lib/docker (another system's files)"
    )


def test_evidence_of_the_sweep_names_what_is_left_out(good: Tree) -> None:
    """Also when nothing was found."""
    good.write("/var/lib/containers/sh", "", 0o4777)
    shown = good.verdict("HW-SWP-002").evidence[0].actual
    assert "not entered: /var/lib/containers (another system's files)" in shown


def test_long_list_of_what_is_left_out_is_cut(tree: Tree) -> None:
    """The first ones in order, the rest as a number."""
    for number in range(10):
        tree.folder(f"/home/{number}/.local/share/docker")
    note = tree.ask("sweep", "trust_files").note
    assert ("/home/0/" in note, "/home/8/" in note, note.endswith(" and 2 more")) == (True, False, True)


def test_network_mount_is_named_as_left_out() -> None:
    """Files of another machine are not ours to judge, and may hang."""
    walked = _walk(kinds={7: "nfs4"})
    frame = walk.Frame(descriptor=-1, path="/mnt", device=1, share=1.0)
    found = os.stat_result((stat.S_IFDIR | 0o755, 2, 7, 2, 0, 0, 0, 0, 0, 0))
    assert walked._folders(frame, [("far", found)]) == []
    assert walked.left_out == ["/mnt/far (nfs4)"]


def test_unknown_query_is_no_answer(tree: Tree) -> None:
    """It names those that exist."""
    assert "there are world_writable_files" in tree.ask("sweep", "everything").reason


def test_root_that_vanished_is_missing(tree: Tree) -> None:
    """No walk, no pass."""
    site = tree.site()
    tree.root.rmdir()
    with pytest.raises(FileNotFoundError):
        Sweep(site).read(("unowned",))


def test_one_walk_answers_all_questions(tree: Tree) -> None:
    """The second question looks at no file again."""
    tree.write("/a", "", 0o666)
    probe = Sweep(tree.site())
    probe.read(("world_writable_files",))
    tree.write("/b", "", 0o4755)
    assert probe.read(("set_id_programs",)) == Reading(note="1 files looked at")


def test_work_reports_shares_that_never_fall(tree: Tree) -> None:
    """A clock that jumps makes it report at every batch."""
    for number in range(20):
        tree.write(f"/d{number}/file")
    clock = iter(range(10**6))
    probe = Sweep(
        Site(
            root=tree.fs(),
            is_this_machine=False,
            limits=Limits(sweep_seconds=10**6),
            monotonic=lambda: float(next(clock)),
        )
    )
    shares = list(probe.work())
    assert shares == sorted(shares)
    assert (len(shares), 0.0 <= shares[0] <= shares[-1] < 1.0, list(probe.work())) == (21, True, [])
