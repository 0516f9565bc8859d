"""What an agent costs while it has nothing to do: memory, and its share of a core.

Run: python bench/agent_rest.py [SECONDS]. It starts `hostward up` with a CA of its own, enrols one more agent with a
token, and runs it as hosts do (`hostward agent run`, over TLS); figures are read from /proc. A bare interpreter is the
control. Bars: at most 35 MB resident, at most 0.1 % of a core, online at most 30 s after it was pasted (here without
the installation).
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONTROL = "import sys; sys.stdin.read()"
MAX_MB = 35.0
MAX_SHARE = 0.001
MAX_ONLINE = 30.0


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOSTWARD_DATA_DIR": str(data)}


def hostward(data: Path, *words: str, token: str = "") -> str:
    given = {**environment(data), "AGENT_ENROL_TOKEN": token}
    command = [sys.executable, "-m", "hostward", *words]
    return subprocess.run(command, env=given, check=True, stdout=subprocess.PIPE, text=True).stdout


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
    return resident_mb(process.pid), start, share


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def until_online(data: Path, machines: int) -> None:
    while (
        sum(one["Status"] == "Online" for one in json.loads(hostward(data, "machine", "ls", "-o", "json"))) < machines
    ):
        time.sleep(0.2)


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as work:
        data, etc, ready = Path(work) / "data", Path(work) / "etc", Path(work) / "ready"
        hostward(data, "tls", "init")
        up = subprocess.Popen(
            [sys.executable, "-m", "hostward", "up", "--listen", "127.0.0.1:0", "--ready-file", ready],
            env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            while not ready.exists():
                time.sleep(0.1)
            return rest(data, etc, json.loads(ready.read_text())["endpoint"], seconds)
        finally:
            ended(up)


def rest(data: Path, etc: Path, endpoint: str, seconds: float) -> int:
    token = json.loads(hostward(data, "machine", "enroll", "-o", "json"))["Token"]
    began = time.monotonic()
    where = ("--config", str(etc), "--data", str(etc / "data"), "--server", f"https://{endpoint}")
    hostward(data, "agent", "enroll", *where, "--ca", str(data / "tls/ca.pem"), token=token)
    agent = subprocess.Popen(
        [sys.executable, "-m", "hostward", "agent", "run", "--config", str(etc)],
        env=environment(data), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    control = subprocess.Popen([sys.executable, "-c", CONTROL], stdin=subprocess.PIPE)
    try:
        until_online(data, 2)
        online = time.monotonic() - began
        time.sleep(3.0)
        memory, start, share = measured(agent, seconds)
        bare = resident_mb(control.pid)
        print(f"agent at rest {memory:.1f} MB resident (bare interpreter {bare:.1f} MB), start {start:.2f} CPU s")
        print(f"              {share:.4%} of a core over {seconds:.0f} s; enrolled and online after {online:.1f} s")
        print(f"(this bench itself: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB at most)")
        return 0 if memory <= MAX_MB and share <= MAX_SHARE and online <= MAX_ONLINE else 1
    finally:
        ended(agent)
        control.kill()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0))
