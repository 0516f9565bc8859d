"""Probe packages: what dpkg has installed, read from its own status files."""

import re
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.site import Site
from hostward.scanners.baseline.text import decoded

STATUS = "/var/lib/dpkg/status"
STATUS_FOLDER = "/var/lib/dpkg/status.d"
"""Images without a package manager keep one file a package here (no Status line: what is listed is installed)."""

MAX_STATUS = 64 << 20
"""Bytes of the status file; 5,000 packages take about 8 MB."""

_FIELD = re.compile(rb"^(Package|Status|Version): *(.*?) *$", re.MULTILINE)
_GONE = frozenset({"not-installed", "config-files"})


class Packages:
    """target: package names. Value: the version."""

    name: ClassVar[str] = "packages"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a package whose files are on the disk, half-installed ones included. Missing without dpkg."""
        found = self._installed
        if found is None:
            return Missing(reason="no dpkg database: packages of other systems are not read")
        versions, gaps = found
        facts = tuple(Fact(subject=name, value=versions[name], source=STATUS) for name in target if name in versions)
        return Reading(facts=facts, gaps=gaps, note=f"{len(versions):,} packages installed")

    @cached_property
    def _installed(self) -> tuple[dict[str, str], tuple[str, ...]] | None:
        try:
            data = self._root.read(STATUS, MAX_STATUS)
            needs_status = True
        except (FileNotFoundError, NotADirectoryError):
            paths = [path for path in self._root.glob(f"{STATUS_FOLDER}/*") if not path.endswith(".md5sums")]
            if not paths:
                return None
            data = b"\n\n".join(self._root.read(path) for path in paths)
            needs_status = False
        return _parsed(data, needs_status=needs_status)


def _parsed(data: bytes, *, needs_status: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """Versions by name, and what does not look like a whole entry (a database cut off by a full disk)."""
    versions: dict[str, str] = {}
    gaps: list[str] = []
    for stanza in data.split(b"\n\n"):
        if not stanza.strip():
            continue
        fields = {decoded(key): decoded(value) for key, value in _FIELD.findall(stanza)}
        if "Package" not in fields or (needs_status and "Status" not in fields):
            gaps.append(f"an entry of {STATUS} is damaged")
        elif not needs_status or fields["Status"].split(" ")[-1] not in _GONE:
            versions[fields["Package"]] = fields.get("Version", "")
    return versions, tuple(dict.fromkeys(gaps))
