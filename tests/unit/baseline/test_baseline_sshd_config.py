"""sshd_config as OpenSSH reads it."""

from typing import Any

import pytest

from hostward.scanners.baseline import sshd_config
from hostward.scanners.baseline.answer import Missing
from hostward.scanners.baseline.probes.sshd import seconds_of
from hostward.scanners.baseline.sshd_config import SshdConfig, parse, split_line

Tree = Any
MAIN = sshd_config.CONFIG


def _parsed(files: dict[str, str]) -> SshdConfig:
    def glob(pattern: str) -> list[str]:
        folder, _, ending = pattern.partition("*")
        if not ending and "*" not in pattern:
            return [pattern] if pattern in files else []
        return sorted(path for path in files if path.startswith(folder) and path.endswith(ending))

    return parse(lambda path: files[path].encode(), glob)


def _values(files: dict[str, str]) -> dict[str, str]:
    return {keyword: setting.value for keyword, setting in _parsed(files).settings.items()}


@pytest.mark.parametrize(
    ("line", "split"),
    [
        ("", None),
        ("   # comment", None),
        ("PermitRootLogin no", ("permitrootlogin", ["no"])),
        ("  PermitRootLogin\t no  ", ("permitrootlogin", ["no"])),
        ("PermitRootLogin=no", ("permitrootlogin", ["no"])),
        ("PermitRootLogin = no", ("permitrootlogin", ["no"])),
        ('PermitRootLogin "no"', ("permitrootlogin", ["no"])),
        ("PermitRootLogin no # really", ("permitrootlogin", ["no"])),
        ("PermitRootLogin no#yes", ("permitrootlogin", ["no#yes"])),
        ("AllowUsers a 'b c' \"d e\"", ("allowusers", ["a", "b c", "d e"])),
        (r"AllowUsers a\ b \"c", ("allowusers", ["a b", '"c'])),
        ("Banner", ("banner", [])),
        ("PermitRootLogin no\0yes", ("permitrootlogin", ["no"])),
        ("PermitRootLogin no\r", ("permitrootlogin", ["no"])),
    ],
)
def test_line_is_split_as_openssh_splits_it(line: str, split: tuple[str, list[str]] | None) -> None:
    """Blanks, equals sign, quotes, comments, and C's end of text."""
    assert split_line(line) == split


@pytest.mark.parametrize("line", ['PermitRootLogin "no', "PermitRootLogin 'no"])
def test_open_quote_is_an_error(line: str) -> None:
    """The server would not start with it."""
    with pytest.raises(ValueError, match="not closed"):
        split_line(line)


def test_first_value_wins() -> None:
    """Unlike in most other files."""
    assert _values({MAIN: "PermitRootLogin no\nPermitRootLogin yes\n"}) == {"permitrootlogin": "no"}


def test_included_file_wins_where_it_stands_first() -> None:
    """Debian includes sshd_config.d at the top."""
    files = {MAIN: "Include /etc/ssh/sshd_config.d/*.conf\nA main\n", "/etc/ssh/sshd_config.d/x.conf": "A drop\n"}
    assert _values(files) == {"a": "drop"}


def test_included_file_loses_where_it_stands_last() -> None:
    """The place of the line counts."""
    files = {MAIN: "A main\nInclude /etc/ssh/sshd_config.d/*.conf\n", "/etc/ssh/sshd_config.d/x.conf": "A drop\n"}
    assert _values(files) == {"a": "main"}


def test_included_files_come_in_lexical_order() -> None:
    """10 before 9."""
    files = {MAIN: "Include /d/*.conf\n", "/d/9.conf": "A nine\n", "/d/10.conf": "A ten\n"}
    assert _values(files) == {"a": "ten"}


def test_relative_include_starts_in_etc_ssh() -> None:
    """As the manual says."""
    assert _values({MAIN: "Include extra.conf\n", "/etc/ssh/extra.conf": "A x\n"}) == {"a": "x"}


def test_include_takes_several_patterns() -> None:
    """In the order of the line."""
    assert _values({MAIN: "Include /b /a\n", "/a": "A a\n", "/b": "A b\n"}) == {"a": "b"}


