"""Probe file_mode: permission bits of files."""

import os
import stat
from typing import ClassVar

from hostward.scanners.baseline.answer import Answer
from hostward.scanners.baseline.paths import facts_of_files
from hostward.scanners.baseline.site import Site


class FileMode:
    """target: paths and shell patterns. Value: four octal digits with the special bits ("0640", "4755")."""

    name: ClassVar[str] = "file_mode"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """One fact a file that exists, links followed inside the root; a link to nothing is a gap."""
        return facts_of_files(self._root, target, _mode)


def _mode(found: os.stat_result) -> str:
    return f"{stat.S_IMODE(found.st_mode):04o}"
