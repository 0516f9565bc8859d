"""Kinds of packages that are recognised and not judged yet: counted, so that nobody takes silence for safety.

Sources: lock files of yarn and pnpm.
"""

import os
from collections.abc import Iterator

from hostward.scanners.vul.language import Item, Unjudged
from hostward.scanners.vul.walk import Folder

LOCKS = "yarn and pnpm lock files"

_OTHER_LOCKS = ("yarn.lock", "pnpm-lock.yaml")


def look(folder: Folder) -> Iterator[Item]:
    """What this folder holds of them; a lock file beside what is installed says nothing new."""
    if "node_modules" in folder.folders or "/node_modules/" in folder.path:
        return
    for name in folder.files:
        if name in _OTHER_LOCKS:
            yield Unjudged(path=os.fsencode(f"{folder.path}/{name}"), kind=LOCKS)
