"""One header of rpm's database, whole and damaged."""

import struct

import pytest

from hostward.scanners.vul import rpm_header
from hostward.scanners.vul.rpm_header import Damaged, parse
from rpm_database import header, package


def test_strings_and_numbers_are_read_by_tag() -> None:
    """Those that are not there are empty."""
    found = parse(package("bash", "5.1.8", "9.el9", epoch=2))
    assert found.text(rpm_header.NAME) == "bash"
    assert found.number(rpm_header.EPOCH) == 2
    assert found.text(5096) == ""
    assert parse(package()).number(rpm_header.EPOCH) is None


def test_files_are_put_together_from_folders_and_names() -> None:
    """Each folder is kept once."""
    files = ["/usr/bin/a", "/usr/bin/b", "/etc/c"]
    assert list(parse(package(files=files)).files()) == [each.encode() for each in files]
    assert list(parse(package()).files()) == []


def test_bytes_that_are_no_text_are_replaced() -> None:
    """A name may hold anything."""
    assert parse(header({1000: b"a\xff"})).text(1000) == "a�"


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\0" * 7,
        b"\0" * 8,
        struct.pack(">II", 1, 0),
        struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF) + b"\0" * 64,
        package()[:-1],
        package() + b"\0",
    ],
)
def test_sizes_that_do_not_fit_are_damage(blob: bytes) -> None:
    """Counts are compared with what is there before anything is read."""
    with pytest.raises(Damaged):
        parse(blob)


def entry(kind: int, offset: int, count: int, data: bytes = b"abc\0") -> rpm_header.Header:
    """A header with one entry, tag 1000."""
    return parse(struct.pack(">II", 1, len(data)) + struct.pack(">IIII", 1000, kind, offset, count) + data)


@pytest.mark.parametrize(("kind", "offset"), [(4, 0), (6, 4), (6, 1_000_000), (0, 0)])
def test_a_string_of_another_type_or_outside_is_damage(kind: int, offset: int) -> None:
    """Nothing is read beyond the data."""
    with pytest.raises(Damaged):
        entry(kind, offset, 1).text(1000)


def test_a_string_without_an_end_is_damage() -> None:
    """It would run into whatever comes next."""
    with pytest.raises(Damaged, match="does not end"):
        entry(6, 0, 1, b"abc").text(1000)


@pytest.mark.parametrize(("kind", "offset", "count"), [(6, 0, 1), (4, 1, 1), (4, 0, 2)])
def test_numbers_of_another_type_or_outside_are_damage(kind: int, offset: int, count: int) -> None:
    """Nothing is read beyond the data."""
    with pytest.raises(Damaged):
        entry(kind, offset, count).numbers(1000, 10)


@pytest.mark.parametrize("count", [2, 0xFFFFFFFF])
def test_a_list_that_claims_more_strings_than_there_are_is_damage(count: int) -> None:
    """Also one that would fill the memory."""
    with pytest.raises(Damaged):
        entry(8, 0, count).texts(1000)


def test_a_file_in_a_folder_that_is_not_listed_is_damage() -> None:
    """The index points outside of the list."""
    with pytest.raises(Damaged, match="not listed"):
        list(parse(header({1116: [1], 1117: ["a"], 1118: ["/etc/"]})).files())


def test_regions_are_passed_over() -> None:
    """Their offsets are negative, and a tag that is there twice is read once."""
    region = struct.pack(">IIII", 63, 7, 0xFFFFFFF0, 16)
    name = struct.pack(">IIII", 1000, 6, 0, 1)
    again = struct.pack(">IIII", 1000, 6, 2, 1)
    found = parse(struct.pack(">II", 3, 4) + region + name + again + b"a\0b\0")
    assert found.text(1000) == "a"
    assert set(found.entries) == {1000}
