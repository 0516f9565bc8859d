"""Byte keys against apk's order, written a second time as a comparison of tokens."""

import re
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.apk import key

SUFFIXES = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"]
NUMBER = st.sampled_from(["0", "00", "01", "010", "1", "2", "9", "10", "100"])
SUFFIX = st.builds(
    "_{}{}".format, st.sampled_from([each for each in SUFFIXES if each]), st.sampled_from(["", "1", "10"])
)
VERSION = st.builds(
    "{}{}{}{}{}".format,
    st.lists(NUMBER, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["", "a", "z"]),
    st.lists(SUFFIX, max_size=2).map("".join),
    st.sampled_from(["", "~a", "~ab", "~1"]),
    st.sampled_from(["", "-r0", "-r1", "-r10"]),
)
KINDS = ("first", "number", "letter", "suffix", "suffix number", "hash", "revision", "end")
"""What may come next; of two different ones the earlier is newer, but for the suffixes of pre-releases."""


def tokens(version: str) -> list[tuple[str, str]]:
    """The parts of a version with their kinds."""
    found = [("first" if number == 0 else "number", each) for number, each in enumerate(head(version).split("."))]
    rest = version[len(head(version)) :]
    for text in re.findall(r"_[a-z]+|~[0-9a-f]+|-r[0-9]+|[0-9]+|[a-z]", rest):
        kind = {"_": "suffix", "~": "hash", "-": "revision"}.get(
            text[0], "letter" if text.isalpha() else "suffix number"
        )
        found.append((kind, text.removeprefix("-r").lstrip("_~")))
    return [*found, ("end", "")]


def head(version: str) -> str:
    """The numbers at the beginning."""
    size = 0
    while size < len(version) and version[size] in "0123456789.":
        size += 1
    return version[:size]


def compare(a: str, b: str) -> int:
    """Token by token."""
    for (kind_a, one), (kind_b, other) in zip(tokens(a), tokens(b), strict=False):
        if kind_a != kind_b:
            return compare_kinds(kind_a, one, kind_b, other)
        result = compare_tokens(kind_a, one, other)
        if result:
            return result
    return 0


def compare_kinds(kind_a: str, one: str, kind_b: str, other: str) -> int:
    """A pre-release's suffix is older than anything else that may stand there."""
    before = [
        kind == "suffix" and SUFFIXES.index(text) < SUFFIXES.index("")
        for kind, text in ((kind_a, one), (kind_b, other))
    ]
    if any(before):
        return -1 if before[0] else 1
    return 1 if KINDS.index(kind_a) < KINDS.index(kind_b) else -1


def compare_tokens(kind: str, a: str, b: str) -> int:
    """Two of one kind."""
    if kind == "suffix":
        return sign(SUFFIXES.index(a), SUFFIXES.index(b))
    if kind in ("letter", "hash") or (kind == "number" and "0" in (a[0], b[0])):
        return (a > b) - (a < b)
    return sign(int(a or 0), int(b or 0))


def sign(a: int, b: int) -> int:
    """-1, 0 or 1."""
    return (a > b) - (a < b)


@given(VERSION, VERSION)
def test_keys_compare_as_apk_does(a: str, b: str) -> None:
    """Two versions of all parts."""
    assert (key(a) > key(b)) - (key(a) < key(b)) == compare(a, b)


@given(VERSION, SUFFIX)
def test_a_suffix_is_before_or_after_the_plain_version(version: str, suffix: str) -> None:
    """By the suffix alone, whatever stands before it."""
    plain = version.partition("-r")[0].partition("~")[0]
    is_before = SUFFIXES.index(suffix.strip("_0123456789")) < SUFFIXES.index("")
    assert (key(plain + suffix) < key(plain)) is is_before


@given(st.text("0123.abr_-~p", max_size=12))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    """Nothing else can happen to what stands in a database."""
    with suppress(InvalidValue):
        assert key(text)