def test_include_without_a_match_is_fine() -> None:
    """The folder may be empty."""
    config = _parsed({MAIN: "Include /none/*.conf\nA x\n"})
    assert (config.gaps, list(config.settings)) == ((), ["a"])


def test_match_block_is_not_global() -> None:
    """It is kept aside, with its place."""
    config = _parsed({MAIN: "A x\nMatch User bob\nA y\nB z\n"})
    assert list(config.settings) == ["a"]
    assert config.conditional["a"][0].source == f"{MAIN}:3"


def test_match_all_is_global_again() -> None:
    """Its condition always holds."""
    assert _values({MAIN: "Match User bob\nA x\nMatch all\nB y\n"}) == {"b": "y"}


def test_match_in_an_included_file_ends_with_it() -> None:
    """What follows the Include is global."""
    assert _values({MAIN: "Include /a\nB y\n", "/a": "Match User bob\nA x\n"}) == {"b": "y"}


def test_include_inside_a_match_block_stays_conditional() -> None:
    """Even "Match all" in there."""
    files = {MAIN: "Match User bob\nInclude /a\nC z\n", "/a": "A x\nMatch all\nB y\n"}
    assert _values(files) == {}


def test_circular_include_ends_with_a_gap() -> None:
    """The server stops at 16 levels."""
    assert _parsed({MAIN: f"Include {MAIN}\n"}).gaps == ("files are included too deeply",)


def test_widely_circular_include_ends_with_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two includes a file would be 65,536 reads."""
    monkeypatch.setattr(sshd_config, "MAX_FILES", 20)
    assert "too many files are included" in _parsed({MAIN: f"Include {MAIN}\nInclude {MAIN}\n"}).gaps


def test_endless_lines_end_with_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files included again and again."""
    monkeypatch.setattr(sshd_config, "MAX_TOTAL_LINES", 5)
    config = _parsed({MAIN: "#\n" * 6 + "A x\n"})
    assert (config.gaps, config.settings) == (("more than 5 lines in all",), {})


def test_value_before_a_gap_is_certain() -> None:
    """What could not be read later can't win any more."""
    config = _parsed({MAIN: 'A x\nBad "\nB y\n'})
    assert (config.settings["a"].gaps, len(config.settings["b"].gaps)) == ((), 1)


def test_keyword_without_a_value_is_a_gap() -> None:
    """The server would not start."""
    assert _parsed({MAIN: "Banner\n"}).gaps == (f"{MAIN}:1: banner without a value",)


def test_gaps_are_bounded() -> None:
    """A file of nothing but errors must not fill the memory."""
    assert len(_parsed({MAIN: 'A "\nB x\n' * 5000}).gaps) == 20


def test_missing_main_file_is_passed_on() -> None:
    """The caller knows what that means."""
    with pytest.raises(KeyError):
        _parsed({})


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("2m", 120), ("1h30m", 5400), ("1w", 604_800), ("0", 0), ("x", None), ("", None)],
)
def test_times_are_seconds(value: str, seconds: int | None) -> None:
    """The time formats of sshd_config(5)."""
    assert seconds_of(value) == seconds


def test_probe_says_where_a_value_comes_from(tree: Tree) -> None:
    """File and line."""
    tree.write(MAIN, "\nLoginGraceTime 2M\n")
    (fact,) = tree.ask("sshd", "LoginGraceTime").facts
    assert (fact.subject, fact.value, fact.source) == ("LoginGraceTime", "120", f"{MAIN}:2")


def test_probe_falls_back_to_the_documented_default(tree: Tree) -> None:
    """And says so."""
    tree.write(MAIN, "")
    (fact,) = tree.ask("sshd", "PermitRootLogin").facts
    assert (fact.value, fact.source) == ("prohibit-password", "OpenSSH default")


def test_probe_does_not_guess_unknown_defaults(tree: Tree) -> None:
    """What is not documented here is no answer."""
    tree.write(MAIN, "")
    assert "not known" in tree.ask("sshd", "Whatever").reason


def test_probe_mentions_match_blocks(tree: Tree) -> None:
    """They do not count, and people should know."""
    tree.write(MAIN, "PermitRootLogin no\nMatch User bob\nPermitRootLogin yes\n")
    assert tree.ask("sshd", "PermitRootLogin").note == f"a Match block sets yes at {MAIN}:3"


