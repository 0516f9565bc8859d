"""Probes over single files: mode, owner, group, content."""

import os
from typing import Any

import pytest

from hostward.scanners.baseline import text
from hostward.scanners.baseline.answer import Fact, Missing, Reading, Unreadable, answer_of_error
from hostward.scanners.baseline.probes import file_content

Tree = Any


def test_mode_has_four_octal_digits(tree: Tree) -> None:
    """Special bits are shown."""
    tree.write("/a", "", 0o4750)
    assert tree.ask("file_mode", "/a") == Reading(facts=(Fact(subject="/a", value="4750"),))


def test_patterns_and_paths_are_both_taken(tree: Tree) -> None:
    """In the order of the target, patterns sorted."""
    for name in ("/d/b", "/d/a", "/c"):
        tree.write(name, "", 0o600)
    assert [fact.subject for fact in tree.ask("file_mode", "/d/*", "/c").facts] == ["/d/a", "/d/b", "/c"]


def test_no_file_is_missing(tree: Tree) -> None:
    """Nothing there is an answer of its own."""
    assert tree.ask("file_mode", "/none", "/d/*") == Missing(reason="/none /d/*: no such file")


def test_some_missing_files_are_left_out(tree: Tree) -> None:
    """Backups need not exist."""
    tree.write("/etc/passwd")
    assert len(tree.ask("file_mode", "/etc/passwd", "/etc/passwd-").facts) == 1


def test_link_is_followed_inside_the_root(tree: Tree) -> None:
    """What lies behind is judged, and the evidence says that there is a link."""
    tree.write("/srv/passwd", "", 0o666)
    tree.link("/etc/passwd", "/srv/passwd")
    tree.link("/etc/group", "../srv/passwd")
    assert tree.ask("file_mode", "/etc/passwd", "/etc/group") == Reading(
        facts=(
            Fact(subject="/etc/passwd", value="0666", source="link to /srv/passwd"),
            Fact(subject="/etc/group", value="0666", source="link to ../srv/passwd"),
        )
    )


def test_link_that_climbs_out_of_the_root_is_a_gap(tree: Tree) -> None:
    """Whoever made it meant another file than the one that lies there inside."""
    tree.write("/srv/passwd", "", 0o644)
    tree.link("/etc/passwd", "../../../srv/passwd")
    assert tree.ask("file_mode", "/etc/passwd") == Reading(
        gaps=("/etc/passwd: is a symbolic link to ../../../srv/passwd, which leads out of the root",)
    )


def test_link_out_of_the_root_is_an_error_of_its_item(good: Tree) -> None:
    """It is never a pass, and the reason says so."""
    good.link("/etc/profile.d/x.sh", "../../../outside")
    verdict = good.verdict("HW-FIL-009")
    assert (verdict.outcome.value, "leads out of the root" in verdict.reason) == ("error", True)


def test_link_to_a_bad_file_fails_its_item(good: Tree) -> None:
    """The file that everybody can write counts, not the link."""
    good.write("/opt/job", "", 0o666)
    good.link("/etc/cron.d/job", "/opt/job")
    verdict = good.verdict("HW-FIL-002")
    shown = "".join(evidence.actual for evidence in verdict.evidence)
    assert (verdict.outcome.value, "/etc/cron.d/job = 0666 (link to /opt/job)" in shown) == ("fail", True)


def test_link_to_nothing_is_said_and_judged_as_nothing(tree: Tree) -> None:
    """Packages leave such links behind; there is no file that could be bad."""
    tree.write("/d/a", "", 0o600)
    tree.link("/d/b", "nowhere")
    answer = tree.ask("file_mode", "/d/*")
    assert ([fact.subject for fact in answer.facts], answer.gaps) == (["/d/a"], ())
    assert answer.note == "nothing is behind the link /d/b"
    assert tree.ask("file_mode", "/d/b") == Missing(reason="nothing is behind the link /d/b")


def test_link_to_the_null_device_is_no_file(tree: Tree) -> None:
    """That is how systemd masks a unit: the device's own mode is not the unit's."""
    tree.write("/dev/null", "", 0o666)
    tree.link("/etc/systemd/system/x.service", "/dev/null")
    assert isinstance(tree.ask("file_mode", "/etc/systemd/system/*.service"), Missing)


def test_links_that_point_to_each_other_are_a_gap(tree: Tree) -> None:
    """They end, and what they stand for is not known."""
    tree.link("/a", "b")
    tree.link("/b", "a")
    assert "symbolic links" in tree.ask("file_mode", "/a").gaps[0]


