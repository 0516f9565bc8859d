"""What Alpine's package manager has installed. Source: apk's "installed" database (apk-tools wiki, "Apk spec")."""

import re
from collections.abc import Iterator

from hostward.domain.package import Package
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.ecosystems import apk_ecosystem
from hostward.scanners.vul.installed import Installed, Site, claimed
from hostward.scanners.vul.rootfs import Root

PLACES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
"""The older place is a link to the newer one where /lib was merged into /usr."""
MAX_BYTES = 256 << 20
"""Largest database taken: it lists every file, some 100 bytes each."""

_FIELD = re.compile(rb"^([PVAo]):(.*)$", re.MULTILINE)
_STANZAS = re.compile(rb"\n[ \t\r]*\n")
_NAME = re.compile(rb"[A-Za-z0-9_][!-~]{0,254}")
_VERSION = re.compile(rb"[!-~]{1,255}")
_ARCH = re.compile(rb"[A-Za-z0-9_]{0,64}")


def is_there(root: Root) -> bool:
    """Is there such a database below root?"""
    return any(rootfs.exists(root, place) for place in PLACES)


def inventory(site: Site) -> Installed:
    """All packages installed below root, from the first place that has a database."""
    for place in PLACES:
        try:
            data = rootfs.read(site.root, place, MAX_BYTES)
        except rootfs.Unreadable as error:
            return Installed(unreadable=(str(error),))
        if data is not None:
            packages, damaged = parse(data, apk_ecosystem(site.release))
            return Installed(
                packages=tuple(dict.fromkeys(packages)),
                owned=owned(data, site.wanted) if site.wanted else {},
                damaged=damaged,
            )
    return Installed()


def parse(data: bytes, ecosystem: str) -> tuple[list[Package], int]:
    """The packages in stanzas, and how many stanzas are damaged; a last line without its end was cut off."""
    stanzas = _STANZAS.split(data)
    cut = stanzas.pop() if data and not data.endswith(b"\n") else b""
    packages, damaged = [], 1 if cut.strip() else 0
    for stanza in stanzas:
        package = _package(dict(_FIELD.findall(stanza)), ecosystem)
        if package is not None:
            packages.append(package)
        else:
            damaged += bool(stanza.strip())
    return packages, damaged


def owned(data: bytes, wanted: frozenset[bytes]) -> dict[bytes, str]:
    """Which of these paths are a package's files, and whose."""
    found: dict[bytes, str] = {}
    for stanza in _STANZAS.split(data):
        paths = claimed(files(stanza), wanted)
        if paths:
            name = dict(_FIELD.findall(stanza)).get(b"P", b"").strip()
            found |= dict.fromkeys(paths, name.decode("utf-8", "replace"))
    return found


def files(data: bytes) -> Iterator[bytes]:
    """Absolute paths of all files: "F:" names a folder, each "R:" after it a file there."""
    folder = b""
    for line in data.split(b"\n"):
        if line.startswith(b"F:"):
            folder = line[2:].strip(b"/")
        elif line.startswith(b"R:"):
            yield b"/" + folder + b"/" + line[2:] if folder else b"/" + line[2:]


def _package(fields: dict[bytes, bytes], ecosystem: str) -> Package | None:
    name, version = fields.get(b"P", b"").strip(), fields.get(b"V", b"").strip()
    arch, origin = fields.get(b"A", b"").strip(), fields.get(b"o", b"").strip()
    if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version) and _ARCH.fullmatch(arch)):
        return None
    source = origin if _NAME.fullmatch(origin) else name
    return Package(
        ecosystem=ecosystem,
        name=name.decode(),
        version=version.decode(),
        arch=arch.decode(),
        source=source.decode(),
        source_version=version.decode(),
    )
