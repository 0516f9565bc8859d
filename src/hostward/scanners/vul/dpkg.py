"""What dpkg has installed.

Sources: /var/lib/dpkg/status (deb-control(5) stanzas, dpkg(1) for the states) and, in images without dpkg itself
("distroless"), one file a package in /var/lib/dpkg/status.d. Files: info/*.list, or status.d/*.md5sums.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from hostward.domain.matching import advisory_source
from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.installed import Installed, Site, claimed
from hostward.scanners.vul.rootfs import Root

STATUS = "var/lib/dpkg/status"
STATUS_FOLDER = "var/lib/dpkg/status.d"
MAX_STATUS_BYTES = 128 << 20
"""Largest status file taken: 700 packages make 700 KB, so this holds 100,000 and more."""
MAX_STANZA_FILE_BYTES = 1 << 20
"""Largest file taken in status.d: one stanza each, a few KB."""
INFO_FOLDER = "var/lib/dpkg/info"
MAX_LISTS = 200_000
"""Files looked at in the folder of file lists: some six for each package."""
MAX_LIST_BYTES = 32 << 20
"""Largest list of one package's files taken: the largest real ones have 2 MB."""
MAX_FILES = 20_000
"""Files looked at in status.d: an image has a few dozen."""

_FIELD = re.compile(rb"^(Package|Status|Version|Architecture|Source):(.*)$", re.MULTILINE)
_STANZAS = re.compile(rb"\n[ \t\r]*\n")
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9+._-]{0,254}")
_VERSION = re.compile(rb"[!-~]{1,255}")
_ARCH = re.compile(rb"[a-z0-9-]{0,64}")
_SOURCE = re.compile(rb"([A-Za-z0-9][A-Za-z0-9+._-]{0,254})(?:[ \t]+\(([!-'*-~]{1,255})\))?")
_ON_DISK = frozenset(
    {b"installed", b"unpacked", b"half-configured", b"half-installed", b"triggers-awaited", b"triggers-pending"}
)
_NOT_ON_DISK = frozenset({b"not-installed", b"config-files"})
_INFO_SUFFIX = ".md5sums"


def is_there(root: Root) -> bool:
    """Is there a dpkg database below root?"""
    return rootfs.exists(root, STATUS) or rootfs.exists(root, STATUS_FOLDER)


def inventory(site: Site) -> Installed:
    """What is installed, and which of the wanted paths are dpkg's."""
    found = read(site.root, site.release.dpkg_ecosystem)
    return replace(found, owned=dict(owned(site.root, site.wanted)))


def owned(root: Root, wanted: frozenset[bytes]) -> Iterator[tuple[bytes, str]]:
    """Which of these paths are listed as a package's files, and whose; lists that can't be read claim nothing."""
    if not wanted:
        return
    for folder, suffix in ((INFO_FOLDER, ".list"), (STATUS_FOLDER, _INFO_SUFFIX)):
        for name in rootfs.names(root, folder, MAX_LISTS):
            if not name.endswith(suffix):
                continue
            try:
                lines = (rootfs.read(root, f"{folder}/{name}", MAX_LIST_BYTES) or b"").split(b"\n")
            except rootfs.Unreadable:
                continue
            package = name.removesuffix(suffix).partition(":")[0]
            listed = lines if suffix == ".list" else [b"/" + line[34:] for line in lines]
            yield from ((path, package) for path in claimed(listed, wanted))


def read(root: Root, ecosystem: str) -> Installed:
    """All packages installed below root, each once. What can't be read is named, never passed over."""
    packages: dict[Package, None] = {}
    damaged, unreadable = 0, []
    for path, limit in _files(root):
        try:
            data = rootfs.read(root, path, limit)
        except rootfs.Unreadable as error:
            unreadable.append(str(error))
            continue
        found, bad = parse(data or b"", ecosystem, is_whole_file=path == STATUS)
        packages.update(dict.fromkeys(found))
        damaged += bad
    return Installed(packages=tuple(packages), damaged=damaged, unreadable=tuple(unreadable))


def parse(data: bytes, ecosystem: str, *, is_whole_file: bool = True) -> tuple[list[Package], int]:
    """The installed packages in stanzas, and how many stanzas are damaged.

    is_whole_file: dpkg ends its file with a newline, so that a last line without one was cut off; its stanza is
    not believed.
    """
    stanzas = _STANZAS.split(data)
    cut = stanzas.pop() if is_whole_file and data and not data.endswith(b"\n") else b""
    packages, damaged = [], 1 if cut.strip() else 0
    for stanza in stanzas:
        fields = {name: value.strip() for name, value in _FIELD.findall(stanza)}
        try:
            package = _package(fields, ecosystem)
        except ValueError:
            damaged += bool(stanza.strip())
            continue
        if package is not None:
            packages.append(package)
    return packages, damaged


def _files(root: Root) -> Iterator[tuple[str, int]]:
    yield STATUS, MAX_STATUS_BYTES
    for name in rootfs.names(root, STATUS_FOLDER, MAX_FILES):
        if not name.endswith(_INFO_SUFFIX):
            yield f"{STATUS_FOLDER}/{name}", MAX_STANZA_FILE_BYTES


def _package(fields: dict[bytes, bytes], ecosystem: str) -> Package | None:
    """A stanza as a package, None when it is not on the disk. Raises ValueError when it is damaged."""
    name = _NAME.fullmatch(fields.get(b"Package", b""))
    state = fields.get(b"Status", b"install ok installed").split()
    if name is None or len(state) != 3 or state[2] not in _ON_DISK | _NOT_ON_DISK:
        raise ValueError("no package name or no state")
    if state[2] in _NOT_ON_DISK:
        return None
    arch = fields.get(b"Architecture", b"")
    if not _VERSION.fullmatch(fields.get(b"Version", b"")) or not _ARCH.fullmatch(arch):
        raise ValueError("no version or architecture")
    return _with_source(name[0].decode(), fields[b"Version"].decode(), arch.decode(), fields.get(b"Source"), ecosystem)


def _with_source(name: str, version: str, arch: str, source: bytes | None, ecosystem: str) -> Package:
    """Source: names the source package where it differs, and its version in brackets where that differs too."""
    source_name, source_version = name, version
    if source is not None:
        match = _SOURCE.fullmatch(source)
        if match is None:
            raise ValueError("the source field can't be read")
        source_name = match[1].decode()
        source_version = match[2].decode() if match[2] else version
    source_name, source_version = advisory_source(source_name, source_version, version)
    return Package(
        ecosystem=ecosystem,
        name=name,
        version=version,
        arch=arch,
        source=source_name,
        source_version=source_version,
    )
