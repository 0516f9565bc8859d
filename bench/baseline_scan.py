"""CPU of a whole baseline scan of this machine, beside what plain tools take to read the same things.

Run: python bench/baseline_scan.py [--runs N]. Each run is a process of its own, measured from outside (so start-up,
imports and children count); the figures are medians. Control 1 reads the same files naively: one `find` over the
same mounts with the same tests, and one cat of the configuration files. Control 2, where sshd is installed: one
`sshd -T` for each SSH item, as checkers without a shared parser do it.
"""

import argparse
import json
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

SCAN = """
import json, sys, tempfile
from pathlib import Path
from hostward.domain.options import BaselineOptions
from hostward.scanners.baseline.catalogue import RULES
from hostward.scanners.baseline.scanner import SCANNER
from hostward.scanners.contract import Found, Host, Job
import resource
rules = tuple(rule.id for rule in RULES if rule.id != 103) if sys.argv[1] == "settings" else ()
verdicts = []
with tempfile.TemporaryDirectory() as work:
    for event in SCANNER.scan(Job(options=BaselineOptions(rules=rules)), Host(work=Path(work))):
        if isinstance(event, Found):
            verdicts += event.items
outcomes = {}
for verdict in verdicts:
    outcomes[verdict.outcome.value] = outcomes.get(verdict.outcome.value, 0) + 1
files = next((e.actual for v in verdicts if v.item == "HW-SWP-004" for e in v.evidence), "")
children = resource.getrusage(resource.RUSAGE_CHILDREN)
own = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"outcomes": outcomes, "files": files, "child_faults": children.ru_minflt,
                  "rss_mb": round(own.ru_maxrss / 1024, 1)}))
"""
"""Scans, and says what no one outside can see."""

IMPORT = "import sys, tempfile; import hostward.scanners.baseline.scanner"

CONFIG = shlex.split(
    "/etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/login.defs /etc/ssh/sshd_config "
    "/etc/ssh/sshd_config.d/* /etc/sysctl.conf /etc/sysctl.d/* /usr/lib/sysctl.d/* /var/lib/dpkg/status "
    "/proc/self/mountinfo"
)

FIND = shlex.split(
    "find / ( -fstype proc -o -fstype sysfs -o -fstype devtmpfs -o -fstype cgroup -o -fstype cgroup2 ) -prune -o "
    "( -type f -perm -0002 -o -type d -perm -0002 ! -perm -1000 -o -type f -perm /6000 -o -nouser -o -nogroup "
    "-o -name .rhosts -o -name .shosts ) -print"
)


def measured(argv: list[str], **more: object) -> tuple[float, float, str]:
    """CPU seconds (children included), wall seconds and output of one command."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ran = subprocess.run(argv, capture_output=True, text=True, errors="replace", **more)  # type: ignore[call-overload]  # passed on
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start, ran.stdout


def median(name: str, argv: list[str], runs: int, **more: object) -> str:
    """Measure runs times, print one line, give the last output."""
    results = [measured(argv, **more) for _ in range(runs)]
    cpu = statistics.median(result[0] for result in results)
    wall = statistics.median(result[1] for result in results)
    print(f"{name:44} CPU {cpu:7.3f} s   wall {wall:7.3f} s")
    return results[-1][2]


def processes_started(argv: list[str], **more: object) -> int | None:
    """Processes that a command makes besides itself, by strace; None where strace is not installed."""
    if shutil.which("strace") is None:
        return None
    _, _, traced = measured(["strace", "-f", "-o", "/dev/stdout", "-e", "trace=%process", *argv], **more)
    return sum(1 for line in traced.splitlines() if "fork(" in line or "clone(" in line or "clone3(" in line)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    more = {"env": {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent / "src")}}
    median("start of Python and imports", [sys.executable, "-c", IMPORT], runs, **more)
    settings = json.loads(median("items without the walk", [sys.executable, "-c", SCAN, "settings"], runs, **more))
    whole = json.loads(median("all items", [sys.executable, "-c", SCAN, "all"], runs, **more))
    print(f"{'':44} {whole['outcomes']}")
    print(f"{'':44} {whole['files']}; peak {whole['rss_mb']} MB")
    started = processes_started([sys.executable, "-c", SCAN, "settings"], **more)
    shown = "strace is not installed" if started is None else started
    print(f"{'child processes':44} page faults of children: {settings['child_faults']}; by strace: {shown}")
    median("control: find with the same tests", FIND, runs)
    files = [path for pattern in CONFIG for path in sorted(Path("/").glob(pattern[1:])) if path.is_file()]
    median(f"control: cat of {len(files)} configuration files", ["cat", *map(str, files)], runs)
    if shutil.which("sshd"):
        median("control: sshd -T, 9 times", ["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do sshd -T; done"], runs)
    else:
        print(f"{'control: sshd -T':44} sshd is not installed")


if __name__ == "__main__":
    main()
