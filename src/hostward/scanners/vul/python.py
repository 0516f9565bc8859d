"""Python packages as pip and setuptools leave them in site-packages and dist-packages.

Sources: PyPA, "Recording installed projects" (*.dist-info/METADATA) and setuptools' older forms: *.egg-info as a
folder or a file, and *.egg/EGG-INFO. Names are compared as PEP 503 has it.
"""

import os
import re
from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.domain.versions.table import canonical_name
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.language import Damaged, Item
from hostward.scanners.vul.walk import Folder

ECOSYSTEM = "PyPI"
HEAD_BYTES = 256 << 10
"""Bytes of a metadata file read: name and version stand at its beginning, a description of any length after them."""

_PLACES = ("/site-packages", "/dist-packages")
_FIELD = re.compile(rb"^(Name|Version)[ \t]*:[ \t]*([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,213}[A-Za-z0-9])?")
_VERSION = re.compile(r"[!-~]{1,200}")


def look(folder: Folder) -> Iterator[Item]:
    """The packages whose metadata lies in this folder."""
    for name in _metadata(folder):
        yield _item(folder, name)


def parse(text: bytes) -> tuple[str, str] | None:
    """Name and version in the header of a metadata file, None when one is missing or is none."""
    header = _END.split(text, maxsplit=1)[0]
    fields = {name.lower(): value.strip().decode("utf-8", "replace") for name, value in _FIELD.findall(header)[:10]}
    name, version = fields.get(b"name", ""), fields.get(b"version", "")
    return (name, version) if _NAME.fullmatch(name) and _VERSION.fullmatch(version) else None


def _metadata(folder: Folder) -> list[str]:
    """Names of metadata files in a folder."""
    parent, _, name = folder.path.rpartition("/")
    if folder.path.endswith(_PLACES):
        return sorted(each for each in folder.files if each.endswith(".egg-info"))
    if name.endswith(".dist-info") and parent.endswith(_PLACES):
        return ["METADATA"]
    is_egg = name == "EGG-INFO" and parent.endswith(".egg")
    if is_egg or (name.endswith(".egg-info") and parent.endswith(_PLACES)):
        return ["PKG-INFO"]
    return []


def _item(folder: Folder, name: str) -> Item:
    path = os.fsencode(f"{folder.path}/{name}")
    try:
        found = parse(rootfs.read_in(folder.descriptor, name, HEAD_BYTES, head=True))
    except rootfs.Unreadable as error:
        return Damaged(path=path, reason=str(error))
    if found is None:
        return Damaged(path=path, reason=f"{name}: no name or version")
    name, version = canonical_name(ECOSYSTEM, found[0]), found[1]
    return Package(ecosystem=ECOSYSTEM, name=name, version=version, source=name, source_version=version, path=path)
