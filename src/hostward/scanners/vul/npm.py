"""npm packages: what lies in node_modules, and what lock files name that is not installed beside them.

Source: npm's documentation (folders, package.json, package-lock.json). A package is a folder right below a
node_modules folder, or below a scope there ("@types/node"); the same holds for pnpm's and yarn's folders.
"""

import json
import os
import re
from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.scanners.vul import npm_lock, rootfs
from hostward.scanners.vul.language import Damaged, Item, Locked
from hostward.scanners.vul.walk import Folder

ECOSYSTEM = "npm"
MAX_BYTES = 4 << 20
"""Largest package.json taken: the largest real ones have some 200 KB."""

_MANIFEST = "package.json"
_FOLDER = "node_modules"
_NAME = re.compile(r"(?:@[!-.0-~]{1,200}/)?[!-.0-?A-~][!-.0-~]{0,213}")
_VERSION = re.compile(r"[!-~]{1,200}")


def look(folder: Folder) -> Iterator[Item]:
    """The package that this folder is, and what the lock files in it name."""
    if is_package(folder.path) and _MANIFEST in folder.files:
        yield _installed(folder)
    if f"/{_FOLDER}/" not in f"{folder.path}/":
        for name in sorted(npm_lock.NAMES.intersection(folder.files)):
            yield from _locked(folder, name)


def is_package(path: str) -> bool:
    """Is a folder at this path a package by its place?"""
    parent, _, name = path.rpartition("/")
    above, _, scope = parent.rpartition("/")
    if name.startswith((".", "@")):
        return False
    return parent.endswith(f"/{_FOLDER}") or (scope.startswith("@") and above.endswith(f"/{_FOLDER}"))


def parse(text: bytes) -> tuple[str, str]:
    """Name and version in a package.json. Raises ValueError when it is none."""
    try:
        manifest = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(manifest, dict) or not _is_package(manifest.get("name"), manifest.get("version")):
        raise ValueError("no name or version")
    return manifest["name"], manifest["version"]


def _is_package(name: object, version: object) -> bool:
    is_name = isinstance(name, str) and _NAME.fullmatch(name) is not None
    return is_name and isinstance(version, str) and _VERSION.fullmatch(version) is not None


def _installed(folder: Folder) -> Item:
    path = os.fsencode(f"{folder.path}/{_MANIFEST}")
    try:
        name, version = parse(rootfs.read_in(folder.descriptor, _MANIFEST, MAX_BYTES))
    except rootfs.Unreadable as error:
        return Damaged(path=path, reason=str(error))
    except ValueError as error:
        return Damaged(path=path, reason=f"{_MANIFEST}: {error}")
    return _package(name, version, path)


def _locked(folder: Folder, lock: str) -> Iterator[Item]:
    """What a lock file names. What is optional and left out of a node_modules beside it was left out by npm."""
    path = os.fsencode(f"{folder.path}/{lock}")
    try:
        entries = npm_lock.parse(rootfs.read_in(folder.descriptor, lock, npm_lock.MAX_BYTES))
    except rootfs.Unreadable as error:
        yield Damaged(path=path, reason=str(error))
        return
    except ValueError as error:
        yield Damaged(path=path, reason=f"{lock}: {error}")
        return
    if len(entries) > npm_lock.MAX_ENTRIES:
        yield Damaged(path=path, reason=f"{lock}: more than {npm_lock.MAX_ENTRIES} packages")
    is_installed = _FOLDER in folder.folders
    for entry in entries[: npm_lock.MAX_ENTRIES]:
        if entry.is_optional and is_installed:
            continue
        if not _is_package(entry.name, entry.version):
            yield Damaged(path=path, reason=f"{lock}: a package without a name or version")
            continue
        place = os.fsencode(f"{folder.path}/{entry.place}") if entry.place.isascii() else path
        yield Locked(package=_package(entry.name, entry.version, path), place=place)


def _package(name: str, version: str, path: bytes) -> Package:
    return Package(ecosystem=ECOSYSTEM, name=name, version=version, source=name, source_version=version, path=path)
