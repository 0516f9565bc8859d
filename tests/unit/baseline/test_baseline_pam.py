"""PAM stacks in the layouts of Debian and of the RHEL family, and the modules' own settings."""

from typing import Any

import pytest

from hostward.scanners.baseline import pam_stack
from hostward.scanners.baseline.answer import Missing, Unreadable
from hostward.scanners.baseline.pam_stack import Rule, read_stack

Tree = Any
RHEL = """auth required pam_env.so
auth required pam_faillock.so preauth silent
auth sufficient pam_unix.so
auth required pam_faillock.so authfail
auth required pam_deny.so
password requisite pam_pwquality.so local_users_only
password requisite pam_pwhistory.so use_authtok
password sufficient pam_unix.so yescrypt shadow use_authtok
"""


def _rules(tree: Tree, text: str, kind: str = "auth") -> list[str]:
    tree.write("/etc/pam.d/x", text)
    stack = read_stack(tree.fs().read, kind, "x")
    assert stack is not None
    assert stack.gaps == []
    return [rule.text for rule in stack.rules]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("auth required pam_unix.so nullok", "required pam_unix.so nullok"),
        ("AUTH\trequired\tpam_unix.so", "required pam_unix.so"),
        ("-auth optional pam_x.so", "optional pam_x.so"),
        ("auth [success=1  default=ignore] pam_unix.so", "[success=1 default=ignore] pam_unix.so"),
        ("auth required /lib/security/pam_unix.so a", "required pam_unix.so a"),
        ("auth required \\\n  pam_unix.so \\\n  a", "required pam_unix.so a"),
        ("auth required pam_exec.so [/bin/a b] c", "required pam_exec.so [/bin/a b] c"),
        ("auth required pam_unix.so # nullok", "required pam_unix.so"),
    ],
)
def test_rules_are_read(tree: Tree, line: str, text: str) -> None:
    """Every way to write one."""
    assert _rules(tree, line + "\n") == [text]


@pytest.mark.parametrize(
    "line", ["", "# auth required pam_unix.so", "account required pam_unix.so", "auth required", "x"]
)
def test_other_lines_are_no_rules(tree: Tree, line: str) -> None:
    """Of another type, comments, and what PAM itself can't use."""
    assert _rules(tree, line + "\n") == []


def test_rule_knows_where_it_stands(tree: Tree) -> None:
    """The first of joined lines."""
    tree.write("/etc/pam.d/x", "\nauth \\\n required pam_a.so\n")
    stack = read_stack(tree.fs().read, "auth", "x")
    assert stack is not None
    assert stack.rules == [Rule(control="required", module="pam_a.so", arguments=(), source="/etc/pam.d/x:2")]


@pytest.mark.parametrize("line", ["@include y", "auth include y", "auth substack y", "auth include /etc/pam.d/y"])
def test_includes_are_followed_where_they_stand(tree: Tree, line: str) -> None:
    """Debian's way and everybody's."""
    tree.write("/etc/pam.d/y", "auth required pam_b.so\naccount required pam_no.so\n")
    assert _rules(tree, f"auth required pam_a.so\n{line}\nauth required pam_c.so\n") == [
        "required pam_a.so",
        "required pam_b.so",
        "required pam_c.so",
    ]


def test_include_of_another_type_is_not_followed(tree: Tree) -> None:
    """It brings rules of its own type only."""
    assert _rules(tree, "account include nowhere\n") == []


def test_vendor_folder_is_second(tree: Tree) -> None:
    """/etc wins over /usr/lib."""
    tree.write("/usr/lib/pam.d/x", "auth required pam_vendor.so\n")
    stack = read_stack(tree.fs().read, "auth", "x")
    assert stack is not None
    assert (stack.path, stack.rules[0].module) == ("/usr/lib/pam.d/x", "pam_vendor.so")
    assert _rules(tree, "auth required pam_own.so\n") == ["required pam_own.so"]


def test_no_file_is_no_stack(tree: Tree) -> None:
    """Nothing to judge."""
    assert read_stack(tree.fs().read, "auth", "x") is None


