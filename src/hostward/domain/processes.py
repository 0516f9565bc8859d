"""Which processes of one agent spoke, and when their order says that two machines have one key.

An agent's process has a boot (the kernel's id) and an instance (drawn when it starts). Both only ever go forward: a
machine never returns to an earlier boot, nor an agent to an earlier instance. Where one comes back after another there
are two of them, and both use the same key: a machine was copied. One return may be a machine that was set back to a
snapshot of its memory; the second within an hour is a clone.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

REMEMBERED: Final = 8
"""Earlier processes that are remembered: a restart a minute does not push a clone's out before it returns."""

WINDOW: Final = timedelta(hours=1)
"""Two returns within this time are two machines: a session lasts as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of an agent."""

    boot: str
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """The newest processes of one agent, oldest first, and when one returned last (None: never)."""

    known: tuple[Process, ...] = ()
    returned: datetime | None = None

    def opened(self, process: Process, now: datetime) -> "tuple[Processes, bool]":
        """After a session of this process; True when there must be two machines with this key."""
        if self.known and process == self.known[-1]:
            return self, False
        returns = any(_is_older(earlier, process, self.known[-1]) for earlier in self.known[:-1])
        cloned = returns and self.returned is not None and now - self.returned < WINDOW
        others = tuple(each for each in self.known if each != process)
        after = replace(self, known=(*others, process)[-REMEMBERED:], returned=now if returns else self.returned)
        return after, cloned


def _is_older(earlier: Process, process: Process, newest: Process) -> bool:
    """Whether the process is one that was followed by another already: its instance, or the boot it lives in."""
    if earlier.instance == process.instance:
        return True
    return bool(process.boot) and earlier.boot == process.boot != newest.boot
