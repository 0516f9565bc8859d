"""The machine as the probes see it, and how far they may go."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hostward.scanners.baseline.rootfs import RootFs


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the expensive probes; reaching one is an error verdict, never a pass.

    sweep_entries, sweep_seconds, sweep_depth bound the walk over the file system (a million files take about 10 s);
    command_seconds, command_bytes bound one command; command_grace is what it gets between TERM and KILL.
    """

    sweep_entries: int = 5_000_000
    sweep_seconds: float = 600.0
    sweep_depth: int = 256
    command_seconds: float = 30.0
    command_bytes: int = 1 << 20
    command_grace: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where probes look.

    is_this_machine: False beneath another root, where /proc, mounts and commands would speak of the wrong machine.
    monotonic: seconds from any fixed point, never going back.
    """

    root: RootFs
    is_this_machine: bool
    limits: Limits = field(default_factory=Limits)
    monotonic: Callable[[], float] = time.monotonic
