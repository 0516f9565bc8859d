"""Python packages in site-packages and dist-packages."""

import os
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import python
from hostward.scanners.vul.language import Damaged, Item
from language_trees import looked, wheel, write

SITE = "usr/lib/python3.11/site-packages"
TEXT = "Metadata-Version: 2.1\nName: PyYAML\nVersion: 5.3\n"


def found(root: Path) -> list[Item]:
    """What lies below root."""
    return looked(python.look, root)


@pytest.mark.parametrize("site", [SITE, "usr/lib/python3/dist-packages", "opt/app/venv/lib/python3.11/site-packages"])
@pytest.mark.parametrize(
    "place",
    [
        "PyYAML-5.3.dist-info/METADATA",
        "PyYAML-5.3.egg-info/PKG-INFO",
        "PyYAML-5.3.egg-info",
        "PyYAML-5.3-py3.11.egg/EGG-INFO/PKG-INFO",
    ],
)
def test_all_forms_of_metadata_are_found(tmp_path: Path, site: str, place: str) -> None:
    """With the name as PEP 503 has it, and where it lies."""
    write(tmp_path / site / place, TEXT)
    assert found(tmp_path) == [
        Package(
            ecosystem="PyPI",
            name="pyyaml",
            version="5.3",
            source="pyyaml",
            source_version="5.3",
            path=f"/{site}/{place}".encode(),
        )
    ]


@pytest.mark.parametrize(
    "place",
    [
        "opt/src/x.dist-info/METADATA",
        f"{SITE}/setuptools/_vendor/x-1.dist-info/METADATA",
        "opt/project.egg-info/PKG-INFO",
        f"{SITE}/x/METADATA",
    ],
)
def test_metadata_elsewhere_is_not_installed(tmp_path: Path, place: str) -> None:
    """Sources, copies that packages carry inside, and other files."""
    write(tmp_path / place, TEXT)
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"Name: a\nVersion: 1\n", ("a", "1")),
        (b"Name: a\r\nVersion: 1\r\n\r\nText", ("a", "1")),
        (b"name:a\nVERSION :  1.0+local \n", ("a", "1.0+local")),
        (b"Version: 1\nSummary: x\n  Name: no\nName: a\n", ("a", "1")),
        (b"Name: a\n\nVersion: 1\n", None),
        (b"Name: a\nVersion: \n", None),
        (b"Name: \xff\nVersion: 1\n", None),
        (b"Name: a b\nVersion: 1\n", None),
        (b"Name: a\nVersion: 1 2\n", None),
        (b"Name: " + b"a" * 300 + b"\nVersion: 1\n", None),
        (b"", None),
        (b"\0" * 100, None),
    ],
)
def test_name_and_version_stand_in_the_header(text: bytes, expected: tuple[str, str] | None) -> None:
    """Before the first blank line; a header without both is none."""
    assert python.parse(text) == expected


def test_a_description_of_any_length_does_not_matter(tmp_path: Path) -> None:
    """Only the beginning is read."""
    write(tmp_path / SITE / "a-1.dist-info/METADATA", TEXT + "\n" + "x" * (python.HEAD_BYTES + 10))
    [package] = found(tmp_path)
    assert isinstance(package, Package)


@pytest.mark.parametrize("kind", ["fifo", "folder", "link", "missing", "long"])
def test_metadata_that_can_not_be_read_is_named(tmp_path: Path, kind: str) -> None:
    """A FIFO is not waited for, a link not followed."""
    folder = tmp_path / SITE / "a-1.dist-info"
    folder.mkdir(parents=True)
    place = folder / "METADATA"
    match kind:
        case "fifo":
            os.mkfifo(place)
        case "folder":
            place.mkdir()
        case "link":
            place.symlink_to(write(tmp_path / "elsewhere", TEXT))
        case "long":
            write(place, "X: " + "y" * python.HEAD_BYTES + TEXT)
    [damaged] = found(tmp_path)
    assert isinstance(damaged, Damaged)
    assert damaged.path == f"/{SITE}/a-1.dist-info/METADATA".encode()
    assert damaged.reason.startswith("METADATA: ")


def test_paths_that_are_no_text_are_kept(tmp_path: Path) -> None:
    """File names are bytes."""
    site = tmp_path / "\udcff/site-packages"
    wheel(site, "a", "1")
    [package] = found(tmp_path)
    assert isinstance(package, Package)
    assert package.path == b"/\xff/site-packages/a-1.dist-info/METADATA"
