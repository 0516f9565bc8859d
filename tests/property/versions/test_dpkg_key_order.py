"""Byte keys against Debian's order, written a second time and straight from Debian Policy 5.6.12."""

import csv
import os
from functools import cmp_to_key
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.versions.dpkg import key

CHARS = "0019aZz.+~-_:"
VERSION = st.one_of(
    st.text(CHARS, min_size=1, max_size=12).filter(lambda text: text.strip() != ""),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "0:", "1:", "10:"]),
        st.text("0129.~+ab", min_size=1, max_size=8),
        st.sampled_from(["", "-0", "-1", "-1~bpo1", "-1+b1", "-1+deb12u1"]),
    ),
)


def compare(a: str, b: str) -> int:
    """Policy's algorithm: epoch, upstream version, revision, each by alternating non-digit and digit runs."""
    for one, other in zip(split(a), split(b), strict=True):
        result = compare_part(one, other)
        if result:
            return result
    return 0


def split(version: str) -> tuple[str, str, str]:
    """[epoch:]upstream[-revision]; what is missing compares as "0", which an empty string does too."""
    epoch, rest = version.split(":", 1) if ":" in version else ("", version)
    upstream, revision = rest.rsplit("-", 1) if "-" in rest else (rest, "")
    return epoch, upstream, revision


def compare_part(a: str, b: str) -> int:
    """One part, consumed from the left."""
    while a or b:
        head_a, a = take(a, digits=False)
        head_b, b = take(b, digits=False)
        result = compare_text(head_a, head_b)
        if result:
            return result
        number_a, a = take(a, digits=True)
        number_b, b = take(b, digits=True)
        result = sign(int(number_a or "0") - int(number_b or "0"))
        if result:
            return result
    return 0


def take(text: str, *, digits: bool) -> tuple[str, str]:
    """The longest head of ASCII digits, or of anything else, and the rest."""
    size = 0
    while size < len(text) and (text[size] in "0123456789") == digits:
        size += 1
    return text[:size], text[size:]


def compare_text(a: str, b: str) -> int:
    """Character by character; the end of the text sorts after a tilde and before everything else."""
    for position in range(max(len(a), len(b))):
        result = sign(weight(a, position) - weight(b, position))
        if result:
            return result
    return 0


def weight(text: str, position: int) -> int:
    """Tilde -1, end 0, letters their code, all others above the letters."""
    if position >= len(text):
        return 0
    char = text[position]
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + 256


def sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def by_key(a: str, b: str) -> int:
    """How the byte keys compare."""
    return sign((key(a) > key(b)) - (key(a) < key(b)))


@given(VERSION, VERSION)
def test_keys_compare_as_policy_does(a: str, b: str) -> None:
    """Two versions compare alike by key and by Policy's words."""
    assert by_key(a, b) == compare(a, b)


@given(st.lists(VERSION, max_size=12))
def test_sorting_by_key_is_sorting_by_policy(versions: list[str]) -> None:
    """The order of a whole list is the same, so keys are transitive and SQL may sort by them."""
    by_bytes = [key(version) for version in sorted(versions, key=key)]
    by_policy = [key(version) for version in sorted(versions, key=cmp_to_key(compare))]
    assert by_bytes == by_policy


@given(st.integers(min_value=0, max_value=10**400), st.integers(min_value=0, max_value=10**400))
def test_numbers_of_any_length_compare_as_numbers(a: int, b: int) -> None:
    """Digit runs have no limit in Policy, and none here."""
    assert sign((key(f"1.{a}") > key(f"1.{b}")) - (key(f"1.{a}") < key(f"1.{b}"))) == sign(a - b)


@given(VERSION, VERSION)
def test_keys_compare_as_apt_does(a: str, b: str) -> None:
    """The comparer of apt itself agrees, where its Python binding is installed."""
    apt_pkg = pytest.importorskip("apt_pkg", reason="python3-apt is not installed for this Python")
    apt_pkg.init_system()
    assert by_key(a, b) == sign(apt_pkg.version_compare(a, b))


def test_conformance_pairs() -> None:
    """Every pair of the conformance file agrees, where HOSTWARD_TEST_DATA names the folder that has it."""
    folder = os.environ.get("HOSTWARD_TEST_DATA", "")
    file = Path(folder, "vul", "versions", "dpkg.csv")
    if not folder or not file.is_file():
        pytest.skip("HOSTWARD_TEST_DATA names no folder with vul/versions/dpkg.csv")
    with file.open(encoding="utf-8") as rows:
        wrong = [row for row in csv.DictReader(rows) if by_key(row["a"], row["b"]) != int(row["cmp"])]
    assert wrong == []
