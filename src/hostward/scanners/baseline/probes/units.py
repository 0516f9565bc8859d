"""Probe units: which systemd units start at boot, from the links that "systemctl enable" makes."""

import stat
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.site import Site

_CONFIGURED = ("/etc/systemd/system", "/run/systemd/system")
_SHIPPED = ("/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
"""Unit folders of systemd.unit(5), strongest first."""


class Units:
    """target: unit names ("chrony.service"). Value: "enabled", "disabled" or "masked"."""

    name: ClassVar[str] = "units"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a unit that exists. Missing when this machine has no systemd."""
        if not self._has_systemd:
            return Missing(reason="systemd is not installed")
        facts = (self._fact(unit) for unit in target)
        return Reading(facts=tuple(fact for fact in facts if fact is not None))

    def _fact(self, unit: str) -> Fact | None:
        for folder in _CONFIGURED:
            if self._is_mask(f"{folder}/{unit}"):
                return Fact(subject=unit, value="masked", source=f"{folder}/{unit}")
        if unit in self._links:
            return Fact(subject=unit, value="enabled", source=self._links[unit])
        for folder in (*_CONFIGURED, *_SHIPPED):
            if self._root.glob(f"{folder}/{unit}"):
                return Fact(subject=unit, value="disabled", source=f"{folder}/{unit}")
        return None

    def _is_mask(self, path: str) -> bool:
        """A mask is a link to /dev/null, or an empty file (systemd.unit(5))."""
        try:
            found = self._root.lstat(path)
            if stat.S_ISLNK(found.st_mode):
                return self._root.readlink(path) == "/dev/null"
        except (FileNotFoundError, NotADirectoryError):
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == 0

    @cached_property
    def _has_systemd(self) -> bool:
        return any(self._root.glob(folder) for folder in ("/usr/lib/systemd/systemd", "/lib/systemd/systemd"))

    @cached_property
    def _links(self) -> dict[str, str]:
        """Link by unit name: wanted or required by another, or pointed to by an alias."""
        links: dict[str, str] = {}
        for folder in (*_CONFIGURED, *_SHIPPED):
            for kind in ("wants", "requires"):
                for path in self._root.glob(f"{folder}/*.{kind}/*"):
                    links.setdefault(path.rpartition("/")[2], path)
        for folder in _CONFIGURED:
            for path in self._root.glob(f"{folder}/*.*"):
                self._add_alias(links, path)
        return links

    def _add_alias(self, links: dict[str, str], path: str) -> None:
        if stat.S_ISLNK(self._root.lstat(path).st_mode):
            unit = self._root.readlink(path).rpartition("/")[2]
            if unit != path.rpartition("/")[2]:
                links.setdefault(unit, path)
