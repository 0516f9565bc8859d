"""The sudo policy: rules, tags, aliases, defaults and includes, and what the probe makes of them."""

import os
from typing import Any

import pytest

from hostward.scanners.baseline import sudoers_file
from hostward.scanners.baseline.answer import Fact, Missing, Reading, Unreadable
from hostward.scanners.baseline.sudoers_file import Grant, Sudoers, parse

Tree = Any
MAIN = "/etc/sudoers"
SUDO_CODES = [f"HW-SUD-00{number}" for number in (1, 2, 3, 4, 6, 7)]


def _parsed(tree: Tree, text: str | bytes = "") -> Sudoers:
    if text:
        tree.write(MAIN, text)
    return parse(tree.fs().read, tree.fs().names)


def _grants(tree: Tree, text: str) -> list[tuple[str, str, str, bool]]:
    policy = _parsed(tree, text)
    assert policy.gaps == []
    return [(grant.users, grant.runas, grant.command, grant.needs_password) for grant in policy.grants]


def _settings(tree: Tree, text: str) -> list[tuple[str, str, bool]]:
    return [(setting.name, setting.value, setting.scoped) for setting in _parsed(tree, text).settings]


@pytest.mark.parametrize(
    ("line", "grants"),
    [
        ("root ALL=(ALL:ALL) ALL", [("root", "ALL:ALL", "ALL", True)]),
        ("alice ALL = NOPASSWD: ALL", [("alice", "", "ALL", False)]),
        ("alice ALL=(root)NOPASSWD:ALL", [("alice", "root", "ALL", False)]),
        ("alice,bob ALL=/bin/ls", [("alice,bob", "", "/bin/ls", True)]),
        ("alice , %ops ALL=/bin/ls", [("alice,%ops", "", "/bin/ls", True)]),
        ("#1000 ALL=/bin/ls", [("#1000", "", "/bin/ls", True)]),
        ("alice\tALL\t=\t/bin/ls\t-l # why", [("alice", "", "/bin/ls\t-l", True)]),
        ("alice web=(www) CWD=/srv NOPASSWD: /bin/ls", [("alice", "www", "/bin/ls", False)]),
        (
            "alice ALL=/bin/a, NOPASSWD: /bin/b, /bin/c, PASSWD: /bin/d",
            [
                ("alice", "", "/bin/a", True),
                ("alice", "", "/bin/b", False),
                ("alice", "", "/bin/c", False),
                ("alice", "", "/bin/d", True),
            ],
        ),
        (
            "alice one=NOPASSWD: /bin/a : two=/bin/b",
            [("alice", "", "/bin/a", False), ("alice", "", "/bin/b", True)],
        ),
        ("alice ALL=(root) NOEXEC: NOPASSWD: SETENV: /bin/a", [("alice", "root", "/bin/a", False)]),
        ("alice ALL=/bin/a \\, b, /bin/c", [("alice", "", "/bin/a \\, b", True), ("alice", "", "/bin/c", True)]),
        ('"dom\\\\bob" ALL=/bin/a', [('"dom\\\\bob"', "", "/bin/a", True)]),
    ],
)
def test_rules_are_read(tree: Tree, line: str, grants: list[tuple[str, str, str, bool]]) -> None:
    """Run-as lists and tags hold to the end of the list of commands; a new host begins anew."""
    assert _grants(tree, line + "\n") == grants


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("Defaults use_pty", [("use_pty", "on", False)]),
        ("Defaults !use_pty", [("use_pty", "off", False)]),
        ("Defaults !!use_pty", [("use_pty", "on", False)]),
        ("Defaults\tenv_reset, timestamp_timeout = 5", [("env_reset", "on", False), ("timestamp_timeout", "5", False)]),
        (
            'Defaults logfile="/var/log/a,b.log", use_pty',
            [("logfile", "/var/log/a,b.log", False), ("use_pty", "on", False)],
        ),
        ('Defaults env_keep += "A B"', [("env_keep", "A B", False)]),
        ("Defaults:alice !authenticate", [("authenticate", "off", True)]),
        ("Defaults:alice, %ops !authenticate", [("authenticate", "off", True)]),
        ("Defaults>root use_pty", [("use_pty", "on", True)]),
        ("Defaults@web use_pty", [("use_pty", "on", True)]),
        ("Defaults!/bin/ls use_pty", [("use_pty", "on", True)]),
        ("# Defaults use_pty", []),
        ("Defaults", []),
    ],
)
def test_defaults_are_read(tree: Tree, line: str, settings: list[tuple[str, str, bool]]) -> None:
    """Switches, values, quotes, and those that hold for some only."""
    assert _settings(tree, line + "\n") == settings


def test_lines_are_joined_by_a_backslash(tree: Tree) -> None:
    """The number is that of the first line."""
    policy = _parsed(tree, "# a\nalice ALL=\\\n  NOPASSWD: \\\n  ALL\n")
    assert policy.grants == [
        Grant(users="alice", runas="", command="ALL", needs_password=False, source="/etc/sudoers:2")
    ]


