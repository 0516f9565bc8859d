"""Records what scans of this machine say of their progress, for bench/eta.py --record FOLDER."""

import tempfile
import time
from pathlib import Path

import msgspec

from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Options, Pattern, VulOptions, module_of
from hostward.scanners.contract import Host, Job, Progress
from hostward.scanners.table import load

MOST_POINTS = 40
"""Points kept of a scan, evenly."""

FOLDERS = (
    "/usr/bin",
    "/usr/lib/python3",
    "/usr/share",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/include",
    "/etc",
    "/var/lib",
)
TIMES = 3
"""Scans of the modules that look at the whole machine."""


class Recording(msgspec.Struct):
    """One scan: how long it took, and (share of that time, share of its work) as it said them."""

    module: str
    seconds: float
    curve: list[tuple[float, float]]


def record(folder: Path) -> int:
    """Scan, write one file a module, print a line a scan."""
    folder.mkdir(parents=True, exist_ok=True)
    for module in Module:
        scans = [_recorded(options) for options in _scans(module)]
        for one in scans:
            print(f"{one.module:<10}{one.seconds:>8.2f} s  {len(one.curve)} points")
        (folder / f"{module.value.lower()}.json").write_bytes(msgspec.json.encode(scans) + b"\n")
    return 0


def _scans(module: Module) -> list[Options]:
    match module:
        case Module.MALWARE:
            there = [path for path in FOLDERS if Path(path).is_dir()]
            return [MalwareOptions(pattern=Pattern.ONLY_PATHS, paths=(path,)) for path in there]
        case Module.VUL:
            return [VulOptions()] * TIMES
        case Module.BASELINE:
            return [BaselineOptions()] * TIMES


def _recorded(options: Options) -> Recording:
    module = module_of(options)
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as work:
        began, said = time.monotonic(), [(0.0, 0.0)]
        for event in load(module).scan(Job(options=options), Host(work=Path(work))):
            if isinstance(event, Progress):
                said.append((time.monotonic() - began, event.done))
        took = time.monotonic() - began
    step = max(1, len(said) // MOST_POINTS)
    points = [(round(at / took, 4), round(done, 4)) for at, done in said[::step]]
    return Recording(module.value, round(took, 3), [*points, (1.0, 1.0)])
