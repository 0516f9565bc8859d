"""The account database through the probe."""

from typing import Any

import pytest

from hostward.scanners.baseline.account_files import GROUP, PASSWD, SHADOW, read_records
from hostward.scanners.baseline.answer import Missing, Reading
from hostward.scanners.baseline.probes.accounts import state_of

Tree = Any
PASSWD_LINES = "root:x:0:0:root:/root:/bin/bash\ndaemon:*:1:1::/:/bin/false\nalice:x:1000:1000::/:/bin/sh\n"


@pytest.mark.parametrize(
    ("field", "state"),
    [
        ("", "empty"),
        ("*", "locked"),
        ("!", "locked"),
        ("!!", "locked"),
        ("!$6$a$b", "locked"),
        ("x", "locked"),
        ("$y$j9T$a$b", "yescrypt"),
        ("$gy$j9T$a$b", "gost-yescrypt"),
        ("$7$a", "scrypt"),
        ("$6$a$b", "sha512crypt"),
        ("$5$a$b", "sha256crypt"),
        ("$2b$12$a", "bcrypt"),
        ("$sm3$a$b", "sm3crypt"),
        ("$sha1$1$a$b", "sha1crypt"),
        ("$md5,rounds=1$a$b", "sunmd5"),
        ("$1$a$b", "md5crypt"),
        ("$3$$a", "nthash"),
        ("_J9..rasmBYk8", "bsdicrypt"),
        ("aaBBccDDeeFFg", "descrypt"),
        ("password", "unknown"),
    ],
)
def test_state_of_a_password_field(field: str, state: str) -> None:
    """Every scheme of crypt(5) by its prefix."""
    assert state_of(field) == state


def _facts(answer: object) -> list[tuple[str, str, str]]:
    assert isinstance(answer, Reading)
    return [(fact.subject, fact.value, fact.source) for fact in answer.facts]


def test_root_numbers_are_found_by_number(tree: Tree) -> None:
    """The name does not matter."""
    tree.write("/etc/passwd", PASSWD_LINES + "toor:x:0:5::/:/bin/sh\n")
    assert _facts(tree.ask("accounts", "root_numbers")) == [
        ("root", "0", "/etc/passwd:1"),
        ("toor", "0", "/etc/passwd:4"),
    ]


def test_shadow_counts_where_passwd_points_to_it(tree: Tree) -> None:
    """A field other than x stands for itself."""
    tree.write("/etc/passwd", PASSWD_LINES)
    tree.write("/etc/shadow", "daemon:$6$a$b:1::::::\nalice:$6$a$b:1::::::\n")
    assert _facts(tree.ask("accounts", "passwords")) == [
        ("root", "locked", "/etc/passwd:1"),
        ("daemon", "locked", "/etc/passwd:2"),
        ("alice", "sha512crypt", "/etc/shadow:2"),
    ]


def test_first_of_two_shadow_lines_counts(tree: Tree) -> None:
    """As the C library looks it up."""
    tree.write("/etc/passwd", PASSWD_LINES)
    tree.write("/etc/shadow", "alice::1::::::\nalice:*:1::::::\n")
    assert _facts(tree.ask("accounts", "passwords"))[2] == ("alice", "empty", "/etc/shadow:1")


def test_system_accounts_are_those_below_1000_without_root(tree: Tree) -> None:
    """The account root is a person's account."""
    tree.write("/etc/passwd", PASSWD_LINES)
    assert [name for name, _, _ in _facts(tree.ask("accounts", "system_passwords"))] == ["daemon"]


def test_fields_of_passwd_say_where_the_hash_is(tree: Tree) -> None:
    """A hash there can be read by everybody."""
    tree.write("/etc/passwd", PASSWD_LINES + "bob:$1$a$b:5:5::/:/bin/sh\neve::6:6::/:/bin/sh\n")
    assert [value for _, value, _ in _facts(tree.ask("accounts", "passwd_fields"))] == [
        "shadowed",
        "locked",
        "shadowed",
        "md5crypt",
        "empty",
    ]


def test_no_hash_is_in_any_answer(tree: Tree) -> None:
    """Hashes stay inside the probe."""
    tree.write("/etc/passwd", PASSWD_LINES + "bob:$1$salt$thehash:5:5::/:/bin/sh\n")
    tree.write("/etc/shadow", "alice:$6$salt$thehash:1::::::\n")
    shown = [str(tree.ask("accounts", query)) for query in ("passwords", "passwd_fields", "system_passwords")]
    assert [text for text in shown if "thehash" in text] == []


def test_no_passwd_file_is_missing(tree: Tree) -> None:
    """A container image may have none."""
    assert tree.ask("accounts", "passwords") == Missing(reason="/etc/passwd does not exist")


def test_unreadable_shadow_file_is_no_answer(tree: Tree) -> None:
    """Without it nothing is known about passwords; the queries that need only passwd still answer."""
    tree.write("/etc/passwd", PASSWD_LINES)
    tree.fifo("/etc/shadow")
    assert "FIFO" in tree.ask("accounts", "passwords").reason
    assert isinstance(tree.ask("accounts", "root_numbers"), Reading)


def test_unknown_query_is_no_answer(tree: Tree) -> None:
    """It names those that exist."""
    assert "there are root_numbers" in tree.ask("accounts", "uid0").reason


@pytest.mark.parametrize(
    "line", ["broken", "a:b:c", "root:x:zero:0:root:/root:/bin/sh", ":x:0:0::/:/bin/sh", "a:x:²:0::/:/bin/sh"]
)
def test_line_that_is_no_account_is_a_gap(tree: Tree, line: str) -> None:
    """The C library skips it; we say so."""
    tree.write("/etc/passwd", f"{PASSWD_LINES}{line}\n")
    answer = tree.ask("accounts", "root_numbers")
    assert (len(answer.facts), answer.gaps) == (1, ("/etc/passwd:4 is not a line of that file's format",))


def test_gap_turns_a_pass_into_an_error(good: Tree) -> None:
    """An account file that is not whole is not judged as good."""
    (good.root / "etc/passwd").write_text((good.root / "etc/passwd").read_text() + "half a li")
    verdict = good.verdict("HW-ACC-001")
    assert (verdict.outcome.value, "not all could be read" in verdict.reason) == ("error", True)


def test_comments_and_nis_lines_are_no_accounts(tree: Tree) -> None:
    """They are no gaps either."""
    tree.write("/etc/passwd", "# comment\n\n+::::::\n-bob::::::\n" + PASSWD_LINES)
    assert len(read_records(tree.fs(), PASSWD).records) == 3
    assert read_records(tree.fs(), PASSWD).gaps == ()


def test_each_file_has_its_own_format(tree: Tree) -> None:
    """Names and numbers of groups, and nine fields of shadow."""
    tree.write("/etc/group", "shadow:x:42:alice,bob\n")
    tree.write("/etc/shadow", "alice:*:1:0:99999:7:::\n")
    (group,) = read_records(tree.fs(), GROUP).records
    (entry,) = read_records(tree.fs(), SHADOW).records
    assert (group.name, group.number, entry.name, entry.source) == ("shadow", 42, "alice", "/etc/shadow:1")
