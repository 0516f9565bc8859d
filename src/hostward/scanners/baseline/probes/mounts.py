"""Probe mounts: the options of what is mounted on this machine."""

from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer, Fact, Missing, Reading
from hostward.scanners.baseline.mountinfo import MOUNTINFO, Mount, parse_mountinfo
from hostward.scanners.baseline.site import Site


class Mounts:
    """target: mount points. Value: type and options, parted by commas ("tmpfs,rw,nosuid,nodev")."""

    name: ClassVar[str] = "mounts"

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a point on which something is mounted (what lies on top counts). Missing when nothing is."""
        if not self._site.is_this_machine:
            return Missing(reason="mounts are known on a running machine only")
        found = [self._tops[point] for point in target if point in self._tops]
        if not found:
            return Missing(reason=f"nothing is mounted on {' or '.join(target)}")
        return Reading(
            facts=tuple(Fact(subject=mount.point, value=",".join((mount.kind, *mount.options))) for mount in found)
        )

    @cached_property
    def _tops(self) -> dict[str, Mount]:
        return {mount.point: mount for mount in parse_mountinfo(self._site.root.read(MOUNTINFO))}
