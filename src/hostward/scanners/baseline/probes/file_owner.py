"""Probe file_owner: who owns files."""

import os
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer
from hostward.scanners.baseline.paths import facts_of_files
from hostward.scanners.baseline.site import Site


class FileOwner:
    """target: paths and shell patterns. Value: the owner's UID as a number, which no account file can disguise."""

    name: ClassVar[str] = "file_owner"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a file that exists, links followed inside the root; a link to nothing is a gap."""
        return facts_of_files(self._root, target, _owner)


def _owner(found: os.stat_result) -> str:
    return str(found.st_uid)
