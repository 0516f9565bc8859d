"""The crates a Rust program was built from, where cargo-auditable wrote them down.

Source: cargo-auditable, PARSING.md: the section ".dep-v0", zlib-compressed JSON with "packages".
"""

import json
import zlib
from collections.abc import Iterator
from typing import cast

from hostward.scanners.vul.cargo import is_crate
from hostward.scanners.vul.span import Malformed

SECTION = b".dep-v0"
MAX_BYTES = 8 << 20
"""Largest list taken, decompressed: that of a program with 500 crates has some 50 KB."""
MAX_CRATES = 50_000

_REGISTRY = frozenset({"crates.io", "registry"})


def parse(section: bytes) -> list[tuple[str, str]]:
    """Name and version of each crate of the registry that is part of the program. Raises Malformed.

    Build scripts' own crates, local folders and git checkouts are left out: what they are no advisory says.
    """
    try:
        listed = json.loads(_unpacked(section))
    except (ValueError, RecursionError) as error:
        raise Malformed("its list of crates is no JSON") from error
    packages = listed.get("packages") if isinstance(listed, dict) else None
    if not isinstance(packages, list) or len(packages) > MAX_CRATES:
        raise Malformed("its list of crates has no packages, or too many")
    return list(_crates(packages))


def _crates(packages: list[object]) -> Iterator[tuple[str, str]]:
    for each in packages:
        if not isinstance(each, dict):
            raise Malformed("its list of crates is damaged")
        crate = cast("dict[str, object]", each)
        if crate.get("kind") == "build" or crate.get("source") not in _REGISTRY:
            continue
        name, version = crate.get("name"), crate.get("version")
        if not isinstance(name, str) or not isinstance(version, str) or not is_crate(name, version):
            raise Malformed("a crate without a name or version")
        yield name, version


def _unpacked(section: bytes) -> bytes:
    packed = zlib.decompressobj()
    try:
        data = packed.decompress(section, MAX_BYTES)
    except zlib.error as error:
        raise Malformed("its list of crates is damaged") from error
    if packed.unconsumed_tail:
        raise Malformed(f"its list of crates is larger than {MAX_BYTES >> 20} MiB")
    if not packed.eof:
        raise Malformed("its list of crates is cut off")
    return data