def test_comment_does_not_go_on(tree: Tree) -> None:
    """A backslash at its end joins nothing: the next line counts."""
    assert len(_parsed(tree, "# a \\\nalice ALL=ALL\n").grants) == 1


@pytest.mark.parametrize("word", ["@include", "#include"])
def test_file_is_included(tree: Tree, word: str) -> None:
    """Both ways to write it; a relative path starts in the folder of the file."""
    tree.write("/etc/more", "alice ALL=ALL\n")
    policy = _parsed(tree, f"{word} more\n")
    assert (policy.files, len(policy.grants)) == ([MAIN, "/etc/more"], 1)


@pytest.mark.parametrize("word", ["@includedir", "#includedir"])
def test_folder_is_included_in_order(tree: Tree, word: str) -> None:
    """Names with a dot or a tilde at the end are left out, as sudo does."""
    for name in ("20", "10", "x.bak", "y~"):
        tree.write(f"/etc/sudoers.d/{name}", f"u{name[0]} ALL=ALL\n")
    policy = _parsed(tree, f"{word} /etc/sudoers.d\n")
    assert policy.files == [MAIN, "/etc/sudoers.d", "/etc/sudoers.d/10", "/etc/sudoers.d/20"]
    assert [grant.users for grant in policy.grants] == ["u1", "u2"]


def test_folder_that_is_not_there_includes_nothing(tree: Tree) -> None:
    """Sudo does not mind."""
    assert _parsed(tree, "@includedir /etc/none\n").gaps == []


def test_file_that_is_not_there_is_a_gap(tree: Tree) -> None:
    """Then sudo's own policy is broken."""
    assert _parsed(tree, "@include /etc/none\n").gaps == ["/etc/none: No such file or directory"]


def test_file_named_after_the_host_is_a_gap(tree: Tree) -> None:
    """The host of another root is not known, so neither is the file."""
    assert "not known" in _parsed(tree, "@include /etc/sudoers.%h\n").gaps[0]


def test_files_that_include_each_other_end(tree: Tree) -> None:
    """Sudo stops at a depth, so do we, and say it."""
    tree.write("/etc/a", "@include /etc/a\n")
    assert "too deeply" in _parsed(tree, "@include /etc/a\n").gaps[0]


