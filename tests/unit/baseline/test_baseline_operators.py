"""The comparisons of items, one by one."""

import pytest

from hostward.scanners.baseline.operators import OPERATORS, Expected, words_of


@pytest.mark.parametrize(
    ("name", "value", "expected", "holds"),
    [
        ("exists", "", "", True),
        ("equals", "no", "no", True),
        ("equals", "No", "no", False),
        ("equals", "2", 2, True),
        ("one_of", "b", ("a", "b"), True),
        ("one_of", "c", ("a", "b"), False),
        ("one_of", "a", "a", True),
        ("at_most", "6", 6, True),
        ("at_most", "7", "6", False),
        ("at_least", "6", 6, True),
        ("at_least", "-1", 0, False),
        ("between", "1", (1, 6), True),
        ("between", "6", (1, 6), True),
        ("between", "0", (1, 6), False),
        ("between", "7", (1, 6), False),
        ("matches", "aes-cbc", "cbc$", True),
        ("matches", "aes-ctr", "cbc$", False),
        ("mode_within", "0640", "0644", True),
        ("mode_within", "0000", "0000", True),
        ("mode_within", "0660", "0644", False),
        ("mode_within", "4755", "0755", False),
        ("under", "/usr/bin/su", ("/usr/bin", "/bin"), True),
        ("under", "/usr/bin", "/usr/bin/", True),
        ("under", "/usr/binx/su", ("/usr/bin",), False),
        ("under", "/opt/su", "/", True),
        ("has_words", "tmpfs,rw,nosuid", ("nosuid",), True),
        ("has_words", "tmpfs rw nosuid", ("rw", "nosuid"), True),
        ("has_words", "tmpfs,nosuidx", ("nosuid",), False),
    ],
)
def test_operator_compares(name: str, value: str, expected: Expected, holds: bool) -> None:
    """Each operator at and around its edge."""
    assert OPERATORS[name].holds(value, expected) is holds


@pytest.mark.parametrize(
    ("name", "value", "expected", "message"),
    [
        ("at_most", "many", 6, "'many' is not a whole number"),
        ("at_most", "1", "few", "'few' is not a whole number"),
        ("between", "1", (1, 2, 3), "two numbers"),
        ("between", "1", 5, "two numbers"),
        ("mode_within", "rwx", "0644", "not an octal mode"),
        ("mode_within", "0644", "0689", "not an octal mode"),
        ("equals", "a", ("a",), "one value is expected"),
        ("matches", "a", "(", "is broken"),
    ],
)
def test_operator_refuses_what_it_can_not_compare(name: str, value: str, expected: Expected, message: str) -> None:
    """A comparison that makes no sense is an error, never a pass."""
    with pytest.raises(ValueError, match=message):
        OPERATORS[name].holds(value, expected)


def test_words_name_what_is_expected() -> None:
    """People read words, not operators."""
    assert [words_of("one_of", ("no", "yes")), words_of("at_most", 6)] == ["is one of no, yes", "is at most 6"]


def test_every_operator_has_words() -> None:
    """Every operator but "exists" (which has its own sentence) shows what is expected."""
    assert [name for name, operator in OPERATORS.items() if "{}" not in operator.words] == ["exists"]
