"""What an agent costs while it has nothing to do: memory, and its share of a core.

Run: python bench/agent_rest.py [SECONDS]. It starts the agents' side of a server in this process and an agent in a
process of its own over loopback, and reads the agent's figures from /proc. A bare interpreter is the control.
Bars: at most 35 MB resident, at most 0.1 % of a core.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "support")]

from link_lab import open_lab, until  # noqa: E402  # the paths come first

AGENT = """
import sys
from pathlib import Path
from hostward.agent.driver import Agent, Setup
agent = Agent(Setup(url=sys.argv[1], data=Path(sys.argv[2]), token=sys.argv[3]), notice=print)
agent.start()
sys.stdin.read()
agent.stop()
"""
CONTROL = "import sys; sys.stdin.read()"
MAX_MB = 35.0
MAX_SHARE = 0.001
TICKS = os.sysconf("SC_CLK_TCK")


def started(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, env=environment)


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads, in nanosecond steps where the kernel tells them."""
    spent = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        spent += int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent


def measured(process: subprocess.Popen[bytes], seconds: float) -> tuple[float, float, float]:
    """Resident MB, CPU seconds so far, and the share of a core over the next seconds."""
    start = cpu_seconds(process.pid)
    time.sleep(seconds)
    share = (cpu_seconds(process.pid) - start) / seconds
    memory = resident_mb(process.pid)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(30)
    return memory, start, share


def import_cpu() -> float:
    """CPU seconds of starting Python and importing the agent."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = started("import hostward.agent.driver")
    process.wait(30)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    imports = import_cpu()
    control = started(CONTROL)
    time.sleep(0.5)
    bare, bare_cpu, _ = measured(control, 1.0)
    with open_lab() as lab, tempfile.TemporaryDirectory() as folder:
        agent = started(AGENT, lab.url, folder, lab.token())
        lab.machine()
        until(lambda: len(lab.hub) == 1)
        time.sleep(1.0)
        memory, start, share = measured(agent, seconds)
    print(f"control (bare Python): {bare:.1f} MB, {bare_cpu * 1000:.0f} ms CPU to start")
    print(f"agent at rest: {memory:.1f} MB (bar {MAX_MB:.0f}), {share:.4%} of a core over {seconds:.0f} s (bar 0.1 %)")
    print(f"agent until its first poll: {start * 1000:.0f} ms CPU; import alone {imports * 1000:.0f} ms")
    return int(memory > MAX_MB or share > MAX_SHARE)


if __name__ == "__main__":
    sys.exit(main())