def test_too_many_files_are_a_gap(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that include each other widely do not multiply without end."""
    monkeypatch.setattr(sudoers_file, "MAX_FILES", 3)
    for name in "abcdef":
        tree.write(f"/etc/sudoers.d/{name}", "")
    assert "too many" in _parsed(tree, "@includedir /etc/sudoers.d\n").gaps[0]


def test_too_many_lines_are_a_gap(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is behind them is not known."""
    monkeypatch.setattr(sudoers_file, "MAX_TOTAL_LINES", 2)
    assert "more than 2 lines" in _parsed(tree, "a ALL=ALL\n" * 3).gaps[0]


@pytest.mark.parametrize(
    "line",
    [
        "alice ALL",
        "alice",
        "alice=ALL",
        'alice ALL="/bin/a',
        "Cmnd_Alias lower = /bin/a",
        "Defaults a b",
        "Defaults Use_Pty",
    ],
)
def test_line_that_is_not_understood_is_a_gap(tree: Tree, line: str) -> None:
    """It may be the very line that matters."""
    assert _parsed(tree, line + "\n").gaps == ["/etc/sudoers:1 is not understood"]


@pytest.mark.parametrize(
    "line", ["User_Alias A = a, b", "Host_Alias H = 10.0.0.0/8", "Runas_Alias R = x", "Cmnd_Alias C = /bin/a : D = C"]
)
def test_aliases_are_understood(tree: Tree, line: str) -> None:
    """Of all four kinds."""
    assert _parsed(tree, line + "\n").gaps == []


def test_alias_is_looked_through(tree: Tree) -> None:
    """Also in several steps, and when it names itself."""
    policy = _parsed(tree, "Cmnd_Alias A = B, /bin/a : B = A, ALL : C = /bin/c, C\n")
    assert [policy.means_all(name) for name in ("A", "B", "C", "ALL", "D")] == [True, True, False, True, False]


def _ask(tree: Tree, *target: str) -> Any:
    return tree.ask("sudoers", *target)


def _free(tree: Tree, text: str) -> list[tuple[str, str]]:
    tree.write(MAIN, text)
    return [(fact.subject, fact.value) for fact in _ask(tree, "free_commands").facts]


@pytest.mark.parametrize(
    ("line", "free"),
    [
        ("alice ALL=(ALL) NOPASSWD: ALL", [("alice", "ALL")]),
        ("alice ALL=NOPASSWD: /bin/a", [("alice", "/bin/a")]),
        ("alice ALL=(#0) NOPASSWD: ALL", [("alice", "ALL")]),
        ("alice ALL=(bob, root : adm) NOPASSWD: ALL", [("alice", "ALL")]),
        ("alice ALL=(www-data) NOPASSWD: ALL", []),
        ("alice ALL=(:adm) NOPASSWD: ALL", []),
        ("root ALL=(ALL) NOPASSWD: ALL", []),
        ("#0 ALL=(ALL) NOPASSWD: ALL", []),
        ("alice ALL=(ALL) ALL", []),
        ("Cmnd_Alias ANY = ALL\nalice ALL=NOPASSWD: ANY", [("alice", "ALL")]),
    ],
)
def test_free_commands(tree: Tree, line: str, free: list[tuple[str, str]]) -> None:
    """As root, without a password, by somebody else than root."""
    assert _free(tree, line + "\n") == free


def test_setting_of_all_is_the_last_one(tree: Tree) -> None:
    """Lines for some do not count."""
    tree.write(MAIN, "Defaults timestamp_timeout=1\nDefaults timestamp_timeout=2\nDefaults:bob timestamp_timeout=3\n")
    assert _ask(tree, "setting", "timestamp_timeout") == Reading(
        facts=(Fact(subject="timestamp_timeout", value="2", source="/etc/sudoers:2"),)
    )


def test_setting_that_is_nowhere_has_its_default(tree: Tree) -> None:
    """As sudoers(5) documents it."""
    tree.write(MAIN, "root ALL=(ALL) ALL\n")
    (fact,) = _ask(tree, "setting", "timestamp_timeout").facts
    assert (fact.value, fact.source) == ("15", "default of sudo")


def test_unknown_default_is_no_answer(tree: Tree) -> None:
    """We do not guess."""
    tree.write(MAIN, "root ALL=(ALL) ALL\n")
    assert isinstance(_ask(tree, "setting", "lecture"), Unreadable)


@pytest.mark.parametrize(
    ("version", "value"), [(b"1.8.32", "off"), (b"1.9.13p3", "off"), (b"1.9.14", "on"), (b"1.9.15p5", "on")]
)
def test_terminal_is_the_default_of_newer_versions(tree: Tree, version: bytes, value: str) -> None:
    """The version stands in the program."""
    tree.write(MAIN, "root ALL=(ALL) ALL\n")
    tree.write("/usr/bin/sudo", b"\x7fELF\x00" + version + b"\x00more\x001.4.1\x00")
    (fact,) = _ask(tree, "setting", "use_pty").facts
    assert (fact.value, fact.source.startswith("default of sudo 1.")) == (value, True)


def test_terminal_of_an_unknown_version_is_an_error(good: Tree) -> None:
    """Neither praise nor blame without knowing."""
    good.write(MAIN, "root ALL=(ALL) ALL\n", 0o440)
    verdict = good.verdict("HW-SUD-003")
    assert (verdict.outcome.value, "version, which is not known" in verdict.reason) == ("error", True)


def test_every_place_of_a_setting_is_shown(tree: Tree) -> None:
    """Those for some are the ones that people forget."""
    tree.write(MAIN, "Defaults authenticate\nDefaults:bob !authenticate\n")
    assert [(fact.value, fact.source) for fact in _ask(tree, "every_setting", "authenticate").facts] == [
        ("on", "/etc/sudoers:1"),
        ("off", "/etc/sudoers:2"),
    ]


def test_modes_and_owners_are_of_every_file_read(tree: Tree) -> None:
    """Folders and odd names included."""
    tree.write(MAIN, "@includedir /etc/sudoers.d\n@include /opt/x\n", 0o440)
    tree.write("/etc/sudoers.d/a[b]", "", 0o400)
    tree.write("/opt/x", "", 0o666)
    assert [(fact.subject, fact.value) for fact in _ask(tree, "modes").facts] == [
        ("/etc/sudoers", "0440"),
        ("/etc/sudoers.d", "0755"),
        ("/etc/sudoers.d/a[b]", "0400"),
        ("/opt/x", "0666"),
    ]
    assert {fact.value for fact in _ask(tree, "owners").facts} == {str(os.geteuid())}


def test_no_policy_is_missing(tree: Tree) -> None:
    """Sudo is not there."""
    assert _ask(tree, "free_commands") == Missing(reason="/etc/sudoers does not exist")


def test_unreadable_policy_is_no_answer(tree: Tree) -> None:
    """A FIFO, for one."""
    tree.fifo(MAIN)
    assert "FIFO" in _ask(tree, "free_commands").reason


def test_unreadable_part_is_neither_pass_nor_fail(good: Tree) -> None:
    """It may hold the rule, or the setting that wins."""
    good.fifo("/etc/sudoers.d/x")
    outcomes = {code: good.verdict(code).outcome.value for code in SUDO_CODES}
    assert outcomes == dict.fromkeys(outcomes, "error")


@pytest.mark.parametrize("target", [("everything",), ("setting",), ("modes", "x")])
def test_unknown_query_is_no_answer(tree: Tree, target: tuple[str, ...]) -> None:
    """It names those that exist."""
    assert "there are free_commands" in _ask(tree, *target).reason


@pytest.mark.parametrize("minutes", ["0", "5", "14.5", "15"])
def test_short_memory_passes(good: Tree, minutes: str) -> None:
    """Parts of a minute are allowed."""
    good.write("/etc/sudoers.d/x", f"Defaults timestamp_timeout={minutes}\n", 0o440)
    assert good.verdict("HW-SUD-006").outcome.value == "pass"
