"""Crates that a Cargo.lock names. Source: The Cargo Book, "Cargo.toml vs Cargo.lock"; versions 1 to 4 of the format."""

import os
import re
from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.language import Damaged, Item
from hostward.scanners.vul.span import Malformed
from hostward.scanners.vul.walk import Folder

ECOSYSTEM = "crates.io"
LOCK = "Cargo.lock"
MAX_BYTES = 16 << 20
"""Largest lock file taken: those of very large projects have 300 KB."""
MAX_CRATES = 50_000

_REGISTRIES = ("registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/")
_STORES = ("/registry/src/", "/.cargo/git/", "/cargo/git/")
"""Sources that cargo unpacked: lock files there belong to somebody else's development."""
_PACKAGE = re.compile(r"^\[\[package\]\]\n((?:[^\[\n].*\n|\n)*)", re.MULTILINE)
_FIELD = re.compile(r'^(name|version|source) = "([^"\n]*)"$', re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,199}")


def is_crate(name: str, version: str) -> bool:
    """Can these be the name and version of a crate?"""
    return _NAME.fullmatch(name) is not None and _VERSION.fullmatch(version) is not None


def look(folder: Folder) -> Iterator[Item]:
    """What a Cargo.lock in this folder names."""
    if LOCK not in folder.files or any(store in f"{folder.path}/" for store in _STORES):
        return
    path = os.fsencode(f"{folder.path}/{LOCK}")
    try:
        text = rootfs.read_in(folder.descriptor, LOCK, MAX_BYTES).decode("utf-8", "replace")
        for name, version in parse(text):
            yield crate(name, version, path)
    except rootfs.Unreadable as error:
        yield Damaged(path=path, reason=str(error))
    except Malformed as error:
        yield Damaged(path=path, reason=f"{LOCK}: {error}")


def crate(name: str, version: str, path: bytes) -> Package:
    """A crate as a package."""
    return Package(ecosystem=ECOSYSTEM, name=name, version=version, source=name, source_version=version, path=path)


def parse(text: str) -> list[tuple[str, str]]:
    """Name and version of each crate of the public registry. Raises Malformed."""
    found = []
    blocks = _PACKAGE.findall(text.replace("\r\n", "\n") + "\n")
    for block in blocks:
        fields = dict(_FIELD.findall(block))
        if not is_crate(fields.get("name", ""), fields.get("version", "")):
            raise Malformed("a crate without a name or version")
        if fields.get("source", "").startswith(_REGISTRIES):
            found.append((fields["name"], fields["version"]))
    if not blocks and "[[package]]" in text:
        raise Malformed("it can't be read")
    if not blocks and text.strip() and "version = " not in text:
        raise Malformed("it is no lock file of cargo")
    if len(found) > MAX_CRATES:
        raise Malformed(f"more than {MAX_CRATES} crates")
    return found
