"""Byte keys against rpm's order, written a second time from rpm-version(7)."""

import csv
import os
from functools import cmp_to_key
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.versions.rpm import key

PART = st.text("0019aZz._+~^", max_size=10)
VERSION = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "0:", "1:", "10:"]),
    st.text("0129.~^ab", min_size=1, max_size=8),
    st.sampled_from(["", "-0", "-1", "-1.el9", "-1.el9_4.1", "-1~rc", "-1^git"]),
)
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def compare(a: str, b: str) -> int:
    """Epoch, version, release."""
    one, other = split(a), split(b)
    return sign(one[0], other[0]) or compare_part(one[1], other[1]) or compare_part(one[2], other[2])


def split(version: str) -> tuple[int, str, str]:
    """[epoch:]version[-release]."""
    epoch, rest = version.split(":", 1) if ":" in version else ("0", version)
    upstream, release = rest.rsplit("-", 1) if "-" in rest else (rest, "")
    return int(epoch), upstream, release


def compare_part(a: str, b: str) -> int:
    """Segment by segment from the left."""
    while True:
        a, b = skip(a), skip(b)
        if a.startswith("~") or b.startswith("~"):
            if not (a.startswith("~") and b.startswith("~")):
                return -1 if a.startswith("~") else 1
        elif a.startswith("^") or b.startswith("^"):
            if not (a.startswith("^") and b.startswith("^")):
                return caret(a, b)
        elif not a or not b:
            return bool(a) - bool(b)
        else:
            size_a, size_b = run(a), run(b)
            result = compare_segment(a[:size_a], b[:size_b])
            if result:
                return result
            a, b = a[size_a:], b[size_b:]
            continue
        a, b = a[1:], b[1:]


def caret(a: str, b: str) -> int:
    """One side has a caret: it is newer than the end and older than anything else."""
    if a.startswith("^"):
        return -1 if b else 1
    return 1 if a else -1


def skip(text: str) -> str:
    """Without the separators at its head."""
    while text and text[0] not in LETTERS + DIGITS + "~^":
        text = text[1:]
    return text


def run(text: str) -> int:
    """Length of the run of digits or of letters at the head."""
    kind = DIGITS if text[0] in DIGITS else LETTERS
    size = 0
    while size < len(text) and text[size] in kind:
        size += 1
    return size


def compare_segment(a: str, b: str) -> int:
    """Numbers as numbers, words as words, numbers newer than words."""
    if (a[0] in DIGITS) != (b[0] in DIGITS):
        return 1 if a[0] in DIGITS else -1
    return sign(int(a), int(b)) if a[0] in DIGITS else (a > b) - (a < b)


def sign(a: int, b: int) -> int:
    """-1, 0 or 1."""
    return (a > b) - (a < b)


def by_key(a: str, b: str) -> int:
    """How the byte keys compare."""
    return (key(a) > key(b)) - (key(a) < key(b))


@given(VERSION, VERSION)
def test_keys_compare_as_rpm_does(a: str, b: str) -> None:
    """Whole versions with epoch and release."""
    assert by_key(a, b) == compare(a, b)


@given(PART, PART)
def test_parts_compare_as_rpm_does(a: str, b: str) -> None:
    """A version alone, with all its marks and separators."""
    assert by_key(f"1{a}", f"1{b}") == compare_part(f"1{a}", f"1{b}")


@given(st.lists(VERSION, max_size=12))
def test_sorting_by_key_is_sorting_by_rpm(versions: list[str]) -> None:
    """The order of a whole list is the same, so keys are transitive and SQL may sort by them."""
    by_bytes = [key(version) for version in sorted(versions, key=key)]
    assert by_bytes == [key(version) for version in sorted(versions, key=cmp_to_key(compare))]


@given(VERSION, VERSION)
def test_keys_compare_as_librpm_does(a: str, b: str) -> None:
    """The library itself agrees, where its Python binding is installed."""
    rpm = pytest.importorskip("rpm", reason="python3-rpm is not installed for this Python")
    one, other = ((str(epoch), version, release) for epoch, version, release in (split(a), split(b)))
    assert by_key(a, b) == rpm.labelCompare(one, other)


def test_conformance_pairs() -> None:
    """Every pair of the conformance file agrees, where HOSTWARD_TEST_DATA names the folder that has it."""
    folder = os.environ.get("HOSTWARD_TEST_DATA", "")
    file = Path(folder, "vul", "versions", "rpm.csv")
    if not folder or not file.is_file():
        pytest.skip("HOSTWARD_TEST_DATA names no folder with vul/versions/rpm.csv")
    with file.open(encoding="utf-8") as rows:
        wrong = [row for row in csv.DictReader(rows) if by_key(row["a"], row["b"]) != int(row["cmp"])]
    assert wrong == []