def test_link_loop_in_the_path_is_a_gap(tree: Tree) -> None:
    """What can't be reached is not judged, and not passed over."""
    tree.link("/etc/cron.d", "cron.d")
    assert "symbolic links" in tree.ask("file_mode", "/etc/cron.d/*").gaps[0]


def test_fifo_has_a_mode_like_any_file(tree: Tree) -> None:
    """The probe opens nothing, so a FIFO can't hold us up."""
    tree.fifo("/pipe")
    (tree.root / "pipe").chmod(0o600)
    assert tree.ask("file_mode", "/pipe").facts[0].value == "0600"


def test_owner_is_a_number(tree: Tree) -> None:
    """A name could be given to any number by a hostile passwd file."""
    tree.write("/etc/passwd", f"root:x:{os.geteuid()}:0::/:/bin/sh\n")
    assert tree.ask("file_owner", "/etc/passwd").facts[0].value == str(os.geteuid())


def test_group_has_its_name_of_this_root(tree: Tree) -> None:
    """The group file of the root counts, not this machine's."""
    gid = os.getegid()
    tree.write("/etc/group", "" if gid == 0 else f"mine:x:{gid}:\n")
    assert tree.ask("file_group", "/etc/group").facts[0].value == ("root" if gid == 0 else "mine")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_group_can_not_be_disguised_as_root(tree: Tree) -> None:
    """Only GID 0 is root; another number called root is shown as the number."""
    tree.write("/etc/group", "root:x:77:\nshadow:x:42:\n")
    for name, gid in (("/a", 77), ("/b", 42), ("/c", 78)):
        os.chown(tree.write(name), 0, gid)
    assert [fact.value for fact in tree.ask("file_group", "/a", "/b", "/c").facts] == ["77", "shadow", "78"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_group_is_a_number_without_a_group_file(tree: Tree) -> None:
    """A nameless group is no expected group."""
    os.chown(tree.write("/a"), 0, 42)
    assert tree.ask("file_group", "/a").facts[0].value == "42"


def test_content_has_one_fact_a_line(tree: Tree) -> None:
    """With the place it was read."""
    tree.write("/a", "one\ntwo\n")
    assert tree.ask("file_content", "/a") == Reading(
        facts=(Fact(subject="/a", value="one", source="/a:1"), Fact(subject="/a", value="two", source="/a:2"))
    )


def test_content_of_a_missing_file_is_missing(tree: Tree) -> None:
    """Not an empty file."""
    tree.write("/empty", "")
    assert [tree.ask("file_content", "/none"), tree.ask("file_content", "/empty")] == [
        Missing(reason="/none: no such file"),
        Reading(),
    ]


def test_content_of_a_dangling_link_is_missing(tree: Tree) -> None:
    """There is no file behind it."""
    tree.link("/a", "nowhere")
    assert tree.ask("file_content", "/a") == Missing(reason="/a: no such file")


def test_content_of_a_fifo_is_a_gap(tree: Tree) -> None:
    """It must not hang, and it is not nothing."""
    tree.fifo("/a")
    assert "FIFO" in tree.ask("file_content", "/a").gaps[0]


def test_hostile_content_is_read_as_text(tree: Tree) -> None:
    """NUL bytes and broken UTF-8 are part of lines."""
    tree.write("/a", b"a\0b\n\xff\xfe\n")
    assert [fact.value for fact in tree.ask("file_content", "/a").facts] == ["a\0b", "\\xff\\xfe"]


def test_file_with_a_line_of_ten_megabytes_is_a_gap(tree: Tree) -> None:
    """Above the cap nothing is judged."""
    tree.write("/a", b"x" * (10 << 20))
    assert "larger than" in tree.ask("file_content", "/a").gaps[0]


def test_file_of_too_many_lines_is_a_gap(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of short lines would take a hundred times their size as facts."""
    monkeypatch.setattr(file_content, "MAX_LINES", 3)
    tree.write("/a", "x\n" * 4)
    assert tree.ask("file_content", "/a").gaps == ("/a: more than 3 lines",)
    assert text.MAX_LINES == 100_000


def test_one_unreadable_file_does_not_hide_the_others(tree: Tree) -> None:
    """Facts and gaps stand side by side."""
    tree.write("/d/a", "line\n")
    tree.fifo("/d/b")
    answer = tree.ask("file_content", "/d/*")
    assert (len(answer.facts), len(answer.gaps)) == (1, 1)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FileNotFoundError(2, "x"), Missing),
        (NotADirectoryError(20, "x"), Missing),
        (PermissionError(13, "x"), Unreadable),
        (OSError(5, "x"), Unreadable),
    ],
)
def test_only_what_does_not_exist_is_missing(error: OSError, kind: type[object]) -> None:
    """No permission is not "not there"."""
    assert type(answer_of_error("/a", error)) is kind
