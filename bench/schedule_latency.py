"""How soon after its fire a scheduled scan has its task, on a real server.

Run: python bench/schedule_latency.py [--fires 20]. A `hostward up --no-scan` is told of one fire after the other, each
some seconds ahead; counted are the milliseconds from the fire to the begin of its task, and to the first answer of the
API that shows it (asked every 60 ms, as the rate limit allows). Exits with 1 when one begins later than 2 s.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from hostward.domain.ids import TaskId
from hostward.store.open import open_store
from running import Up, up

BAR_MS = 2000.0
AHEAD = timedelta(seconds=2)
POLL_SECONDS = 0.06


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fires", type=int, default=20)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder:
        data, tree = Path(folder) / "data", Path(folder) / "tree"
        tree.mkdir()
        with up(data, "--no-scan") as server:
            seen = [_fired(server, tree, number) for number in range(1, chosen.fires + 1)]
            server.interrupt()
        begun = _begun(data, [fire for fire, _ in seen])
    shown = [late for _, late in seen]
    for name, values in (("task begun", begun), ("seen over the API", shown)):
        print(f"{name}: p50 {statistics.median(values):.0f} ms, max {max(values):.0f} ms over {len(values)} fires")
    return int(max(begun) > BAR_MS)


def _fired(server: Up, tree: Path, number: int) -> tuple[datetime, float]:
    """One fire, and when its task was seen."""
    fire = (datetime.now(UTC) + AHEAD).replace(microsecond=0) + timedelta(seconds=1)
    server.call(
        "ModifyMalwareTimingScanSettings", CheckPattern=2, CustomPaths=[str(tree)], IsGlobal=1, EnableScan=1,
        MonitoringPattern=0, RealTimeMonitoring=0, Cycle=1, StartTime=f"{fire:%H:%M:%S}",
        EndTime=f"{fire + timedelta(hours=2):%H:%M:%S}",
    )  # fmt: skip
    time.sleep(max(0.0, (fire - datetime.now(UTC)).total_seconds()))
    while server.call("DescribeScanState", ModuleType="Malware")["TaskId"] < number:
        time.sleep(POLL_SECONDS)
    late = (datetime.now(UTC) - fire).total_seconds() * 1000
    server.finished("Malware", number)
    return fire, late


def _begun(data: Path, fires: list[datetime]) -> list[float]:
    """How late each task began, in the server's own words."""
    store = open_store(data)
    try:
        tasks = store.read_now(lambda uow: [uow.tasks.get(TaskId(number + 1)) for number in range(len(fires))])
    finally:
        store.close()
    return [(task.begin - fire).total_seconds() * 1000 for task, fire in zip(tasks, fires, strict=True) if task]


if __name__ == "__main__":
    sys.exit(main())
