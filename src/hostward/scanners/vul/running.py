"""The running machine: what is to be started again after updates."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hostward.domain.package import Package
from hostward.scanners.contract import Degraded, Found
from hostward.scanners.vul import kernel, processes

PROC = Path("/proc")
BATCH = 500
"""Items given at once (scanner contract)."""


class Machine:
    """The machine as it runs. Its processes are looked at once, when this is made."""

    def __init__(self, root: Path, proc: Path = PROC) -> None:
        self._root = root
        self._proc = proc
        self._stale = processes.look(proc)

    def wanted(self) -> frozenset[bytes]:
        """Files that processes run and that were replaced."""
        return frozenset(self._stale.files)

    def events(self, packages: Sequence[Package], owners: Mapping[bytes, str]) -> Iterator[Found | Degraded]:
        """What is to be started again, and the processes that could not be looked at."""
        reboots = kernel.reboots(self._root, packages, os.uname().release, kernel.built(self._proc))
        items = (*reboots, *self._stale.restarts(owners))
        for start in range(0, len(items), BATCH):
            yield Found(items=items[start : start + BATCH])
        if self._stale.unread:
            yield Degraded(reason=f"{self._stale.unread} processes can't be looked at: run the scan as root")
        if self._stale.left:
            yield Degraded(reason=f"{self._stale.left} processes were not looked at: there are too many")
