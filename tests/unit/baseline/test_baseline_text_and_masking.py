"""Hostile text made fit to show, and secrets taken out of it."""

import pytest

from hostward.scanners.baseline.masking import masked
from hostward.scanners.baseline.patterns import BrokenPattern, matches, selected
from hostward.scanners.baseline.text import decoded, lines_of, printable


def test_bytes_that_are_no_text_are_escaped() -> None:
    """Nothing is lost and nothing raises."""
    assert decoded(b"a\xffb") == "a\\xffb"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\nb", ["a", "", "b"]),
        (b"a\rb\x0cc\x85\n", ["a\rb\x0cc\\x85"]),
    ],
)
def test_lines_end_at_newlines_only(data: bytes, lines: list[str]) -> None:
    """Other separators must not hide a line from us that the program sees, or the other way round."""
    assert lines_of(data) == lines


def test_control_characters_are_escaped() -> None:
    """Evidence shown in a terminal must not move its cursor."""
    assert printable("a\x1b[2Jb\0\n", 100) == "a\\x1b[2Jb\\x00\\n"


def test_odd_file_names_become_valid_text() -> None:
    """A surrogate can't be sent as UTF-8."""
    assert printable("\udcff", 100) == "\\udcff"


def test_long_text_is_cut_with_a_mark() -> None:
    """The cut is seen."""
    assert printable("x" * 50, 10) == "xxxxxxx..."


def test_text_of_the_limit_is_not_cut() -> None:
    """The limit itself is allowed."""
    assert printable("x" * 10, 10) == "x" * 10


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("root:$6$salt$hash:1:", "root:$6$[masked]:1:"),
        ("$y$j9T$abc/def$ghi", "$y$[masked]"),
        ("$2b$12$abcdefghijklmnopqrstuv", "$2b$[masked]"),
        ("bob:aaBBccDDeeFFg:19000:0:", "bob:[masked]:19000:0:"),
        ("password = hunter2", "password = [masked]"),
        ("PASSWD: x", "PASSWD: [masked]"),
        ("api_key=abc,secret=def", "api_key=[masked],secret=[masked]"),
    ],
)
def test_secrets_are_masked(text: str, shown: str) -> None:
    """Hashes and values called secret never leave the host."""
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    ["/etc/passwd = 0644", "PasswordAuthentication = no", "/etc/passwd:12", "root:x:0:0:root:/root:/bin/bash", "$HOME"],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Evidence that is all masks says nothing."""
    assert masked(text) == text


def test_masking_twice_changes_nothing() -> None:
    """Text may pass through more than once."""
    once = masked("password=abc $6$a$b")
    assert masked(once) == once


def test_pattern_is_found_anywhere() -> None:
    """RE2 searches, it does not anchor."""
    assert [matches("b+", "abbc"), matches("^b", "abbc")] == [True, False]


def test_first_group_is_selected() -> None:
    """The group, the whole match without one, "" for a group that took no part, None without a match."""
    assert [selected("a(b)", "ab"), selected("ab", "ab"), selected("a(b)?", "ac"), selected("x", "ab")] == [
        "b",
        "ab",
        "",
        None,
    ]


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a{1,5000}"])
def test_broken_pattern_is_named(pattern: str) -> None:
    """What RE2 can't do is an error that names the pattern."""
    with pytest.raises(BrokenPattern, match="is broken"):
        matches(pattern, "a")


def test_pattern_meets_odd_text_without_an_error() -> None:
    """Surrogates and NUL bytes are text like any other."""
    assert [matches("a", "\udcffa"), matches("a.b", "a\0b")] == [True, True]


def test_nested_quantifiers_take_linear_time() -> None:
    """A pattern that makes backtracking engines run for years."""
    assert matches("^(a+)+$", "a" * 50_000 + "b") is False
