"""What writing a report costs: 10,000 findings in every format of `hostward scan`.

Run: python bench/scan_output.py [--findings 10000]. Standard library's json.dumps of the same findings is the control.
Bar: 1.5 s of CPU time a format. Exits with 1 when one is missed.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/support"))

from hostward.cli.scan.formats.choice import FORMATS
from hostward.cli.scan.formats.fields import report_fields
from hostward.domain.severity import Level
from scan_reports import baseline, match, report, verdict, vul

BAR_SECONDS = 1.5


def main() -> int:
    """Measure and print; 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--findings", type=int, default=10_000)
    count = parser.parse_args().findings
    levels = list(Level)
    matches = [match(f"CVE-2026-{n}", name=f"package-{n}", level=levels[n % 4]) for n in range(count - count // 10)]
    content = report(vul(*matches), baseline(*[verdict(f"HW-{n}") for n in range(count // 10)]))
    took = {name: cpu(lambda each=each: [*each(content)]) for name, each in FORMATS.items()}
    control = cpu(lambda: json.dumps(report_fields(content)))
    for name, seconds in took.items():
        print(f"{name:<8} {seconds:6.3f} s CPU for {count} findings   {seconds / control:5.1f} x json.dumps")
    print(f"control  {control:6.3f} s CPU   bar {BAR_SECONDS} s")
    return int(max(took.values()) > BAR_SECONDS)


def cpu(work: Callable[[], object]) -> float:
    """The least CPU time of three runs, in seconds."""
    best = float("inf")
    for _ in range(3):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best


if __name__ == "__main__":
    sys.exit(main())
