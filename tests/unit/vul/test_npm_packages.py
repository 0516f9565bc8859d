"""npm packages in node_modules, and lock files of all versions."""

import json
import os
from pathlib import Path

import pytest

from hostward.domain.package import Package
from hostward.scanners.vul import npm, npm_lock
from hostward.scanners.vul.language import Damaged, Item, Locked
from hostward.scanners.vul.npm_lock import Entry
from language_trees import lock, looked, module, write


def found(root: Path) -> list[Item]:
    """What lies below root."""
    return looked(npm.look, root)


def names(root: Path) -> list[str]:
    """Names of the packages that are installed below root."""
    return sorted(item.name for item in found(root) if isinstance(item, Package))


def test_a_package_is_known_by_its_place(tmp_path: Path) -> None:
    """With its own name and version, and where its package.json lies."""
    module(tmp_path / "app", "node_modules/left-pad", "left-pad", "1.3.0")
    assert found(tmp_path) == [
        Package(
            ecosystem="npm",
            name="left-pad",
            version="1.3.0",
            source="left-pad",
            source_version="1.3.0",
            path=b"/app/node_modules/left-pad/package.json",
        )
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/node_modules/b", True),
        ("/node_modules/b", True),
        ("/a/node_modules/@s/b", True),
        ("/a/node_modules/.pnpm/b@1/node_modules/b", True),
        ("/a/node_modules/b/node_modules/c", True),
        ("/usr/share/nodejs/b", False),
        ("/a/node_modules", False),
        ("/a/node_modules/@s", False),
        ("/a/node_modules/.bin", False),
        ("/a/node_modules/b/lib", False),
        ("/a/@s/b", False),
        ("/a/my_node_modules/b", False),
        ("", False),
    ],
)
def test_places_of_packages(path: str, expected: bool) -> None:
    """Right below node_modules, or below a scope there."""
    assert npm.is_package(path) is expected