def test_probe_without_a_server_is_missing(tree: Tree) -> None:
    """Neither file nor program."""
    assert isinstance(tree.ask("sshd", "PermitRootLogin"), Missing)


def test_program_without_a_file_has_its_defaults(tree: Tree) -> None:
    """A server is installed, so the item applies."""
    tree.write("/usr/sbin/sshd", "", 0o755)
    assert tree.ask("sshd", "PermitEmptyPasswords").facts[0].value == "no"


def test_fifo_as_configuration_is_an_error(good: Tree) -> None:
    """It must not hang, and it is not "no server"."""
    good.fifo(MAIN)
    verdict = good.verdict("HW-SSH-001")
    assert (verdict.outcome.value, "FIFO" in verdict.reason) == ("error", True)


def test_unreadable_included_file_is_an_error(good: Tree) -> None:
    """The value that it may set would win over the default."""
    good.fifo("/etc/ssh/sshd_config.d/10.conf")
    assert good.verdict("HW-SSH-001").outcome.value == "error"


def test_unreadable_included_file_does_not_hide_a_failure(good: Tree) -> None:
    """A bad value that stands for sure is a fail all the same."""
    good.write("/etc/ssh/sshd_config.d/05.conf", "PermitRootLogin yes\n")
    good.fifo("/etc/ssh/sshd_config.d/10.conf")
    assert good.verdict("HW-SSH-001").outcome.value == "fail"


def test_unreadable_included_file_is_no_failure_by_default(good: Tree) -> None:
    """The default that would be bad may not hold."""
    good.write(MAIN, "Include /etc/ssh/sshd_config.d/*.conf\nX11Forwarding yes\n")
    good.fifo("/etc/ssh/sshd_config.d/10.conf")
    assert {good.verdict(code).outcome.value for code in ("HW-SSH-010", "HW-SSH-015")} == {"error"}


def test_several_keywords_are_several_facts(tree: Tree) -> None:
    """Lists that are not set are empty."""
    tree.write(MAIN, "DenyUsers bob\n")
    facts = tree.ask("sshd", "AllowUsers", "DenyUsers").facts
    assert [(fact.subject, fact.value) for fact in facts] == [("AllowUsers", ""), ("DenyUsers", "bob")]


@pytest.mark.parametrize("keyword", ["AllowTcpForwarding", "X11Forwarding"])
def test_one_switch_turns_all_forwarding_off(tree: Tree, keyword: str) -> None:
    """Whatever the other lines say."""
    tree.write(MAIN, f"{keyword} yes\nDisableForwarding yes\n")
    (fact,) = tree.ask("sshd", keyword).facts
    assert (fact.value, fact.source) == ("no", f"DisableForwarding, {MAIN}:2")


def test_switch_that_is_off_changes_nothing(tree: Tree) -> None:
    """Then the keyword's own line counts."""
    tree.write(MAIN, "X11Forwarding yes\nDisableForwarding no\n")
    assert tree.ask("sshd", "X11Forwarding").facts[0].value == "yes"


@pytest.mark.parametrize("keyword", ["ChallengeResponseAuthentication", "SkeyAuthentication"])
def test_old_keywords_are_the_new_one(tree: Tree, keyword: str) -> None:
    """The first line of either counts."""
    tree.write(MAIN, f"{keyword} no\nKbdInteractiveAuthentication yes\n")
    assert tree.ask("sshd", "KbdInteractiveAuthentication").facts[0].value == "no"


@pytest.mark.parametrize("name", ["AllowUsers", "AllowGroups", "DenyUsers", "DenyGroups"])
def test_any_list_of_accounts_is_enough(good: Tree, name: str) -> None:
    """Each of them keeps somebody out."""
    good.write(MAIN, f"{name} people\n")
    assert good.verdict("HW-SSH-011").outcome.value == "pass"


def test_server_without_pam_on_the_system_is_not_asked_for_it(good: Tree) -> None:
    """Alpine has no PAM to use."""
    good.write(MAIN, "UsePAM no\n")
    good.remove("/etc/pam.d")
    assert good.verdict("HW-SSH-010").outcome.value == "not_applicable"
