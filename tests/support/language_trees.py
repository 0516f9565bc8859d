"""Language packages as their package managers lay them out, made here."""

import json
from collections.abc import Iterator
from pathlib import Path

from hostward.scanners.malware.mounts import Mounts
from hostward.scanners.vul.language import Item, Look
from hostward.scanners.vul.walk import Walk


def looked(look: Look, root: Path) -> list[Item]:
    """What one kind's look gives for all folders below root."""
    return list(_items(look, root))


def _items(look: Look, root: Path) -> Iterator[Item]:
    for folder in Walk(root, Mounts()).run():
        yield from look(folder)


def write(path: Path, text: str | bytes = "") -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def wheel(site: Path, name: str, version: str) -> Path:
    """An installed wheel's metadata."""
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: wrong\n"
    return write(site / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA", text)


def module(project: Path, place: str, name: str, version: str) -> Path:
    """An npm package at "node_modules/..." of a project."""
    return write(project / place / "package.json", json.dumps({"name": name, "version": version}))


def lock(project: Path, content: object, name: str = "package-lock.json") -> Path:
    """A lock file of a project."""
    return write(project / name, json.dumps(content))