def test_packages_in_one_another_and_in_scopes_are_found(tmp_path: Path) -> None:
    """However deep."""
    module(tmp_path, "node_modules/a", "a", "1.0.0")
    module(tmp_path, "node_modules/a/node_modules/b", "b", "1.0.0")
    module(tmp_path, "node_modules/@s/c", "@s/c", "1.0.0")
    module(tmp_path, "node_modules/a/test/fixture", "no", "1.0.0")
    module(tmp_path, "", "project", "1.0.0")
    assert names(tmp_path) == ["@s/c", "a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"name": "a"}',
        '{"name": 1, "version": "1"}',
        '{"name": "a", "version": ""}',
        '{"name": "a b", "version": "1"}',
        '{"name": "../x", "version": "1"}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_package_json_that_is_none_is_named(tmp_path: Path, text: str | bytes) -> None:
    """It lies where a package belongs, and nobody can say which it is."""
    write(tmp_path / "node_modules/a/package.json", text)
    [damaged] = found(tmp_path)
    assert isinstance(damaged, Damaged)
    assert (damaged.path, damaged.reason.partition(":")[0]) == (b"/node_modules/a/package.json", "package.json")


def test_a_package_json_that_is_a_fifo_or_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for, nor read whole."""
    monkeypatch.setattr(npm, "MAX_BYTES", 2_000)
    (tmp_path / "node_modules/a").mkdir(parents=True)
    os.mkfifo(tmp_path / "node_modules/a/package.json")
    write(tmp_path / "node_modules/b/package.json", '{"name": "b", "version": "1"}' + " " * 2_000)
    reasons = [item.reason for item in found(tmp_path) if isinstance(item, Damaged)]
    assert reasons == ["package.json: not a regular file", "package.json: larger than 1 KiB"]


PACKAGES = {
    "": {"name": "project", "version": "1.0.0"},
    "node_modules/a": {"version": "1.0.0"},
    "node_modules/a/node_modules/@s/b": {"version": "2.0.0", "dev": True},
    "node_modules/alias": {"name": "real", "version": "3.0.0"},
    "node_modules/fsevents": {"version": "4.0.0", "optional": True},
    "node_modules/linked": {"resolved": "packages/linked", "link": True},
    "packages/linked": {"version": "1.0.0"},
}


@pytest.mark.parametrize("version", [2, 3])
def test_lock_files_list_packages_by_place(version: int) -> None:
    """Aliases by their real name; links and the project's own folders are not from the registry."""
    assert npm_lock.parse(json.dumps({"lockfileVersion": version, "packages": PACKAGES}).encode()) == [
        Entry(place="node_modules/a", name="a", version="1.0.0"),
        Entry(place="node_modules/a/node_modules/@s/b", name="@s/b", version="2.0.0"),
        Entry(place="node_modules/alias", name="real", version="3.0.0"),
        Entry(place="node_modules/fsevents", name="fsevents", version="4.0.0", is_optional=True),
    ]


def test_old_lock_files_list_dependencies_in_one_another() -> None:
    """Version 1, and files without a version."""
    tree = {"a": {"version": "1.0.0", "dependencies": {"@s/b": {"version": "2.0.0"}}}, "c": {"version": "3.0.0"}}
    assert npm_lock.parse(json.dumps({"lockfileVersion": 1, "dependencies": tree}).encode()) == [
        Entry(place="node_modules/a", name="a", version="1.0.0"),
        Entry(place="node_modules/c", name="c", version="3.0.0"),
        Entry(place="node_modules/a/node_modules/@s/b", name="@s/b", version="2.0.0"),
    ]


def test_a_lock_file_without_packages_is_empty() -> None:
    """A project without dependencies."""
    assert npm_lock.parse(b'{"lockfileVersion": 1}') == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{", "[" * 100_000, '{"packages": 1}'])
def test_what_is_no_lock_file_is_named(tmp_path: Path, text: str) -> None:
    """An error of the file, never of the scan."""
    write(tmp_path / "package-lock.json", text)
    [damaged] = found(tmp_path)
    assert isinstance(damaged, Damaged)
    assert damaged.path == b"/package-lock.json"


@pytest.mark.parametrize("name", sorted(npm_lock.NAMES))
def test_what_a_lock_file_names_comes_with_its_place(tmp_path: Path, name: str) -> None:
    """So that it counts only where nothing is installed there; the path shown is the lock file's."""
    lock(tmp_path / "app", {"lockfileVersion": 3, "packages": PACKAGES}, name)
    items = [item for item in found(tmp_path) if isinstance(item, Locked)]
    assert [(item.place, item.package.name) for item in items] == [
        (b"/app/node_modules/a", "a"),
        (b"/app/node_modules/a/node_modules/@s/b", "@s/b"),
        (b"/app/node_modules/alias", "real"),
        (b"/app/node_modules/fsevents", "fsevents"),
    ]
    assert {item.package.path for item in items} == {f"/app/{name}".encode()}


def test_optional_packages_that_npm_left_out_are_not_there(tmp_path: Path) -> None:
    """Beside a node_modules folder: they did not fit the machine."""
    lock(tmp_path, {"lockfileVersion": 3, "packages": PACKAGES})
    (tmp_path / "node_modules").mkdir()
    assert "fsevents" not in [item.package.name for item in found(tmp_path) if isinstance(item, Locked)]


def test_lock_files_inside_of_packages_say_nothing(tmp_path: Path) -> None:
    """A package is published with its author's lock file; npm does not look at it."""
    lock(tmp_path / "node_modules/a", {"lockfileVersion": 3, "packages": PACKAGES})
    lock(tmp_path / "node_modules", {"lockfileVersion": 3, "packages": PACKAGES}, ".package-lock.json")
    assert found(tmp_path) == []


@pytest.mark.parametrize("version", [None, 1, "", "a b", "x" * 300])
def test_entries_without_a_version_are_named(tmp_path: Path, version: object) -> None:
    """The others count."""
    lock(tmp_path, {"packages": {"node_modules/a": {"version": version}, "node_modules/b": {"version": "1.0.0"}}})
    assert [type(item) for item in found(tmp_path)] == [Damaged, Locked]


def test_a_lock_file_of_any_length_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond the limit is said."""
    monkeypatch.setattr(npm_lock, "MAX_ENTRIES", 2)
    lock(tmp_path, {"lockfileVersion": 3, "packages": PACKAGES})
    assert [type(item) for item in found(tmp_path)] == [Damaged, Locked, Locked]


def test_dependencies_in_one_another_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep the file goes."""
    monkeypatch.setattr(npm_lock, "MAX_DEPTH", 1)
    tree: dict[str, object] = {"c": {"version": "1.0.0"}}
    for name in "ba":
        tree = {name: {"version": "1.0.0", "dependencies": tree}}
    assert [each.name for each in npm_lock.parse(json.dumps({"dependencies": tree}).encode())] == ["a", "b"]