def _gaps(tree: Tree, text: str) -> list[str]:
    tree.write("/etc/pam.d/x", text)
    stack = read_stack(tree.fs().read, "auth", "x")
    assert stack is not None
    return stack.gaps


def test_missing_include_is_a_gap(tree: Tree) -> None:
    """PAM itself would refuse everybody."""
    assert _gaps(tree, "@include none\n") == ["none is included and does not exist"]


def test_unreadable_include_is_a_gap(tree: Tree) -> None:
    """It may hold the very module."""
    tree.fifo("/etc/pam.d/y")
    assert "FIFO" in _gaps(tree, "@include y\n")[0]


def test_unreadable_stack_is_a_gap(tree: Tree) -> None:
    """The same for the file itself."""
    tree.fifo("/etc/pam.d/x")
    stack = read_stack(tree.fs().read, "auth", "x")
    assert stack is not None
    assert "FIFO" in stack.gaps[0]


def test_files_that_include_each_other_end(tree: Tree) -> None:
    """Deeply or widely: it ends and is said."""
    assert "too deeply" in _gaps(tree, "@include x\n@include x\n")[0]


def test_too_many_rules_are_a_gap(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows is not known."""
    monkeypatch.setattr(pam_stack, "MAX_RULES", 2)
    assert _gaps(tree, "auth required pam_a.so\n" * 3) == [
        "/etc/pam.d/x:3 and what follows is not read: it is too much"
    ]


def _asked(tree: Tree, *target: str) -> list[tuple[str, str]]:
    return [(fact.subject, fact.value) for fact in tree.ask("pam", *target).facts]


def test_debian_has_one_stack_a_type(good: Tree) -> None:
    """common-auth for log-ins."""
    assert _asked(good, "auth", "pam_faillock.so") == [("/etc/pam.d/common-auth", "required pam_faillock.so preauth")]


def test_rhel_has_two_stacks(tree: Tree) -> None:
    """Each must have the module: one is for the console, one for the network."""
    tree.write("/etc/pam.d/system-auth", RHEL)
    tree.write("/etc/pam.d/password-auth", RHEL.replace("pam_faillock.so", "pam_permit.so"))
    assert _asked(tree, "auth", "pam_tally2.so", "pam_faillock.so") == [
        ("/etc/pam.d/system-auth", "required pam_faillock.so preauth silent"),
        ("/etc/pam.d/password-auth", "absent"),
    ]


@pytest.mark.parametrize("code", ["HW-PAM-001", "HW-PAM-003", "HW-PAM-005", "HW-PAM-006", "HW-PAM-007"])
def test_good_rhel_root_passes(tree: Tree, code: str) -> None:
    """The layout of authselect."""
    for name in ("system-auth", "password-auth"):
        tree.write(f"/etc/pam.d/{name}", RHEL)
    assert tree.verdict(code).outcome.value == "pass"


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("HW-PAM-001", "pam_pwquality.so", "pam_permit.so"),
        ("HW-PAM-003", "pam_faillock.so", "pam_permit.so"),
        ("HW-PAM-005", "pam_unix.so\n", "pam_unix.so nullok\n"),
        ("HW-PAM-006", "pam_pwhistory.so", "pam_permit.so"),
        ("HW-PAM-007", "yescrypt", "md5"),
    ],
)
def test_bad_rhel_root_fails(tree: Tree, code: str, old: str, new: str) -> None:
    """One of the two stacks is enough."""
    tree.write("/etc/pam.d/system-auth", RHEL)
    tree.write("/etc/pam.d/password-auth", RHEL.replace(old, new))
    assert tree.verdict(code).outcome.value == "fail"


def test_without_modules_every_rule_is_a_fact(tree: Tree) -> None:
    """For items about arguments."""
    tree.write("/etc/pam.d/common-auth", "auth required pam_a.so x\nauth required pam_b.so\n")
    assert [value for _, value in _asked(tree, "auth")] == ["required pam_a.so x", "required pam_b.so"]


def test_service_is_asked_by_name(good: Tree) -> None:
    """Su has a file of its own."""
    assert _asked(good, "su:auth", "pam_wheel.so") == [("/etc/pam.d/su", "required pam_wheel.so use_uid")]


def test_unreadable_part_is_no_absence(good: Tree) -> None:
    """The module may stand in what could not be read."""
    good.fifo("/etc/pam.d/y")
    good.write("/etc/pam.d/common-auth", "@include y\n")
    assert good.verdict("HW-PAM-003").outcome.value == "error"


def test_no_pam_is_missing(tree: Tree) -> None:
    """Alpine, for one."""
    assert isinstance(tree.ask("pam", "auth"), Missing)


def test_unknown_type_is_no_answer(tree: Tree) -> None:
    """It names those that exist."""
    assert "there are account" in tree.ask("pam", "authentication").reason


def _setting(tree: Tree, *target: str) -> list[tuple[str, str]]:
    return [(fact.value, fact.source) for fact in tree.ask("pam_setting", *target).facts]


MINLEN = ("password", "pam_pwquality.so", "minlen")


def test_setting_comes_from_the_modules_file(good: Tree) -> None:
    """Where no argument says otherwise."""
    assert _setting(good, *MINLEN) == [("14", "/etc/security/pwquality.conf:1")]


def test_main_file_wins_over_its_folder(good: Tree) -> None:
    """Libpwquality reads the folder first."""
    good.write("/etc/security/pwquality.conf.d/10.conf", "minlen=9\n")
    assert _setting(good, *MINLEN)[0][0] == "14"
    good.write("/etc/security/pwquality.conf", "# nothing\n")
    assert _setting(good, *MINLEN) == [("9", "/etc/security/pwquality.conf.d/10.conf:1")]


def test_argument_wins_over_the_files(good: Tree) -> None:
    """It is read last."""
    good.write("/etc/pam.d/common-password", "password requisite pam_pwquality.so minlen=20\n")
    assert _setting(good, *MINLEN) == [("20", "/etc/pam.d/common-password:1")]


def test_default_counts_where_nothing_is_set(good: Tree) -> None:
    """As the manual has it."""
    good.remove("/etc/security/faillock.conf")
    assert _setting(good, "auth", "pam_faillock.so", "deny") == [("3", "default of pam_faillock.so")]


def test_last_line_of_a_file_counts(good: Tree) -> None:
    """Comments do not."""
    good.write("/etc/security/faillock.conf", "deny = 4 # why\ndeny=6\n#deny = 9\ndeny_root\n")
    assert _setting(good, "auth", "pam_faillock.so", "deny") == [("6", "/etc/security/faillock.conf:2")]


def test_module_that_no_stack_uses_is_missing(tree: Tree) -> None:
    """Its file says nothing then."""
    tree.write("/etc/pam.d/common-password", "password required pam_unix.so\n")
    tree.write("/etc/security/pwquality.conf", "minlen = 4\n")
    assert tree.ask("pam_setting", *MINLEN) == Missing(reason="no stack uses pam_pwquality.so")


def test_unreadable_file_of_a_module_is_a_gap(good: Tree) -> None:
    """It may set the very value."""
    good.fifo("/etc/security/pwquality.conf")
    assert good.verdict("HW-PAM-002").outcome.value == "error"


def test_unreadable_file_does_not_matter_where_another_decides(good: Tree) -> None:
    """What is read later wins."""
    good.fifo("/etc/security/pwquality.conf.d/x.conf")
    assert good.verdict("HW-PAM-002").outcome.value == "pass"
    good.fifo("/etc/security/pwquality.conf")
    good.write("/etc/pam.d/common-password", "password requisite pam_pwquality.so minlen=20\n")
    assert good.verdict("HW-PAM-002").outcome.value == "pass"


def test_unknown_setting_is_no_answer(good: Tree) -> None:
    """We do not guess defaults."""
    assert isinstance(good.ask("pam_setting", "auth", "pam_faillock.so", "audit"), Unreadable)
