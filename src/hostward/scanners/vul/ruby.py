"""Ruby gems: what RubyGems installed, and what a Gemfile.lock names that is not installed.

Sources: RubyGems' "Specification Reference" (specifications/*.gemspec, with a "# stub:" line since RubyGems 2.2) and
Bundler's lock file.
"""

import os
import re
from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.language import ANYWHERE, Damaged, Item, Locked
from hostward.scanners.vul.signs import GEM_LOCKS, GEM_PLACES
from hostward.scanners.vul.walk import Folder

ECOSYSTEM = "RubyGems"
HEAD_BYTES = 64 << 10
"""Bytes of a gemspec read: name and version stand at its beginning."""
MAX_LOCK_BYTES = 8 << 20
"""Largest lock file taken: those of large projects have 40 KB."""
MAX_GEMS = 20_000

_STUB = re.compile(r"^# stub: (\S+) (\S+) ", re.MULTILINE)
_FIELD = re.compile(r"""^\s*\w+\.(name|version) = (?:Gem::Version\.new\()?(?:"([^"\n]*)"|'([^'\n]*)')""", re.MULTILINE)
_FILE = re.compile(r"(.+?)-([0-9][^-]*)(?:-.+)?\.gemspec")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.]{0,100}")
_SECTION = re.compile(r"^GEM\n((?:[ \t].*\n|\n(?=[ \t]))*)", re.MULTILINE)
_GEM = re.compile(r"^    (\S+) \(([^()\s-]+)(?:-[^()\s]+)?\)$", re.MULTILINE)


def look(folder: Folder) -> Iterator[Item]:
    """The gems whose specifications lie in this folder, and what the lock files in it name."""
    if folder.path.endswith(GEM_PLACES):
        yield from (_installed(folder, name) for name in sorted(folder.files) if name.endswith(".gemspec"))
    if "/gems/" not in folder.path:
        for name in sorted(GEM_LOCKS):
            if name in folder.files:
                yield from _locked(folder, name)


def parse(text: str, file: str) -> tuple[str, str] | None:
    """Name and version in a gemspec, by its file name where it computes them; None when neither tells."""
    stub, fields = _STUB.search(text), {name: one or other for name, one, other in _FIELD.findall(text)}
    by_file = _FILE.fullmatch(file)
    given = (stub[1], stub[2]) if stub else (fields.get("name", ""), fields.get("version", ""))
    for name, version in (given, (by_file[1], by_file[2]) if by_file else ("", "")):
        if _NAME.fullmatch(name) and _VERSION.fullmatch(version):
            return name, version
    return None


def parse_lock(text: str) -> list[tuple[str, str]] | None:
    """Name and version of each gem of a registry, None for what is no lock file."""
    text = text.replace("\r\n", "\n") + "\n"
    if "\nDEPENDENCIES" not in f"\n{text}" and not _SECTION.search(text):
        return None
    return [gem for section in _SECTION.findall(text) for gem in _GEM.findall(section)]


def _installed(folder: Folder, file: str) -> Item:
    path = os.fsencode(f"{folder.path}/{file}")
    try:
        text = rootfs.read_in(folder.descriptor, file, HEAD_BYTES, head=True).decode("utf-8", "replace")
    except rootfs.Unreadable as error:
        return Damaged(path=path, reason=str(error))
    found = parse(text, file)
    return _gem(*found, path) if found else Damaged(path=path, reason=f"{file}: no name or version")


def _locked(folder: Folder, file: str) -> Iterator[Item]:
    path = os.fsencode(f"{folder.path}/{file}")
    try:
        found = parse_lock(rootfs.read_in(folder.descriptor, file, MAX_LOCK_BYTES).decode("utf-8", "replace"))
    except rootfs.Unreadable as error:
        yield Damaged(path=path, reason=str(error))
        return
    if found is None:
        yield Damaged(path=path, reason=f"{file}: no lock file of Bundler")
        return
    for name, version in dict.fromkeys(found[:MAX_GEMS]):
        if _NAME.fullmatch(name) and _VERSION.fullmatch(version):
            yield Locked(package=_gem(name, version, path), place=ANYWHERE)
        else:
            yield Damaged(path=path, reason=f"{file}: a gem without a name or version")
    if len(found) > MAX_GEMS:
        yield Damaged(path=path, reason=f"{file}: more than {MAX_GEMS} gems")


def _gem(name: str, version: str, path: bytes) -> Package:
    return Package(ecosystem=ECOSYSTEM, name=name, version=version, source=name, source_version=version, path=path)
