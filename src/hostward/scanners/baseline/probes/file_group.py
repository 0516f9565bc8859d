"""Probe file_group: which group files belong to."""

import os
from functools import cached_property
from typing import ClassVar

from hostward.scanners.baseline.account_files import GROUP, read_records
from hostward.scanners.baseline.answer import Answer
from hostward.scanners.baseline.paths import facts_of_files
from hostward.scanners.baseline.site import Site


class FileGroup:
    """target: paths and shell patterns. Value: the group's name; GID 0 is always "root", a nameless one its number."""

    name: ClassVar[str] = "file_group"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a file that exists, links followed inside the root; a link to nothing is a gap."""
        return facts_of_files(self._root, target, self._group)

    def _group(self, found: os.stat_result) -> str:
        return "root" if found.st_gid == 0 else self._names.get(found.st_gid, str(found.st_gid))

    @cached_property
    def _names(self) -> dict[int, str]:
        """Numbers are enough for a verdict when there is no group file: a nameless group is not an expected one."""
        try:
            groups = read_records(self._root, GROUP).records
        except OSError:
            return {}
        return {group.number: group.name for group in groups if group.name != "root"}
