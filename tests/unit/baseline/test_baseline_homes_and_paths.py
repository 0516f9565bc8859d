"""Home folders, the folders of programs, and groups."""

import os
from typing import Any

import pytest

from hostward.scanners.baseline.answer import Missing, Reading
from hostward.scanners.baseline.probes import homes

Tree = Any
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
PEOPLE = "root:x:0:0::/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n"


def _asked(tree: Tree, probe: str, query: str) -> list[tuple[str, str]]:
    answer = tree.ask(probe, query)
    assert isinstance(answer, Reading), answer
    return [(fact.subject, fact.value) for fact in answer.facts]


@pytest.mark.parametrize(
    "line",
    [
        "daemon:x:1:1::/home/x:/bin/bash",
        "nobody:x:65534:65534::/home/x:/bin/bash",
        "x:x:1001:1001::/home/x:/usr/sbin/nologin",
        "x:x:1001:1001::/home/x:/bin/false",
        "x:x:1001:1001::/:/bin/bash",
        "x:x:1001:1001:::/bin/bash",
        "x:x:1001:1001::home/x:/bin/bash",
    ],
)
def test_accounts_that_are_no_people_have_no_home_to_judge(tree: Tree, line: str) -> None:
    """Services, those who can't log in, and those whose home is no folder of theirs."""
    tree.write("/etc/passwd", line + "\n")
    tree.folder("/home/x", 0o777)
    assert tree.ask("homes", "modes") == Missing(reason="nobody who can log in has a home folder here")


def test_home_of_root_is_another_items_business(tree: Tree) -> None:
    """Its permissions; its files count here."""
    tree.write("/etc/passwd", PEOPLE)
    tree.folder("/root", 0o700)
    tree.folder("/home/alice", 0o750)
    tree.write("/root/.netrc", "", 0o644)
    assert _asked(tree, "homes", "modes") == [("/home/alice", "0750")]
    assert _asked(tree, "homes", "secret_files") == [("/root/.netrc", "0644")]


def test_linked_home_is_judged_behind_the_link(tree: Tree) -> None:
    """The link is named."""
    tree.write("/etc/passwd", PEOPLE)
    tree.folder("/data/alice", 0o777)
    tree.link("/home/alice", "/data/alice")
    (fact,) = tree.ask("homes", "modes").facts
    assert (fact.value, fact.source) == ("0777", "link to /data/alice")


def test_home_out_of_the_root_is_a_gap(tree: Tree) -> None:
    """Not this machine's folder of that name."""
    tree.write("/etc/passwd", PEOPLE)
    tree.link("/home/alice", "../../../tmp")
    assert "leads out of the root" in tree.ask("homes", "modes").gaps[0]


def test_home_on_another_machine_is_noted(tree: Tree) -> None:
    """Nothing is looked at there: it may hang."""
    tree.write("/etc/passwd", PEOPLE)
    tree.folder("/home/alice", 0o777)
    tree.write("/proc/self/mountinfo", "25 1 0:9 / /home rw - nfs4 far:/home rw\n1 1 8:1 / / rw - ext4 /dev/sda rw\n")
    answer = tree.ask("homes", "start_files", running=True)
    assert answer == Reading(note="not looked at, on another machine: /home/alice")


def test_mount_of_a_similar_name_is_not_the_homes(tree: Tree) -> None:
    """/home/al is not above /home/alice."""
    tree.write("/etc/passwd", PEOPLE)
    tree.folder("/home/alice", 0o700)
    tree.write("/proc/self/mountinfo", "25 1 0:9 / /home/al rw - nfs4 f:/h rw\n1 1 8:1 / / rw - ext4 /dev/sda rw\n")
    assert [fact.subject for fact in tree.ask("homes", "modes", running=True).facts] == ["/home/alice"]


