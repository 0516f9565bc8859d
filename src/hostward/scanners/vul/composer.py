"""PHP packages: what Composer installed (vendor/composer/installed.json) and what a composer.lock names instead.

Source: Composer's documentation; installed.json is a list in version 1 and an object with "packages" in version 2.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import cast

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.language import Damaged, Item, Locked
from hostward.scanners.vul.span import Malformed
from hostward.scanners.vul.walk import Folder

ECOSYSTEM = "Packagist"
INSTALLED, LOCK = "installed.json", "composer.lock"
MAX_BYTES = 32 << 20
"""Largest file taken: those of large projects have 1 MB."""
MAX_PACKAGES = 20_000

_FOLDER = "/composer"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}/[a-z0-9][a-z0-9._-]{0,150}")
_VERSION = re.compile(r"[!-~]{1,200}")


def look(folder: Folder) -> Iterator[Item]:
    """What is installed in this vendor folder, or named by the lock file in this one."""
    if folder.path.endswith(_FOLDER) and INSTALLED in folder.files:
        yield from _items(folder, INSTALLED)
    if LOCK in folder.files and "/vendor/" not in f"{folder.path}/":
        place = os.fsencode(f"{folder.path}/vendor/composer")
        for item in _items(folder, LOCK):
            yield Locked(package=item, place=place) if isinstance(item, Package) else item


def parse(text: bytes) -> list[tuple[str, str]]:
    """Name and version of each package in one of the files. Raises Malformed."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    lists = [content] if isinstance(content, list) else _lists(content)
    found = [_package(each) for packages in lists for each in packages]
    if len(found) > MAX_PACKAGES:
        raise Malformed(f"more than {MAX_PACKAGES} packages")
    return found


def _lists(content: object) -> list[list[object]]:
    if not isinstance(content, dict) or not isinstance(content.get("packages"), list):
        raise Malformed("no list of packages")
    lists = [content["packages"], content.get("packages-dev")]
    return [cast("list[object]", each) for each in lists if isinstance(each, list)]


def _package(value: object) -> tuple[str, str]:
    entry = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    name, version = entry.get("name"), entry.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise Malformed("a package without a name or version")
    if not _NAME.fullmatch(name.lower()) or not _VERSION.fullmatch(version):
        raise Malformed("a package without a name or version")
    return name.lower(), version


def _items(folder: Folder, file: str) -> Iterator[Package | Damaged]:
    path = os.fsencode(f"{folder.path}/{file}")
    try:
        found = parse(rootfs.read_in(folder.descriptor, file, MAX_BYTES))
    except rootfs.Unreadable as error:
        yield Damaged(path=path, reason=str(error))
    except Malformed as error:
        yield Damaged(path=path, reason=f"{file}: {error}")
    else:
        for name, version in dict.fromkeys(found):
            yield Package(
                ecosystem=ECOSYSTEM, name=name, version=version, source=name, source_version=version, path=path
            )
