"""Which distribution a root file system holds. Source: os-release(5)."""

import re
import shlex
from dataclasses import dataclass

from hostward.domain.versions.table import OTHER_DPKG
from hostward.scanners.vul import rootfs
from hostward.scanners.vul.rootfs import Root

MAX_BYTES = 64 << 10
"""Largest os-release taken: real ones have under 2 KiB."""
MAX_VALUE = 255
"""Characters of one value kept."""
PLACES = ("etc/os-release", "usr/lib/os-release")
"""In the order os-release(5) gives."""

_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
_DPKG_FAMILY = frozenset({"debian", "ubuntu"})
_ID = re.compile(r"[^a-z0-9._-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OsRelease:
    """What os-release says; "" where it says nothing. codename: VERSION_CODENAME."""

    id: str = ""
    version: str = ""
    name: str = ""
    codename: str = ""
    like: tuple[str, ...] = ()

    @property
    def is_debian_like(self) -> bool:
        """True for Debian, Ubuntu and what is derived from them."""
        return not _DPKG_FAMILY.isdisjoint((self.id, *self.like))

    @property
    def dpkg_ecosystem(self) -> str:
        """OSV's name for Debian packages of this release: "Debian:12", "Ubuntu:22.04", "dpkg:linuxmint:21.3"."""
        if self.id == "debian":
            return f"Debian:{self.version or 'unknown'}"
        if self.id == "ubuntu":
            return f"Ubuntu:{self.version or 'unknown'}"
        return f"{OTHER_DPKG}:{self.id or 'unknown'}:{self.version or 'unknown'}"


def read(root: Root) -> OsRelease:
    """The release of the system below root; all empty where nothing says it. Raises rootfs.Unreadable."""
    for place in PLACES:
        data = rootfs.read(root, place, MAX_BYTES)
        if data is not None:
            return parse(data.decode("utf-8", "replace"))
    return OsRelease()


def parse(text: str) -> OsRelease:
    """The release in an os-release text; lines that are no assignment are passed over."""
    values = dict(_assignments(text))
    return OsRelease(
        id=_ID.sub("", values.get("ID", "").lower()),
        version=_ID.sub("", values.get("VERSION_ID", "").lower()),
        name=values.get("PRETTY_NAME", "") or values.get("NAME", ""),
        codename=_ID.sub("", values.get("VERSION_CODENAME", "").lower()),
        like=tuple(_ID.sub("", word) for word in values.get("ID_LIKE", "").lower().split()),
    )


def _assignments(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match:
            found.append((match[1], _unquoted(match[2])))
    return found


def _unquoted(value: str) -> str:
    """A shell-like value without its quotes; one that is quoted badly is taken as it stands."""
    try:
        words = shlex.split(value)
    except ValueError:
        words = [value]
    kept = "".join(char for char in " ".join(words) if char.isprintable())
    return kept[:MAX_VALUE]