def test_too_many_homes_are_a_gap(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond is not judged."""
    monkeypatch.setattr(homes, "MAX_HOMES", 1)
    tree.write("/etc/passwd", PEOPLE)
    assert tree.ask("homes", "modes").gaps == ("more than 1 homes",)


def test_damaged_account_file_is_a_gap(tree: Tree) -> None:
    """The line may be a person."""
    tree.write("/etc/passwd", PEOPLE + "half a li")
    assert len(tree.ask("homes", "start_files").gaps) == 1


@needs_root
@pytest.mark.parametrize(
    ("mode", "uid", "gid", "value"),
    [
        (0o644, 1000, 1000, "safe"),
        (0o644, 0, 0, "safe"),
        (0o664, 1000, 1000, "safe"),
        (0o664, 1000, 50, "can be written by others (0664)"),
        (0o646, 1000, 1000, "can be written by others (0646)"),
        (0o600, 1001, 1000, "belongs to UID 1001"),
    ],
)
def test_start_file_is_safe_when_nobody_else_can_write(tree: Tree, mode: int, uid: int, gid: int, value: str) -> None:
    """The group that only that person has (the same number) is that person."""
    tree.write("/etc/passwd", PEOPLE)
    os.chown(tree.write("/home/alice/.profile", "", mode), uid, gid)
    assert _asked(tree, "homes", "start_files") == [("/home/alice/.profile", value)]


@needs_root
def test_start_file_of_a_shared_group_is_not_private(tree: Tree) -> None:
    """All of the group could write there."""
    tree.write("/etc/passwd", "bob:x:1000:100::/home/alice:/bin/sh\n")
    os.chown(tree.write("/home/alice/.profile", "", 0o664), 1000, 100)
    assert _asked(tree, "homes", "start_files")[0][1] == "can be written by others (0664)"


@needs_root
def test_owner_of_a_home_is_compared_by_number(tree: Tree) -> None:
    """Two accounts of one home both count."""
    tree.write("/etc/passwd", PEOPLE + "bob:x:1001:1001::/home/alice:/bin/sh\n")
    os.chown(tree.folder("/home/alice"), 1000, 1000)
    tree.folder("/root")
    assert _asked(tree, "homes", "owners") == [("/root", "own"), ("/home/alice", "own"), ("/home/alice", "UID 1000")]


def test_home_that_is_a_file_has_no_files_in_it(tree: Tree) -> None:
    """A hostile passwd file may name any path."""
    tree.write("/etc/passwd", "eve:x:1000:1000::/etc/passwd:/bin/sh\n")
    assert _asked(tree, "homes", "start_files") == []


def test_no_passwd_file_is_missing(tree: Tree) -> None:
    """Nobody is known."""
    assert tree.ask("homes", "modes") == Missing(reason="/etc/passwd does not exist")


@pytest.mark.parametrize("probe", ["homes", "groups", "search_path"])
def test_unknown_query_is_no_answer(tree: Tree, probe: str) -> None:
    """It names those that exist."""
    assert "has no query everything: there are" in tree.ask(probe, "everything").reason


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        ("PATH=/a:/b", ["/a", "/b"]),
        ('export PATH="/a:$PATH"', ["/a"]),
        ("  PATH='/a:.'", ["/a", "."]),
        ("PATH=/a::/b", ["/a", "(empty)", "/b"]),
        ("PATH=$HOME/bin:~/x:${HOME}/y", ["/root/bin", "/root/x", "/root/y"]),
        ("PATH=/a; echo", ["/a"]),
        ("PATH=$(x):/a", ["/a"]),
        ("PATH=$PATH", []),
        ("# PATH=/a", []),
        ("MANPATH=/a", []),
        ("XPATH=/a", []),
    ],
)
def test_entries_of_path(tree: Tree, line: str, entries: list[str]) -> None:
    """What a shell would see, as far as it can be known; other variables are left out."""
    tree.write("/root/.bashrc", line + "\n")
    answer = tree.ask("search_path", "entries")
    assert [fact.subject for fact in answer.facts] == entries if entries else isinstance(answer, Missing)


def test_entry_knows_where_it_stands(tree: Tree) -> None:
    """login.defs has a form of its own."""
    tree.write("/etc/login.defs", "#\nENV_SUPATH\tPATH=/a:b\nENV_PATH PATH=c\n")
    answer = tree.ask("search_path", "entries")
    assert [(fact.subject, fact.value, fact.source) for fact in answer.facts] == [
        ("/a", "absolute", "/etc/login.defs:2"),
        ("b", "relative", "/etc/login.defs:2"),
    ]


def test_unreadable_file_of_path_is_a_gap(good: Tree) -> None:
    """It may have the dot."""
    good.fifo("/root/.bashrc")
    assert good.verdict("HW-ACC-018").outcome.value == "error"


@needs_root
@pytest.mark.parametrize(
    ("mode", "uid", "gid", "value"),
    [
        (0o755, 0, 0, "safe"),
        (0o775, 0, 0, "safe"),
        (0o775, 0, 50, "can be written by others (0775, GID 50)"),
        (0o1777, 0, 0, "can be written by others (1777, GID 0)"),
        (0o755, 1000, 0, "belongs to UID 1000"),
    ],
)
def test_folder_of_programs(tree: Tree, mode: int, uid: int, gid: int, value: str) -> None:
    """A sticky bit does not keep anybody from adding a program; root's group is root."""
    os.chown(tree.folder("/usr/bin", mode), uid, gid)
    (tree.root / "usr/bin").chmod(mode)
    assert _asked(tree, "search_path", "folders") == [("/usr/bin", value)]


@needs_root
def test_linked_folder_of_programs_is_followed(tree: Tree) -> None:
    """/bin is a link on current systems."""
    tree.folder("/usr/bin", 0o777)
    tree.link("/bin", "usr/bin")
    facts = tree.ask("search_path", "folders").facts
    assert [(fact.subject, fact.value[:14], fact.source) for fact in facts] == [
        ("/usr/bin", "can be written", ""),
        ("/bin", "can be written", "link to usr/bin"),
    ]


def test_file_in_path_is_no_folder(tree: Tree) -> None:
    """It can hold no program."""
    tree.write("/usr/bin", "", 0o666)
    assert isinstance(tree.ask("search_path", "folders"), Missing)


GROUPS = "root:x:0:\nshadow:x:42:bob,,eve\nstaff:x:50:\n"


@pytest.mark.parametrize(
    ("query", "more", "found"),
    [
        ("root_numbers", "wheel:x:0:\n", [("root", "0"), ("wheel", "0")]),
        ("root_numbers", "wheel:x:00:\n", [("root", "0"), ("wheel", "0")]),
        ("shared_numbers", "crew:x:50:\nteam:x:050:\n", [("GID 50", "staff, crew, team")]),
        ("shared_numbers", "wheel:x:0:\n", []),
        ("shared_names", "staff:x:51:\n", [("staff", "staff, staff")]),
        ("unknown", "", [("alice", "GID 1000")]),
        ("unknown", "alice:x:1000:\n", []),
        ("shadow_members", "", [("bob", "member"), ("eve", "member"), ("spy", "own group")]),
        ("imports", "+:::\n+@x\n-y\n", [("+", ""), ("+", "")]),
    ],
)
def test_groups(tree: Tree, query: str, more: str, found: list[tuple[str, str]]) -> None:
    """By number and by name, alone and beside the accounts."""
    tree.write("/etc/passwd", PEOPLE + "spy:x:1:42::/:/bin/false\n")
    tree.write("/etc/group", GROUPS + more)
    assert _asked(tree, "groups", query) == found


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/group"])
def test_groups_need_both_files(good: Tree, path: str) -> None:
    """The reason names the one that is not there."""
    good.remove(path)
    assert good.ask("groups", "unknown") == Missing(reason=f"{path} does not exist")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("shells", [("daemon", "/usr/sbin/nologin"), ("web", "/bin/sh")]),
        ("shared_numbers", [("UID 33", "web, www")]),
        ("shared_names", [("web", "web, web")]),
        ("root_group", [("root", "0"), ("bob", "0")]),
        ("imports", [("+", "")]),
        ("password_days", [("root", "90"), ("bob", "99999")]),
    ],
)
def test_accounts(tree: Tree, query: str, found: list[tuple[str, str]]) -> None:
    """An empty shell is /bin/sh, an empty number of days is for ever, and halt is no person."""
    tree.write(
        "/etc/passwd",
        "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\nweb:x:33:33::/:\n"
        "halt:x:1007:0::/:/sbin/halt\nbob:x:1000:0::/:/bin/sh\n+::::::\n"
        + ("www:x:033:33::/:/bin/false\n" if query == "shared_numbers" else "")
        + ("web:x:1034:33::/:/bin/false\n" if query == "shared_names" else ""),
    )
    tree.write(
        "/etc/shadow",
        "root:$y$a:1:0:90::::\nweb:!:1:0:::::\nbob:$6$a$b:1:0:::::\ndaemon:*:1::::::\nlost:$6$a$b:1:0:7::::\n",
    )
    assert _asked(tree, "accounts", query) == found
